import { type ByteString, joinNul, splitNul } from '../bytes.ts'
import { isCalled, type TreeChange, treeFiles } from '../diff/tree-diff.ts'
import type { PrivateGit } from '../private-git.ts'
import { stage } from '../stage.ts'
import { withFolder } from '../with-folder.ts'

/**
 * Of the files that came with a task, those that the ignore rules of the time before covered. When a task takes a line
 * out of `.gitignore`, the user's file that it hid looks like a new one; it must not be removed for that.
 */
export async function ignoredBefore(
  own: PrivateGit,
  before: string,
  task: readonly TreeChange[],
): Promise<Set<ByteString>> {
  if (!task.some(({ path }) => isRules(path))) return new Set()
  const rules = await treeFiles(own, before, isRules)
  return withFolder(own, 'rules', async (workTree) => {
    await stage(own, rules, workTree)
    const input = joinNul(task.filter((change) => !change.before).map(({ path }) => path))
    const args = ['check-ignore', '--no-index', '-z', '--stdin']
    return new Set(splitNul((await own.run(args, { input, workTree, cwd: workTree, accept: [0, 1] })).stdout))
  })
}

const isRules = isCalled('.gitignore')
