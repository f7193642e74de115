import type { CheckResult } from '../../core/types.ts'
import { duration } from '../../text/durations.ts'
import { codeBlock, harmlessLine, harmlessPlain, indented } from '../text/harmless.ts'
import type { CiRun } from './ci.ts'

/** What is said about a merge, in the one comment that it has. Words of others must have gone through redaction before. */

export const CLOSED = 'Not merged: the pull request is closed.'
export const AGAIN = 'This was asked for again; what comes of it is said below.'
export const DRAFT = 'Not merged: it is a draft. Mark it as ready for review, then comment `/merge` again.'
export const GONE = 'Not merged: its head or its base branch is gone, or they have no history in common.'
export const QUEUE =
  'Not merged: the base branch takes merges through its merge queue. Add the pull request to the queue on GitHub; Baton does not go around it.'

export function moved(head: string, now: string | undefined): string {
  const to = now === undefined ? 'another commit' : `\`${now.slice(0, 8)}\``
  return `Not merged: \`/merge\` was written for \`${head.slice(0, 8)}\`, and the head is ${to} now. Comment \`/merge\` again to merge what is there.`
}

export const runningChecks = (checks: readonly string[], branch: string): string =>
  `Merging: running ${checks.length === 1 ? 'a check' : `${checks.length} checks`} on ${harmlessLine(branch, { max: 100 })} together with its base.`

export const waiting = (names: readonly string[]): string => `Merging: waiting for ${listed(names)}.`

export const waitedTooLong = (names: readonly string[], waitMs: number): string =>
  `Not merged: after ${duration(waitMs)} it was still waiting for ${listed(names)}. Comment \`/merge\` again when that is settled.`

export const SETTLED = 'It no longer waits; what came of the merge is said above.'

/** After `longMs`; it is given up after `waitMs`, unless that is 0. */
export function stillWaiting(names: readonly string[], longMs: number, waitMs: number): string {
  const end = waitMs === 0 ? '' : ` After ${duration(waitMs)} in all it is given up.`
  return `\`/merge\` has been waiting for ${duration(longMs)} now, for ${listed(names)}. It is merged as soon as that is green.${end} If a check will never report, start it again, or take it off the required ones.`
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => harmlessLine(name, { max: 100 }))
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`
}

export function conflict(base: string, files: readonly string[], canSolve: boolean): string {
  const list = files.slice(0, 20).map((path) => `- ${harmlessLine(path)}`)
  const more = files.length > list.length ? `\n- and ${files.length - list.length} more` : ''
  return `Not merged: it conflicts with ${harmlessLine(base, { max: 100 })}.\n\n${list.join('\n')}${more}\n\nBring the branch up to date, then comment \`/merge\` again.${canSolve ? ' Or comment `/resolve`, and Baton brings it up to date.' : ''}`
}

export const solving = (base: string): string =>
  `Bringing it up to date: its conflict with ${harmlessLine(base, { max: 100 })} is being resolved.`

export const solved = (base: string): string =>
  `✓ It is up to date with ${harmlessLine(base, { max: 100 })}. Look at how the conflict was resolved, then comment \`/merge\` to merge it.`

export const nothingToSolve = (base: string): string =>
  `It does not conflict with ${harmlessLine(base, { max: 100 })}, so there is nothing to resolve.`

export const notSolved = (why: string): string => `Not brought up to date: ${why}`

export function checkFailed({ command, exitCode, timedOut, output }: CheckResult): string {
  const how = timedOut ? 'ran out of time' : `failed with exit code ${exitCode ?? 'none'}`
  return `Not merged: together with its base, this ${how}.\n\n${codeBlock(command, { max: 1_000 })}\n\n${codeBlock(output.trim() === '' ? '(no output)' : output)}`
}

export function red(runs: readonly CiRun[]): string {
  const shown = runs.slice(0, 5).map(({ name, url, words }) => {
    const link = url === undefined || !/^https?:\/\/[\w./?=%+:,;#-]+$/.test(url) ? '' : ` · <${url}>`
    return `- **${harmlessLine(name)}**${link}${words === undefined ? '' : `\n\n${indented(codeBlock(words, { max: 3_000 }))}`}`
  })
  const more = runs.length > shown.length ? `\n\n…and ${runs.length - shown.length} more.` : ''
  return `Not merged: ${runs.length === 1 ? 'a check is' : `${runs.length} checks are`} red.\n\n${shown.join('\n\n')}${more}`
}

export const unclear = (why: string): string => `Not merged: Baton cannot tell whether its checks are green: ${why}`

export const refused = (message: string): string =>
  `Not merged: GitHub refused it.\n\n${codeBlock(message, { max: 2_000 })}\n\nBaton does not go around a rule. Comment \`/merge\` again when the reason is gone.`

export const DECLINED = 'Not merged: a person decided against it.'

/** What a person has to decide: in short for a comment, and whole for whoever decides. */
export interface Asked {
  short: string
  whole: string
}

export function workflows(paths: readonly string[], diff: string): Asked {
  const what = "It changes what runs with the repository's own rights:"
  return {
    short: `${what}\n${paths
      .slice(0, 20)
      .map((path) => `- ${harmlessLine(path)}`)
      .join('\n')}`,
    whole: `${what}\n${paths.map((path) => `- ${path}`).join('\n')}\n\n${diff}`.trim(),
  }
}

export function fork(head: string, checks: readonly string[]): Asked {
  const what = 'It comes from a fork, and its code would be run here by:'
  return {
    short: `${what}\n${checks.map((check) => `- ${harmlessLine(check)}`).join('\n')}`,
    whole: `${what}\n${checks.map((check) => `- ${check}`).join('\n')}\n\nThe commit is ${head}.`,
  }
}

export function asks(what: readonly string[], head: string, isPhoneOnly: boolean): string {
  const where = isPhoneOnly
    ? 'Decide on the phone.'
    : `Decide on the phone, the dashboard or the terminal; or here: to merge exactly \`${head.slice(0, 8)}\`, comment \`/merge\` once more.`
  return `Merging: a person decides first. ${what.join('\n\n')}\n\n${where}`
}

export const unseen = (head: string): string =>
  `Not merged: the branch was pushed to at about the same time, so it is not clear what \`/merge\` was written for. The head is \`${head.slice(0, 8)}\`. Comment \`/merge\` again to merge that.`

export type BranchEnd = 'deleted' | 'kept'

export function merged(of: { head: string; base: string; by: string; branch: BranchEnd; closed: number[] }): string {
  const { head, base, by, branch, closed } = of
  const issues = closed.length > 0 ? ` Closed: ${closed.map((number) => `#${number}`).join(', ')}.` : ''
  return `✓ Merged \`${head.slice(0, 8)}\` into ${harmlessLine(base, { max: 100 })}, as ${harmlessPlain(by, { max: 60 })} asked.${branch === 'deleted' ? ' The branch is deleted.' : ''}${issues}`
}

/** The words say `/merge`; a project may call it otherwise. */
export const callingIt = (body: string, command: string): string => body.replaceAll('`/merge`', `\`${command}\``)
