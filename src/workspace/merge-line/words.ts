import { failedCheckText } from '../../core/proof/failed-check.ts'
import { taskName } from '../../core/text.ts'
import type { CheckResult, Task } from '../../core/types.ts'
import { pathOnOneLine } from '../../git/worktree/hunks.ts'
import { plural } from '../../text/amounts.ts'
import { shortened } from '../../text/cut.ts'
import type { Round } from './checked.ts'

const MOST_WORDS = 600
const MOST_TASKS = 5
const MOST_NAMED = 3
const MOST_NAME = 80

/** The prompt for a task whose work conflicts with what landed meanwhile. */
export function conflictWords(task: Task, files: readonly string[], others: readonly Task[]): string {
  return [
    'Your work and what landed meanwhile change the same lines. The files below now hold both, with conflict markers (<<<<<<< ======= >>>>>>>) where they do not fit; everything else is merged.',
    files.map((file) => `- ${pathOnOneLine(file)}`).join('\n'),
    intents(task, others),
    'Resolve every conflict so that both intents hold, take the markers out, and check your work again. Do not commit.',
  ].join('\n\n')
}

/** The same where the session ended and left conflict markers. */
export function unresolvedWords(files: readonly string[]): string {
  return [
    'Conflict markers (<<<<<<< ======= >>>>>>>) are left in these files, so your work cannot land:',
    files.map((file) => `- ${pathOnOneLine(file)}`).join('\n'),
    'Resolve every conflict so that both intents hold, take the markers out, and check your work again. Do not commit.',
  ].join('\n\n')
}

/** The same where the checks fail on the combined result. */
export function redWords(task: Task, output: string, others: readonly Task[]): string {
  return [
    'Your work passed its checks alone, and fails together with what landed meanwhile. Your folder now holds both.',
    output,
    intents(task, others),
    'Change your work so that the checks pass and both intents hold. Do not commit.',
  ].join('\n\n')
}

/** Why nothing lands now. */
export const blockedWords = (branch: string, why: string): string =>
  `Nothing can land on the branch ${branch} now: ${why}`

/** What one side of a conflict is called where its lines are shown. */
export function sideName(tasks: readonly Task[]): string {
  const names = tasks.slice(0, MOST_NAMED).map((task) => shortened(taskName(task).replace(/\s+/g, ' '), MOST_NAME))
  const more = tasks.length - names.length
  return [...names, ...(more > 0 ? [plural(more, 'more task')] : [])].join(', ') || 'what landed before'
}

function intents(task: Task, others: readonly Task[]): string {
  const shown = others.slice(0, MOST_TASKS)
  const more = others.length > shown.length ? [`… and ${others.length - shown.length} more tasks`] : []
  return [
    `Yours:\n${intentOf(task)}`,
    `Landed meanwhile:\n${[...shown.map(intentOf), ...more].join('\n\n') || 'commits of the user'}`,
  ].join('\n\n')
}

function intentOf(task: Task): string {
  const { description = '', instruction } = task.spec
  const words = [description, instruction].filter((part) => part.trim() !== '').join('\n')
  return `${taskName(task)}\n${shortened(words, MOST_WORDS)}`
}

/** What failed, with what it printed. */
export function failures({ results }: Round): string {
  return results
    .filter(({ ok }) => !ok)
    .map(failureOf)
    .join('\n\n')
}

function failureOf(check: CheckResult): string {
  return `${failedCheckText(check)}\n${check.output}`.trim()
}

/** A branch that only Baton moves is not where it was left: agents share the repository, and what they put there was never checked. */
export function movedWords(branch: string, tip: string | undefined, left: string | undefined): string | undefined {
  if (left === undefined || tip === left) return undefined
  const [is, was] = [tip?.slice(0, 12), left.slice(0, 12)]
  const what = is === undefined ? 'is gone' : `is at ${is}`
  return `${branch} ${what}, and Baton left it at ${was}: somebody else moved it. Look at it, put it back (git branch -f ${branch} ${was}), then retry.`
}
