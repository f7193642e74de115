import { failedChecks } from '../../core/proof/failed-check.ts'
import { findingLine } from '../../core/proof/findings.ts'
import type { CheckResult, FileChange, Finding, Proof } from '../../core/types.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { grouped, plural, spent } from '../../text/amounts.ts'
import { columnsOf } from '../../text/columns.ts'
import { someOf } from '../../text/cut.ts'
import { PHONE_COLUMNS } from '../../text/document/layout.ts'
import { fromMarkdown } from '../../text/document/markdown.ts'
import { bold, fold, type Node, pre } from '../../text/document/nodes.ts'
import { duration } from '../../text/durations.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { ReceiptView } from '../views.ts'
import { oneLine, readable } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { HOW_ENDED, TASK_MARK } from './marks.ts'
import { facts, heading, messageOf, taskOfTotal } from './parts.ts'
import { cell } from './table.ts'

/** The message at the end of a task: what was done, and what proves it. */
export function renderReceipt({ task, total }: ReceiptView): Message {
  const headline = `${taskOfTotal(task.number, total)} ${HOW_ENDED[task.status] ?? task.status}`
  const fitted = compose([heading(TASK_MARK[task.status], headline, task.title), ...resultSections(task)])
  const buttons: Button[] = [
    ...(task.proof?.files?.length ? [{ text: 'Diff', data: encodeTap({ kind: 'diff', taskId: task.id }) }] : []),
    ...(task.attempts > 0 ? [{ text: 'Log', data: encodeTap({ kind: 'log', taskId: task.id }) }] : []),
  ]
  // Four beside each other would be cut on a phone.
  return messageOf(fitted, { buttons: [task.status === 'undone' ? undoneButtons(task.id) : [], buttons] })
}

/** What can be done with an undone task. */
export function undoneButtons(taskId: string): Button[] {
  return [
    { text: 'Redo', data: encodeTap({ kind: 'redo', taskId }) },
    { text: 'Bring back', data: encodeTap({ kind: 'bring-back', taskId }) },
  ]
}

/** A task's result: its words, the facts, the proof. */
export function resultSections(task: TaskView): MessageSection[] {
  const { proof } = task
  // What a check printed is shown below, with the check.
  const said = failedChecks(task).length > 0 ? task.lastWords : task.result
  // Who skipped or undid it is a sentence of Baton's own.
  const isOwn = task.status === 'skipped' || task.status === 'undone'
  const result = said !== undefined && isOwn ? said.charAt(0).toUpperCase() + said.slice(1) : said
  return [
    [factsLine(task)],
    result !== undefined && {
      text: readable(result),
      as: (text) => {
        const words = wordsOf(task, text)
        return text.length > 500 ? [fold(...words)] : words
      },
      keep: 'ends',
    },
    findingsSection(proof?.findings ?? []),
    proof?.flags !== undefined &&
      proof.flags.length > 0 && {
        text: proof.flags.map((flag) => `⚠️ ${readable(flag)}`).join('\n'),
        as: (text) => [text],
        keep: 'head',
      },
    proof?.gitWrites !== undefined &&
      proof.gitWrites.length > 0 && {
        text: proof.gitWrites.map((write) => `• ${readable(write)}`).join('\n'),
        as: (text) => [bold('⚠️ Wrote to git without being allowed to'), '\n', text],
        keep: 'head',
      },
    ...(proof ? proofSections(proof, task.status === 'undone') : []),
  ]
}

/** `resultSections` leaves nothing of this out, whatever there is room for. */
export function isShownWhole({ proof }: Pick<TaskView, 'proof'>): boolean {
  const { findings = [], criteria = [], files = [] } = proof ?? {}
  return (
    findings.length <= MAX_FINDINGS &&
    findings.every((finding) => findingLine(finding).length <= FINDING_UNITS) &&
    criteria.every(({ criterion, evidence }) => Math.max(criterion.length, evidence.length) <= CRITERION_UNITS) &&
    files.length <= MAX_FILES
  )
}

/** Claude's words are Markdown; why a task failed may be the output of a program, which is shown as it is. */
function wordsOf({ status, lastWords }: TaskView, text: string): Node[] {
  return lastWords === undefined && (status === 'failed' || status === 'blocked') ? [text] : fromMarkdown(text)
}

/** Most findings shown; those that need a decision come first. */
const MAX_FINDINGS = 10
const FINDING_UNITS = 300
/** Of a criterion, and of what shows that it is met. */
const CRITERION_UNITS = 200

