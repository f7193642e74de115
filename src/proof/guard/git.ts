import type { Finding } from '../../core/types.ts'

/**
 * What was written with git that a check depends on: hooks, and the settings that lead to them. Commits, branches and the
 * stash appear on the receipt as they are.
 */
export function findings(gitWrites: readonly string[]): Finding[] {
  return gitWrites
    .filter((write) => /^\.git\/(config|hooks) was changed$/.test(write))
    .map((write) => ({
      kind: 'git-settings',
      weight: 'ask',
      text: `${write}: hooks may no longer run, or others do.`,
    }))
}
