// What runs where, since when and by whom; what was deployed there, and the ways back.

import { h, outward, replace } from '../dom.js'
import { ago, firstLine, untilWhen, when } from '../format.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

const REFRESH_MS = 300
const TONES = { live: 'good', 'rolled-back': 'ask', red: 'bad', lost: 'bad', kept: 'ask', 'called-off': 'muted' }
/** Of a history so much is seen at once. */
const MOST_OPEN = 5

export async function environmentsView(app) {
  const { api, state } = app
  const list = h('div', { class: 'stack' })
  const show = ({ environments }) =>
    replace(
      list,
      environments.length === 0
        ? h(
            'p',
            { class: 'muted' },
            'config.yaml names no environments. docs/pipelines.md says how a push becomes a deployment.',
          )
        : environments.map((environment) => card(app, environment)),
    )
  show(await api.get('/api/environments'))
  const again = soon(async () => {
    const answer = await api.get('/api/environments').catch(() => undefined)
    if (answer) show(answer)
  }, REFRESH_MS)
  app.keep(again.cancel)
  app.keep(state.onEvent(({ type }) => /^(deployment|environment|ask)\./.test(type) && again()))
  const element = h('div', {}, h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'Environments')), list)
  return { title: 'Environments', element }
}

/** The one word for how it is, what is worst first. */
function conditionOf({ runs, is_red: isRed, missing, locked, frozen, is_configured: isConfigured }, current) {
  if (locked) return ['locked', 'bad']
  if (isRed) return ['check is red', 'bad']
  if (current) return [current.step.replaceAll('-', ' '), 'run']
  if (missing) return ['not what it should be', 'ask']
  if (frozen) return ['frozen', 'ask']
  if (!isConfigured) return ['no longer configured', 'muted']
  return runs ? ['well', 'good'] : ['nothing deployed yet', 'muted']
}

function card(app, environment) {
  const { name, url, machine, is_configured: isConfigured, deployments } = environment
  const current = deployments.find(({ ended_at: endedAt }) => endedAt === null)
  const [word, tone] = conditionOf(environment, current)
  return h(
    'section',
    { class: `card environment${tone === 'bad' ? ' attention bad' : ''}`, 'aria-label': name },
    h(
      'header',
      {},
      h('h2', {}, name, url && [' ', h('span', { class: 'small' }, outward(url, 'open'))]),
      h('span', { class: `chip tone-${tone}` }, word),
    ),
    h(
      'div',
      { class: 'body stack' },
      running(environment),
      notices(environment, current),
      isConfigured && !machine && buttons(app, environment),
      machine && h('p', { class: 'muted small' }, `On ${machine}: deploy, roll back and freeze it there.`),
      deployments.length > 0 && history(deployments),
    ),
  )
}

function running({ runs, branches, approve, locked, is_configured: isConfigured }) {
  const takes = [
    branches.length > 0 ? `Takes ${branches.join(', ')}` : 'Takes any branch',
    approve.length > 0 ? `approved by ${approve.join(' or ')}` : 'deploys without a person',
  ].join('; ')
  return h(
    'div',
    {},
    runs
      ? h(
          'p',
          { class: 'runs' },
          h('code', {}, runs.release ?? runs.sha.slice(0, 8)),
          runs.release !== null && h('span', { class: 'muted' }, ` ${runs.sha.slice(0, 8)}`),
          h('span', { class: 'muted small' }, `since ${when(runs.since)} · ${runs.by}`),
        )
      : locked
        ? h('p', { class: 'runs' }, 'Nobody knows what runs there.')
        : null,
    isConfigured && h('p', { class: 'muted small' }, takes),
  )
}

