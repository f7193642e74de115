import { isOver } from '../../core/status.ts'
import type { Ask, Task } from '../../core/types.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { codeBlock, harmless, harmlessLine, harmlessPlain } from '../../github/text/harmless.ts'
import { plural } from '../../text/amounts.ts'
import type { IssueRecord } from './record.ts'

/** Everything that is posted goes through `redact` before it becomes Markdown: behind escapes no secret would be known. */
type Redact = (text: string) => string

const MOST_WORDS = 4_000

/** How an issue stands: one comment for each time it is taken up, edited in place. */
export function statusText(
  record: IssueRecord,
  { task, waits, label, redact }: { task: TaskView | undefined; waits?: string; label: string; redact: Redact },
): string {
  const again = `Put the label \`${label}\` on again to start over.`
  const lines = [headline(record, task, waits), record.pull && `Pull request: #${record.pull.number}`]
  const hasEnded = task && isOver(task.status)
  if (task?.result !== undefined && hasEnded && !record.pull && record.endedBecause === undefined)
    lines.push(quoted(redact(task.result)))
  if (hasEnded && task.status !== 'done') lines.push(again)
  if (record.isEdited)
    lines.push(
      record.toldEdit === undefined
        ? `The issue was edited after it was taken up; the earlier text is what Baton works on. ${again}`
        : 'The issue was edited after it was taken up; Claude was told what it says now.',
    )
  return lines.filter((line) => line !== undefined && line !== '').join('\n\n')
}

/** `waits`: why nothing is done about it, where nobody is asked. */
function headline(record: IssueRecord, task: TaskView | undefined, waits: string | undefined): string {
  if (record.stage === 'blocked')
    return `Baton starts on this when ${(record.blockers ?? []).map((number) => `#${number}`).join(', ')} ${(record.blockers ?? []).length === 1 ? 'is' : 'are'} closed.`
  if (record.endedBecause !== undefined) return `Baton has stopped: ${record.endedBecause}.`
  if (waits !== undefined) return waits
  switch (task?.status) {
    case undefined:
    case 'queued':
      return 'Baton has taken this up; it is in the queue.'
    case 'running':
      return `Baton is working on this${record.branch === undefined ? '' : `, on the branch \`${record.branch}\``}.`
    case 'verifying':
      return 'Baton has finished the work and is running the checks.'
    case 'merging':
      return 'The checks passed; the pull request comes next.'
    case 'waiting':
      return 'Baton is waiting for somebody to decide; see below.'
    case 'taken_over':
      return 'Somebody has taken this over in their terminal; Baton continues when they hand it back.'
    case 'done':
      return record.pull ? 'Done.' : 'Done; there was nothing to change.'
    case 'failed':
      return 'This failed.'
    default:
      return `Baton has stopped working on this (${task?.status}).`
  }
}

/** Words of Claude, of a program or of a person, as a quote that cannot be left. */
const quoted = (text: string): string =>
  harmless(text, { max: MOST_WORDS })
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')

/** Which words a comment may answer an ask with. */
export function answersTo(ask: Pick<Ask, 'kind' | 'options' | 'about'>): string[] {
  const choices = new Set(ask.options.map(({ choice }) => choice))
  if (ask.kind === 'question') return ['/answer']
  // What a tool may do on the machine is for who stands nearer to it.
  if (ask.kind === 'permission') return []
  const words = {
    '/approve': ['approve', 'accept'],
    '/reject': ['reject', 'send-back'],
    '/retry': ['retry'],
    '/skip': ['skip'],
  }
  return Object.entries(words)
    .filter(([, means]) => means.some((choice) => choices.has(choice as never)))
    .map(([word]) => word)
}

/** An ask as it is put to the issue; once it is over, how it was decided. */
export function askText(
  ask: Ask,
  of: { isOutsiders: boolean; isPhoneOnly: boolean; redact: Redact; decidedBy: string | undefined },
): string {
  const { isOutsiders, isPhoneOnly, redact, decidedBy } = of
  const lines = [`**${harmlessLine(redact(ask.title))}**`]
  if (ask.kind === 'approval' && isOutsiders)
    lines.push(
      'The author of this issue has no write access, so Baton starts only when somebody who has approves its title and description as they are now. An edit asks again.',
    )
  else if (ask.questions) lines.push(...ask.questions.map((one) => questionText(one, redact)))
  else lines.push(quoted(redact(ask.text)))
  if (ask.state !== 'open') {
    lines.push(decidedBy === undefined ? 'This is no longer needed.' : `Decided by ${harmlessLine(redact(decidedBy))}.`)
    return lines.join('\n\n')
  }
  const words = answersTo(ask)
  lines.push(
    isPhoneOnly
      ? 'Only the phone can decide this.'
      : words.length === 0
        ? 'Decide on the phone, the dashboard or the terminal.'
        : `To decide, comment ${words.map((word) => (word === '/answer' ? '`/answer` and your words' : `\`${word}\``)).join(' or ')}, and nothing else (write access needed); or use the phone, the dashboard or the terminal.`,
  )
  return lines.join('\n\n')
}

function questionText(
  { question, options }: { question: string; options: { label: string; description?: string }[] },
  redact: Redact,
): string {
  const choices = options.map(
    ({ label, description }) =>
      `- ${harmlessLine(redact(label))}${description === undefined ? '' : `: ${harmlessLine(redact(description))}`}`,
  )
  return [harmless(redact(question), { max: MOST_WORDS }), ...choices].join('\n')
}

/** The title of the pull request for an issue. */
export const pullTitle = (task: Task, redact: Redact): string => harmlessPlain(redact(task.spec.title), { max: 240 })

/** What a pull request says: which issue it closes, what was done, and what proves it. */
export const pullText = (number: number, task: Task, redact: Redact): string =>
  [`Closes #${number}`, workText(task, redact)].filter((part) => part !== '').join('\n\n')

/** What was done in a task, and what proves it. */
export function workText({ proof, result }: Pick<Task, 'proof' | 'result'>, redact: Redact): string {
  const checks = proof?.checks ?? []
  const findings = proof?.findings ?? []
  const flags = proof?.flags ?? []
  const parts = [
    result !== undefined && harmless(redact(result), { max: 8_000 }),
    checks.length > 0 &&
      `### Checks\n\n${checks.map(({ name, ok }) => `- ${ok ? '✅' : '❌'} ${harmlessLine(redact(name))}`).join('\n')}`,
    findings.length + flags.length > 0 &&
      `### Look at\n\n${[...findings.map(({ text, path, line }) => [text, path && ` (${path}${line === undefined ? '' : `:${line}`})`].filter(Boolean).join('')), ...flags].map((one) => `- ${harmlessLine(redact(one))}`).join('\n')}`,
    proof?.files && proof.files.length > 0 && filesText(proof.files, redact),
  ]
  return parts.filter((part) => part !== false && part !== undefined).join('\n\n')
}

const MOST_FILES = 100

function filesText(files: readonly { change: string; path: string }[], redact: Redact): string {
  const shown = files.slice(0, MOST_FILES).map(({ change, path }) => `${change} ${redact(path)}`)
  const more = files.length > MOST_FILES ? [`… and ${files.length - MOST_FILES} more`] : []
  const summary = plural(files.length, 'file')
  return `### ${summary} changed\n\n${codeBlock([...shown, ...more].join('\n'))}`
}
