import { failedCheckText } from '../../core/proof/failed-check.ts'
import { taskName } from '../../core/text.ts'
import type { CheckResult, Landing, Task } from '../../core/types.ts'
import { pathOnOneLine } from '../../git/worktree/hunks.ts'
import { LEFT_IN_CONFLICT } from '../../git/worktree/left-in-conflict.ts'
import { plural } from '../../text/amounts.ts'
import { asData } from '../../text/as-data.ts'
import { shortened } from '../../text/cut.ts'
import type { Round } from './checked.ts'

const MOST_WORDS = 600
/** The lines are in the files, too. */
const MOST_HUNKS = 6_000
const MOST_TASKS = 5
const MOST_NAMED = 3
const MOST_NAME = 80

/** What becomes of work when this machine has no right to its run. */
export const NOT_HELD: Landing = {
  kind: 'blocked',
  words: 'This machine does not have the run at the moment, so nothing of it lands here.',
}

/** The prompt for a task whose work conflicts with what landed meanwhile. */
export function conflictWords(task: Task, files: readonly string[], others: readonly Task[]): string {
  return [
    'Your work and what landed meanwhile change the same lines. The files below now hold both, with conflict markers (<<<<<<< ======= >>>>>>>) where they do not fit; everything else is merged.',
    files.map((file) => `- ${pathOnOneLine(file)}`).join('\n'),
    intents(task, others),
    'Resolve every conflict so that both intents hold, take the markers out, and check your work again. Do not commit.',
  ].join('\n\n')
}

/** The same where the session ended and left a conflict. */
export function unresolvedWords(files: readonly string[]): string {
  return [
    `${LEFT_IN_CONFLICT}, so your work cannot land:`,
    files.map((file) => `- ${pathOnOneLine(file)}`).join('\n'),
    'Resolve every conflict so that both intents hold, take the markers out, leave each file under its own name, and check your work again. Do not commit.',
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

/** The prompt for a task that takes another one out of the branch, or brings it back (`again`), where that does not go by itself. */
export function takeOutWords(
  task: Task,
  about: { again: boolean; commit: string; files: readonly string[]; others: readonly Task[]; hunks: string },
): string {
  const { again, commit, files, others, hunks } = about
  return [
    again
      ? `Task ${task.number} was taken out of this branch by commit ${commit}, and the user wants it back. What landed after that changed the same lines, so that commit cannot simply be reverted.`
      : `Task ${task.number} landed on this branch as commit ${commit}, and the user wants it undone. What landed after it changed the same lines, so that commit cannot simply be reverted.`,
    `${again ? 'Bring back everything that this commit took out' : 'Take out everything that this commit brought'} (git show ${commit}), and keep what the others did. The files in which both meet:`,
    files.map((file) => `- ${pathOnOneLine(file)}`).join('\n'),
    asData('both sides of the lines that do not fit', shortened(hunks, MOST_HUNKS)),
    intents(task, others, again ? 'To be brought back' : 'To be taken out', 'To be kept'),
    `Tests of what ${again ? 'comes back come back' : 'is taken out go'} with it. Change nothing else, and do not commit.`,
  ].join('\n\n')
}

/** The same where the session ended and changed nothing. */
export const nothingTakenOut = ({ again }: { again: boolean }): string =>
  `Nothing was changed, so nothing is ${again ? 'back' : 'taken out'}. Do what the task says; if there is nothing left to change, say so in your last words.`

/** Why nothing lands now. */
export const blockedWords = (branch: string, why: string): string =>
  `Nothing can land on the branch ${branch} now: ${why}`

/** What one side of a conflict is called where its lines are shown. */
export function sideName(tasks: readonly Task[]): string {
  const names = tasks.slice(0, MOST_NAMED).map((task) => shortened(taskName(task).replace(/\s+/g, ' '), MOST_NAME))
  const more = tasks.length - names.length
  return [...names, ...(more > 0 ? [plural(more, 'more task')] : [])].join(', ') || 'what landed before'
}

function intents(task: Task, others: readonly Task[], own = 'Yours', theirs = 'Landed meanwhile'): string {
  const shown = others.slice(0, MOST_TASKS)
  const more = others.length > shown.length ? [`… and ${others.length - shown.length} more tasks`] : []
  return [
    `${own}:\n${intentOf(task)}`,
    `${theirs}:\n${[...shown.map(intentOf), ...more].join('\n\n') || 'commits of the user'}`,
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
