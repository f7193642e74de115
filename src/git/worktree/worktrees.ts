import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathText } from '../bytes.ts'
import { fileClock } from '../file-clock.ts'
import { readLatin1 } from '../read-latin1.ts'
import { locate, type Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'
import { withRepositoryLock } from './repository-lock.ts'

/** A linked working tree as the repository knows it. */
interface LinkedTree {
  /** Its entry in `.git/worktrees`. */
  entry: string
  /** Undefined: the entry is half made. */
  folder: string | undefined
  locked: boolean
}

/** All linked working trees, also those that git itself stumbles over. */
async function linkedTrees({ commonDir }: Repository): Promise<LinkedTree[]> {
  const names = await readdir(join(commonDir, 'worktrees')).catch(() => [])
  return Promise.all(
    names.map(async (name) => {
      const entry = join(commonDir, 'worktrees', name)
      const gitdir = pathText(await readLatin1(join(entry, 'gitdir')).catch(() => ''))
      const isWhole = gitdir.trim() !== '' && existsSync(join(entry, 'commondir'))
      return {
        entry,
        folder: isWhole ? dirname(gitdir.trim()) : undefined,
        locked: existsSync(join(entry, 'locked')),
      }
    }),
  )
}

/** Somebody else may be making one right now. */
const HALF_MADE_MS = 60_000

/**
 * Takes away what a killed process left: half-made entries, entries of ours whose folder is gone (locked ones keep their
 * branch in use for ever), and locks of git in ours. `isOurs` is asked with a folder, or with the entry's name where it is
 * not known. Gives lines for people.
 */
export function repairWorktrees(repository: Repository, isOurs: (folder: string) => boolean): Promise<string[]> {
  return withRepositoryLock(repository, async () => {
    const told: string[] = []
    const now = await fileClock(repository.commonDir)
    for (const { entry, folder } of await linkedTrees(repository)) {
      const name = basename(entry)
      if (folder === undefined) {
        const found = await stat(entry).catch(() => undefined)
        if (!isOurs(name) && found && now - found.mtimeMs < HALF_MADE_MS) continue
        await rm(entry, { recursive: true, force: true })
        told.push(`Removed the half-made worktree entry ${name} of a process that was killed.`)
      } else if (isOurs(folder) && !existsSync(join(folder, '.git'))) {
        await rm(entry, { recursive: true, force: true })
        told.push(`The worktree ${folder} is gone; its branch is free again.`)
      } else if (isOurs(folder)) await dropLocks({ gitDir: entry })
    }
    return told
  })
}

/** Adds a working tree on a commit, with no branch; locked, so that nobody's clean-up takes it. */
export function addWorktree(repository: Repository, folder: string, commit: string): Promise<void> {
  return withRepositoryLock(repository, async () => {
    const run = await safeRun(repository)
    await rm(folder, { recursive: true, force: true })
    await run(['worktree', 'add', '--quiet', '--detach', '--lock', '--reason', 'Baton works in it', folder, commit])
  })
}

/** Removes a working tree with everything in it. */
export function removeWorktree(repository: Repository, folder: string): Promise<void> {
  return withRepositoryLock(repository, async () => {
    const found = (await linkedTrees(repository)).find((tree) => tree.folder === folder)
    await rm(folder, { recursive: true, force: true })
    if (found) await rm(found.entry, { recursive: true, force: true })
  })
}

/** A working tree that is where it should be; undefined where it has vanished. */
export async function openWorktree(folder: string): Promise<Repository | undefined> {
  if (!existsSync(join(folder, '.git'))) return undefined
  const located = await locate(folder)
  return 'repository' in located && located.repository.root === folder ? located.repository : undefined
}

/**
 * Makes a working tree that of a commit: no file is left from before but ignored ones, which are its caches. `branch`: set to
 * the commit and checked out.
 */
export async function resetWorktree(
  tree: Repository,
  { commit, branch }: { commit: string; branch?: string },
): Promise<void> {
  const run = await safeRun(tree)
  // What was in the middle (a merge, a rebase) goes with the tree that it was in, and so do the locks of a killed git.
  await dropLocks(tree)
  for (const name of IN_THE_MIDDLE) await rm(join(tree.gitDir, name), { recursive: true, force: true })
  await run([
    'checkout',
    '--quiet',
    '--force',
    ...(branch === undefined ? ['--detach', commit] : ['-B', branch, commit]),
  ])
  await run(['clean', '-ffdq'])
}

/** Takes away the locks that a killed git has left in a tree of Baton's, in which nobody works now. */
export async function dropLocks({ gitDir }: Pick<Repository, 'gitDir'>): Promise<void> {
  for (const name of await readdir(gitDir))
    if (name.endsWith('.lock')) await rm(join(gitDir, name), { recursive: true, force: true })
}

const IN_THE_MIDDLE = [
  ...['rebase-merge', 'rebase-apply', 'sequencer', 'BISECT_LOG', 'SQUASH_MSG'],
  ...['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'],
]
