import { actorText } from '../core/actors.ts'
import { originText } from '../core/origin.ts'
import { findingLine } from '../core/proof/findings.ts'
import type { CheckResult, FileChange } from '../core/types.ts'
import { plural, usd } from '../text/amounts.ts'
import { fineDuration } from '../text/durations.ts'
import { defuse } from '../text/inert/defuse.ts'
import { minuteInZone } from '../text/times.ts'
import { type Hide, inline, quoted, shownBlock, shownCode, visible, withCode } from './markdown.ts'
import type { Receipt } from './receipt.ts'

export const RESULTS: Record<Receipt['result'], string> = {
  done: '✅ done',
  failed: '❌ failed',
  skipped: '⏭️ skipped',
  blocked: '⛔ blocked',
  undone: '⏪ undone',
  open: '⏳ open',
}

/** Rows of a table beyond this are counted and not shown. */
const MAX_ROWS = 100

export interface SectionOptions {
  patch: string | undefined
  maxPatchChars: number
  timeZone: string
  hide: Hide
}

/** One task with everything that proves it. */
export function taskSection(receipt: Receipt, { patch, maxPatchChars, timeZone, hide }: SectionOptions): string {
  const { task, filesNote } = receipt
  const parts = [
    `<a id="task-${task.number}"></a>\n\n## Task ${task.number}: ${inline(task.title)}`,
    factsLine(receipt, timeZone),
    receipt.summary && quoted(receipt.summary, hide),
    warnings(receipt),
    ...receipt.findings.flatMap((finding) =>
      finding.detail ? [folded(`What to look at: ${findingLine(finding)}`, shownBlock(finding.detail, 'diff'))] : [],
    ),
    checks(receipt.checks),
    criteria(receipt, hide),
    receipt.files && files(receipt.files),
    filesNote && inline(filesNote),
    patch && folded('The changes', shownBlock(cut(patch, maxPatchChars), 'diff')),
    receipt.commit && `Committed as ${shownCode(receipt.commit)}.`,
    answers(receipt, timeZone),
    granted(receipt, timeZone),
    attempts(receipt, timeZone),
  ]
  return parts.filter(Boolean).join('\n\n')
}

function factsLine(receipt: Receipt, timeZone: string): string {
  const { task, tookMs, waitedMs, costUsd, turns, approvedBy, sentBack, startedAt } = receipt
  const facts = [
    `**${RESULTS[receipt.result]}**`,
    startedAt !== undefined && minuteInZone(startedAt, timeZone),
    tookMs !== undefined && fineDuration(tookMs),
    waitedMs >= 1000 && `${fineDuration(waitedMs)} of it waiting for an answer`,
    costUsd > 0 && usd(costUsd),
    turns > 0 && plural(turns, 'turn'),
    receipt.firstCheck === 'failed' && 'its checks failed before it',
    sentBack > 0 && `sent back ${plural(sentBack, 'time')}`,
    task.type && inline(task.type),
    approvedBy && `approved by ${inline(actorText(approvedBy))}`,
    shownCode(originText(task.origin)),
  ]
  return facts.filter(Boolean).join(' · ')
}

function warnings({ findings, flags, gitWrites }: Receipt): string {
  const lines = [...findings.map(findingLine), ...flags, ...gitWrites.map((write) => `Written with git: ${write}`)]
  return lines.map((line) => `- ⚠️ ${inline(line)}`).join('\n')
}

function checks(results: CheckResult[]): string {
  if (results.length === 0) return ''
  const row = ({ name, command, ok, exitCode, timedOut, durationMs }: CheckResult) => {
    const how = ok
      ? '✅ passed'
      : timedOut
        ? '❌ timed out'
        : exitCode === undefined
          ? '❌ failed'
          : `❌ exit code ${exitCode}`
    return `| ${inline(name)} | ${shownCode(command, true)} | ${how} | ${fineDuration(durationMs)} |`
  }
  const outputs = results
    .filter(({ ok, output }) => !ok && output.trim())
    .map(({ name, output }) => folded(`Output of ${name}`, shownBlock(output)))
  return [
    ['### Checks', '', '| Check | Command | Result | Time |', '| --- | --- | --- | --: |', ...results.map(row)].join(
      '\n',
    ),
    ...outputs,
  ].join('\n\n')
}

