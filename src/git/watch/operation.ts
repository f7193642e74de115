import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** What the user is in the middle of. */
export type Operation = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' | 'am'

const SIGNS: [string, Operation][] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['MERGE_HEAD', 'merge'],
  ['BISECT_LOG', 'bisect'],
]

/** The files by which git itself knows, as its own prompt script reads them. */
export async function operationIn(gitDir: string): Promise<Operation | undefined> {
  for (const [file, operation] of SIGNS) {
    const there = await access(join(gitDir, file)).then(
      () => true,
      () => false,
    )
    if (there) return operation
  }
  return undefined
}
