// What was done and how it is proved.

import { h, icon } from '../dom.js'
import { duration, plural } from '../format.js'
import { documentOf } from './document.js'

/** The cards of a task's result, and those of its proof; none before there is any. */
export function receiptParts({ result, result_document: words, proof, status }) {
  const {
    findings = [],
    flags = [],
    gitWrites = [],
    checks = [],
    criteria = [],
    files = [],
    filesNote,
    commit,
  } = proof ?? {}
  return {
    result: [
      result &&
        card(
          status === 'failed' ? 'What went wrong' : 'Result',
          words ? documentOf(words) : h('p', { class: 'prose' }, result),
        ),
      findings.length > 0 && card('Guard findings', list(findings, finding), 'attention'),
      flags.length > 0 && card('Worth a look', list(flags), 'attention'),
      gitWrites.length > 0 && card('Unexpected changes in git', list(gitWrites), 'attention'),
    ].filter(Boolean),
    proof: [
      checks.length > 0 && card('Checks', list(checks, check)),
      criteria.length > 0 && card('Acceptance criteria', list(criteria, criterion)),
      files.length > 0 && card(`${plural(files.length, 'file')} changed`, list(files, file)),
      filesNote && card('Files', h('p', { class: 'muted' }, filesNote)),
      commit && card('Commit', h('code', {}, commit)),
    ].filter(Boolean),
  }
}

const list = (items, make = (text) => h('li', {}, text)) => h('ul', { class: 'list' }, items.map(make))

function card(title, body, kind = '') {
  return h(
    'section',
    { class: `card ${kind}`, 'aria-label': title },
    h('header', {}, h('h2', {}, title)),
    h('div', { class: 'body' }, body),
  )
}

const verdict = (isGood, word) =>
  h('span', { class: `chip tone-${isGood ? 'good' : 'bad'}` }, icon(isGood ? 'done' : 'failed'), word)

function check({ name, command, ok, exitCode, durationMs, output, timedOut }) {
  const word = ok ? 'passed' : timedOut ? 'timed out' : `exit ${exitCode ?? '?'}`
  const head = h(
    'span',
    { class: 'row' },
    verdict(ok, word),
    h('span', {}, name),
    h('span', { class: 'muted small' }, duration(durationMs)),
  )
  return h(
    'li',
    {},
    h(
      'details',
      { open: !ok },
      h('summary', {}, head),
      name !== command && h('p', {}, h('code', {}, command)),
      h(
        'pre',
        { class: 'block', tabindex: '0', 'aria-label': `Output of ${name}` },
        output === '' ? 'No output.' : output,
      ),
    ),
  )
}

function criterion({ criterion: text, pass, evidence }) {
  return h(
    'li',
    {},
    h('p', { class: 'row' }, verdict(pass, pass ? 'met' : 'not met'), text),
    h('p', { class: 'muted small prose' }, evidence),
  )
}

function finding({ path, line, text, detail }) {
  const where = path && `${path}${line === undefined ? '' : `:${line}`}`
  return h(
    'li',
    {},
    h('p', {}, where && h('code', {}, where), where && ' ', text),
    detail && h('pre', { class: 'block', tabindex: '0', 'aria-label': `What to look at in ${path ?? 'it'}` }, detail),
  )
}

const CHANGES = { A: 'new', M: 'changed', D: 'deleted', R: 'moved', T: 'other kind' }

function file({ path, change, added, deleted, from }) {
  return h(
    'li',
    { class: 'file-change' },
    h('span', { class: 'path' }, from ? `${from} → ${path}` : path),
    h('span', { class: 'muted' }, CHANGES[change]),
    added !== undefined && h('span', { class: 'added' }, `+${added}`),
    deleted !== undefined && h('span', { class: 'deleted' }, `−${deleted}`),
  )
}
