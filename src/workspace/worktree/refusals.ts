import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathText, splitNul } from '../../git/bytes.ts'
import { GitError } from '../../git/program.ts'
import { inRepository, locate, type Repository } from '../../git/repository.ts'
import { dirtyIn } from '../../git/watch/dirty.ts'
import { headOf } from '../../git/watch/head.ts'
import { branchInTheWay } from '../../git/worktree/branches.ts'
import { WorkspaceError } from '../workspace.ts'

/** What speaks against worktrees of this project, whichever task is first to meet it. */
const refusal = (text: string): WorkspaceError => new WorkspaceError(text, 'run')

const IN_PLACE = 'set "lanes: 1" and "workspace: in_place" in config.yaml.'

/** Why nothing can be made of it, with what helps: a repository that is there and cannot be read needs no new one. */
function whyNone(project: string, reason: string): string {
  if (/bare repository/.test(reason))
    return `${project} is a bare repository; Baton cannot make worktrees from it. Point "project:" at a checkout of it.`
  if (/^(Not a git repository|The folder is ignored)/.test(reason))
    return `Worktrees need a git repository, and ${project} is not one: ${reason} Run "git init" there and commit once, or ${IN_PLACE}`
  return `Worktrees of ${project} cannot be made. ${reason} Retry when that is mended.`
}

/**
 * The repository of a project, where worktrees can be made of it. Throws WorkspaceError with what speaks against it.
 *
 * @param sound commits in which nothing does; those that are looked at are added
 */
export async function repositoryFor(
  project: string,
  sound = new Set<string>(),
): Promise<{ repository: Repository; head: string }> {
  const located = await locate(project)
  if ('reason' in located) throw refusal(whyNone(project, located.reason))
  const { repository } = located
  const { commit: head } = await headOf(repository)
  if (head === undefined)
    throw refusal(
      `${repository.root} has no commit yet, so there is nothing to start a worktree from. Commit once, then retry.`,
    )
  if (existsSync(join(repository.commonDir, 'shallow')))
    throw refusal(
      `${repository.root} is a shallow clone: branches cannot be merged safely in it. Run "git fetch --unshallow", then retry.`,
    )
  if (sound.has(head)) return { repository, head }
  try {
    await refuseUnfetched(repository, head)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw refusal(
      `git cannot read the commit ${head.slice(0, 12)} of ${repository.root}: ${error.firstLine}. Look at it with "git fsck", then retry.`,
    )
  }
  sound.add(head)
  return { repository, head }
}

/** What is not in git itself would be missing in a worktree. */
async function refuseUnfetched(repository: Repository, head: string): Promise<void> {
  const run = inRepository(repository)
  // In git's own form, where no path is quoted.
  const { stdout } = await run(['ls-tree', '-r', '-z', head])
  const entries = splitNul(stdout).map((line) => {
    const tab = line.indexOf('\t')
    const [mode = '', , oid = ''] = line.slice(0, tab).split(' ')
    return { mode, oid, path: line.slice(tab + 1) }
  })
  const submodule = entries.find(({ mode }) => mode === '160000')
  if (submodule !== undefined)
    throw refusal(
      `${repository.root} has a submodule (${pathText(submodule.path)}), which a worktree would not have. To work on it, ${IN_PLACE}`,
    )
  for (const { oid, path } of entries.filter((entry) => /(^|\/)\.gitattributes$/.test(entry.path))) {
    // By its name, since a path may be of bytes that no argument can hold.
    const text = (await run(['cat-file', 'blob', oid])).stdout
    if (/^[^#\n]*\bfilter=lfs\b/m.test(text))
      throw refusal(
        `${repository.root} keeps files with git LFS (${pathText(path)}), which worktrees of Baton do not fetch. To work on it, ${IN_PLACE}`,
      )
  }
}

/** Changes of the user's that tasks would start without; task files may have marks of Baton's. Throws WorkspaceError. */
export async function refuseDirty(repository: Repository, mayBeDirty: readonly string[]): Promise<void> {
  const changed = (await dirtyIn(repository, { untracked: false }))
    .map(({ path }) => path)
    .filter((path) => !mayBeDirty.includes(join(repository.root, path)))
  if (changed.length === 0) return
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ''
  throw refusal(
    `${repository.root} has changes that are not committed (${changed.slice(0, 3).join(', ')}${more}): tasks in worktrees would start without them. Commit or stash them, then retry.`,
  )
}

const MB = 1024 * 1024
/** What must be left after a worktree was made. */
const SPARE_BYTES = 200 * MB

/** Throws WorkspaceError where a branch of this name cannot be made because of another one. */
export async function refuseInTheWay(
  repository: Repository,
  branch: string,
  concerns: 'task' | 'run',
  what: string,
): Promise<void> {
  const other = await branchInTheWay(repository, branch)
  if (other === undefined) return
  throw new WorkspaceError(
    `${repository.root} has a branch “${other}”, and beside it git cannot have the branch ${branch}. ${what}, or rename yours (git branch -m ${other} NEW-NAME), then retry.`,
    concerns,
  )
}

/** Bytes that are free on the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>

/** Throws WorkspaceError when the disk has no room for one more worktree. */
export async function refuseFullDisk(
  repository: Repository,
  dir: string,
  head: string,
  freeIn?: FreeBytes,
): Promise<void> {
  const { stdout } = await inRepository(repository)(['ls-tree', '-r', '--format=%(objectsize)', head])
  const needed = stdout.split('\n').reduce((sum, line) => sum + (Number(line) || 0), SPARE_BYTES)
  await refuseLittleRoom(dir, { what: 'another worktree', needed, freeIn })
}

/** Throws WorkspaceError when the disk has no room for a task to work, also in an existing worktree. */
export async function refuseLittleRoom(
  dir: string,
  {
    what = 'the work of a task',
    needed = SPARE_BYTES,
    freeIn = freeBytes,
  }: { what?: string; needed?: number; freeIn?: FreeBytes | undefined },
): Promise<void> {
  let folder = dir
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  const free = await freeIn(folder)
  if (free >= needed) return
  throw refusal(
    `There is no room for ${what} on the disk of ${folder}: ${Math.ceil(needed / MB)} MB are needed, ${Math.floor(free / MB)} MB are free. Free some space, or run "baton worktree clean", then retry.`,
  )
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize, blocks } = await statfs(folder)
  // Some file systems do not count.
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
}

/** Words for people about a git that failed. */
export function inWords(error: unknown, what: string): WorkspaceError {
  if (error instanceof WorkspaceError) return error
  const why = error instanceof GitError ? error.firstLine : String(error instanceof Error ? error.message : error)
  return new WorkspaceError(`${what}: ${why}`)
}