/** Everything about it that somebody should know now. */
function notices({ runs, is_red: isRed, missing, locked, frozen, waiting, approve }, current) {
  const items = [
    locked && ['bad', `Locked: ${firstLine(locked)}`],
    isRed && !locked && ['bad', `${runs ? runs.sha.slice(0, 8) : 'What runs'} fails its check.`],
    current && [
      'run',
      `${current.sha.slice(0, 8)} from ${current.branch || 'before'}: ${current.step.replaceAll('-', ' ')}`,
    ],
    missing && [
      'ask',
      `${missing.sha.slice(0, 8)} should run but has not since ${when(missing.since)}: ${firstLine(missing.why)}`,
    ],
    frozen && [
      'ask',
      `Frozen by ${frozen.by}${frozen.until ? ` until ${untilWhen(frozen.until)}` : ''}${frozen.why ? `: ${frozen.why}` : ''}`,
    ],
    ...waiting.map(({ sha, branch, is_asked: isAsked, session_id: run }) => [
      'ask',
      [
        h('a', { href: runAddress(run) }, sha.slice(0, 8)),
        ` from ${branch || 'before'} ${isAsked ? `is waiting for ${approve.join(' or ') || 'an approval'}.` : 'is waiting for its turn.'}`,
      ],
    ]),
  ].filter(Boolean)
  if (items.length === 0) return null
  return h(
    'ul',
    { class: 'notices' },
    items.map(([tone, text]) => h('li', { class: `tone-${tone}` }, text)),
  )
}

function buttons({ api, toasts, dialogs }, { name, project, locked, frozen }) {
  const send = async (command, text) => {
    try {
      toasts.done(await api.command(command, { text, project }))
    } catch (error) {
      toasts.failed(error)
    }
  }
  const asked = (command, label, title, words) => {
    const click = async () => {
      const body = words
        ? [h('label', { class: 'stack' }, words, h('input', { class: 'input', name: 'words', autocomplete: 'off' }))]
        : []
      const data = await dialogs.form({ title, body, confirm: label, danger: command === 'rollback' })
      if (data) await send(command, [name, data.get('words') ?? ''].join(' ').trim())
    }
    return h('button', { class: 'button small', type: 'button', on: { click } }, label)
  }
  return h(
    'div',
    { class: 'row', role: 'group', 'aria-label': `What can be done in ${name}` },
    asked('deploy', 'Deploy', `Deploy to ${name}?`, 'Commit or branch; empty for the newest'),
    asked('rollback', 'Roll back', `Roll ${name} back to the release before?`),
    frozen || locked
      ? asked('unfreeze', locked ? 'Unlock' : 'Unfreeze', `Allow deployments to ${name} again?`)
      : asked('freeze', 'Freeze', `Stop deployments to ${name}?`, 'For how long and why, such as 2h the fair is on'),
  )
}

function history(deployments) {
  const row = (one) => h('li', {}, happened(one))
  const [shown, older] = [deployments.slice(0, MOST_OPEN), deployments.slice(MOST_OPEN)]
  return h(
    'div',
    {},
    h('h3', { class: 'small muted' }, 'Deployments'),
    h('ul', { class: 'deployments' }, shown.map(row)),
    older.length > 0 &&
      h(
        'details',
        {},
        h('summary', { class: 'small' }, `${older.length} more`),
        h('ul', { class: 'deployments' }, older.map(row)),
      ),
  )
}

function happened({
  sha,
  step,
  kind,
  branch,
  started_at: at,
  by,
  approved_by: approved,
  why,
  session_id: run,
  break_glass: reason,
}) {
  const facts = [
    branch,
    ago(Date.now() - new Date(at)),
    `by ${by}`,
    approved.length > 0 && `approved by ${approved.join(', ')}`,
    reason && `in a freeze: ${reason}`,
  ].filter(Boolean)
  return [
    h('span', { class: `chip tone-${TONES[step] ?? 'run'}` }, wordOf(step, kind)),
    h(
      'span',
      { class: 'what' },
      h('a', { href: runAddress(run) }, h('code', {}, sha.slice(0, 8))),
      h('span', { class: 'muted small' }, facts.join(' · ')),
      why && h('span', { class: 'small why' }, firstLine(why)),
    ),
  ]
}

const wordOf = (step, kind) =>
  kind === 'rollback' && step === 'rolled-back' ? 'rolled back' : step.replaceAll('-', ' ')
