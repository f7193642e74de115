import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteString, joinNul, splitNul } from './bytes.ts'
import type { PrivateGit } from './private-git.ts'
import { stage } from './stage.ts'
import type { TreeChange } from './tree-diff.ts'

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
  const { stdout } = await own.run(['ls-tree', '-r', '-z', before])
  const rules = splitNul(stdout).flatMap((line) => {
    const [mode = '', , oid = ''] = line.slice(0, line.indexOf('\t')).split(' ')
    const path = line.slice(line.indexOf('\t') + 1)
    return isRules(path) ? [{ path, entry: { mode, oid } }] : []
  })
  const workTree = join(own.dir, `rules-${randomUUID()}`)
  await mkdir(workTree)
  try {
    await stage(own, rules, workTree)
    const input = joinNul(task.filter((change) => !change.before).map(({ path }) => path))
    const args = ['check-ignore', '--no-index', '-z', '--stdin']
    return new Set(splitNul((await own.run(args, { input, workTree, cwd: workTree, accept: [0, 1] })).stdout))
  } finally {
    await rm(workTree, { recursive: true, force: true })
  }
}

function isRules(path: ByteString): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore')
}