function criteria(receipt: Receipt, hide: Hide): string {
  if (receipt.criteria.length === 0) return ''
  const rows = receipt.criteria.map(
    ({ criterion, pass, evidence }) =>
      `| ${pass ? '✅' : '❌'} | ${withCode(criterion, hide)} | ${withCode(evidence, hide)} |`,
  )
  return ['### Acceptance criteria', '', '| | Criterion | Evidence |', '| --- | --- | --- |', ...rows].join('\n')
}

const CHANGES: Record<FileChange['change'], string> = {
  A: 'added',
  M: 'changed',
  D: 'deleted',
  R: 'renamed',
  T: 'became another kind',
}

function files(changes: FileChange[]): string {
  if (changes.length === 0) return 'No files changed.'
  const rows = changes.slice(0, MAX_ROWS).map(({ path, from, change, added, deleted }) => {
    const name = `${from === undefined ? '' : `${shownCode(from, true)} → `}${shownCode(path, true)}`
    return `| ${name} | ${CHANGES[change]} | ${added ?? ''} | ${deleted ?? ''} |`
  })
  if (changes.length > MAX_ROWS) rows.push(`| … and ${changes.length - MAX_ROWS} more | | | |`)
  return ['### Files', '', '| File | Change | Lines + | Lines − |', '| --- | --- | --: | --: |', ...rows].join('\n')
}

function answers(receipt: Receipt, timeZone: string): string {
  if (receipt.answers.length === 0) return ''
  const rows = receipt.answers.map(
    ({ kind, asked, answer, by, at, waitedMs }) =>
      `| ${minuteInZone(at, timeZone)} | ${kind}: ${inline(asked)} | ${inline(answer)} | ${inline(actorText(by))}, after ${fineDuration(waitedMs)} |`,
  )
  return ['### Answers', '', '| When | Asked | Answer | By |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function granted(receipt: Receipt, timeZone: string): string {
  if (receipt.granted.length === 0) return ''
  const rows = receipt.granted
    .slice(0, MAX_ROWS)
    .map(
      ({ at, tool, input }) =>
        `| ${minuteInZone(at, timeZone)} | ${inline(tool)} | ${shownCode(callText(input), true)} |`,
    )
  if (receipt.granted.length > MAX_ROWS) rows.push(`| … and ${receipt.granted.length - MAX_ROWS} more | | |`)
  return ['### Allowed without asking', '', '| When | Tool | Call |', '| --- | --- | --- |', ...rows].join('\n')
}

/** A command alone where there is nothing else that counts. */
function callText(input: unknown): string {
  const { command, description: _, ...rest } = (input ?? {}) as Record<string, unknown>
  return typeof command === 'string' && Object.keys(rest).length === 0 ? command : JSON.stringify(input)
}

function attempts(receipt: Receipt, timeZone: string): string {
  if (receipt.attempts.length < 2) return ''
  const rows = receipt.attempts.map(({ number, outcome, startedAt, endedAt, costUsd, turns }) => {
    const took = endedAt === undefined ? '' : fineDuration(endedAt - startedAt)
    return `| ${number} | ${minuteInZone(startedAt, timeZone)} | ${outcome ?? ''} | ${took} | ${turns} | ${usd(costUsd)} |`
  })
  return [
    '### Attempts',
    '',
    '| # | Started | Outcome | Time | Turns | Cost |',
    '| --: | --- | --- | --: | --: | --: |',
    ...rows,
  ].join('\n')
}

function folded(title: string, content: string): string {
  return `<details>\n<summary>${html(visible(title).replace(/\s+/g, ' '))}</summary>\n\n${content}\n\n</details>`
}

/** Inside a line of HTML, Markdown's escapes do not count. */
function html(text: string): string {
  const entity: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return defuse(text.replace(/\s+/g, ' ').replace(/[&<>]/g, (char) => entity[char] ?? char))
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars
    ? text
    : `${text.slice(0, maxChars)}\n… cut here, ${text.length - maxChars} characters more`
}