function findingsSection(findings: readonly Finding[]): MessageSection {
  if (findings.length === 0) return false
  const ordered = [...findings].sort((a, b) => Number(b.weight === 'ask') - Number(a.weight === 'ask'))
  const rows = ordered.map(
    (finding) => `${finding.weight === 'ask' ? '⚠️' : '•'} ${oneLine(findingLine(finding), FINDING_UNITS)}`,
  )
  return {
    text: someOf(rows, MAX_FINDINGS).join('\n'),
    as: (text) => [bold('Findings about how it was done'), '\n', text],
    keep: 'head',
  }
}

function factsLine(task: TaskView): string {
  const took = task.startedAt !== undefined && task.endedAt !== undefined && duration(task.endedAt - task.startedAt)
  const tries = task.attempts > 1 && plural(task.attempts, 'attempt')
  return facts(took, task.turns > 0 && plural(task.turns, 'turn'), spent(task.costUsd), tries)
}

function proofSections(proof: Proof, isUndone: boolean): MessageSection[] {
  return [
    proof.checks.length > 0 && {
      text: proof.checks.map(checkLine).join('\n'),
      as: (text) => [bold('Checks'), '\n', text],
      keep: 'head',
    },
    ...proof.checks.filter((check) => !check.ok).map(failedCheck),
    proof.criteria !== undefined &&
      proof.criteria.length > 0 && {
        text: proof.criteria
          .map(
            (c) =>
              `${c.pass ? '✅' : '❌'} ${oneLine(c.criterion, CRITERION_UNITS)}\n    ${oneLine(c.evidence, CRITERION_UNITS)}`,
          )
          .join('\n'),
        as: (text) => [bold('Acceptance criteria'), '\n', text],
        keep: 'head',
      },
    ...filesSections(proof, isUndone),
    proof.commit !== undefined && [`Committed as ${proof.commit.slice(0, COMMIT_DIGITS)}`],
  ]
}

function checkLine(check: CheckResult): string {
  const how = check.ok
    ? ''
    : check.timedOut
      ? ' · timed out'
      : check.exitCode === undefined
        ? ' · failed'
        : ` · exit ${check.exitCode}`
  return `${check.ok ? '✅' : '❌'} ${oneLine(check.name, 80)} · ${duration(check.durationMs)}${how}`
}

/** What a failed check printed, its end above all. */
export function failedCheck(check: CheckResult): MessageSection {
  return { text: readable(check.output), as: (text) => [pre(text)], keep: 'tail' }
}

/** Enough to name a commit; the report has all of them. */
const COMMIT_DIGITS = 10

/** Most files shown; the diff has them all. */
const MAX_FILES = 15

function filesSections({ files, filesNote }: Proof, isUndone: boolean): MessageSection[] {
  if (!files) return [filesNote !== undefined && [oneLine(filesNote, 200)]]
  if (files.length === 0) return [['No files changed.']]
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0)
  const deleted = files.reduce((sum, file) => sum + (file.deleted ?? 0), 0)
  const rows = someOf(fileRows(files.slice(0, MAX_FILES)), MAX_FILES, files.length)
  const changed = `${plural(files.length, 'file')} ${isUndone ? 'had been changed' : 'changed'}`
  const title: Node[] = [bold(changed), ` +${grouped(added)} −${grouped(deleted)}`, '\n']
  return [{ text: rows.join('\n'), as: (text) => [...title, pre(text)], keep: 'head' }]
}

/** `M src/login.ts  +80 −2`: the counts below each other, within what a phone shows. */
function fileRows(files: readonly FileChange[]): string[] {
  const rows = files.map(({ change, path, added = 0, deleted = 0 }) => ({
    change,
    path: oneLine(path, 400),
    counts: [added > 0 && `+${grouped(added)}`, deleted > 0 && `−${grouped(deleted)}`].filter(Boolean).join(' '),
  }))
  const free = (counts: string) => PHONE_COLUMNS - 2 - (counts === '' ? 0 : counts.length + 1)
  const widest = Math.max(...rows.map(({ path }) => columnsOf(path)))
  return rows.map(({ change, path, counts }) => {
    const shown = cell(path, Math.min(widest, free(counts)), 'left', 'tail')
    return `${change} ${shown}${counts === '' ? '' : ` ${counts}`}`.trimEnd()
  })
}
