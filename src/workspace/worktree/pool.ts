import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readdir, realpath, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SingleValues } from '../../core/kept-values.ts'
import { leadBack, type Pin, pinTree, unpinTree } from '../../git/pinned.ts'
import type { Repository } from '../../git/repository.ts'
import { headOf } from '../../git/watch/head.ts'
import { addWorktree, openWorktree, removeWorktree, resetWorktree } from '../../git/worktree/worktrees.ts'
import { type FreeBytes, refuseFullDisk } from './refusals.ts'

/** A worktree of the pool. */
export interface PooledTree {
  name: string
  /** Who has it: the id of a task, or `checks`. Absent: it is free. */
  user?: string
  /** What its last good set-up was made from. */
  setUp?: string
  /** What its `.git` must lead to. */
  gitDir?: string
}

export interface PoolPorts {
  /** Absolute; the worktrees lie in it. */
  dir: string
  /** Free ones that stay; as many as are in use, where that is more. */
  keep: number
  meta: SingleValues
  /** Key of what is stored. */
  key: string
  freeBytes?: FreeBytes | undefined
}

/** Worktrees that are used again: setting one to another commit takes a tenth of making one, and its caches stay. */
export interface Pool {
  all: () => readonly PooledTree[]
  of: (user: string) => PooledTree | undefined
  folder: (pooled: PooledTree) => string
  /** Gives a user its worktree, the one it has or a free one; it need not be there yet. */
  take: (user: string) => Promise<PooledTree>
  /** The worktree itself; made where it is not there. `isNew`: nothing of an earlier use is in it. */
  ready: (repository: Repository, pooled: PooledTree, commit: string) => Promise<{ tree: Repository; isNew: boolean }>
  /**
   * What lies in the folder of a worktree that the repository does not know any more (it was cloned again, say), moved aside: it may
   * be the only copy. Gives where it is; undefined where nothing was to be kept.
   */
  rescue: (pooled: PooledTree) => Promise<string | undefined>
  /** The worktree, where it is there; led back to its repository, if somebody led it elsewhere. */
  tree: (pooled: PooledTree) => Promise<Repository | undefined>
  /** Leads the worktree of a user back to its repository; true: it did not lead there. */
  leadBack: (user: string) => Promise<boolean>
  /** `digest` undefined: it is not set up, whatever it was before. */
  noteSetUp: (pooled: PooledTree, digest: string | undefined) => void
  /** Its user no longer needs it; of those that are free, some stay. */
  release: (repository: Repository, user: string) => Promise<void>
  /** Removes all that are free; gives their folders. */
  clean: (repository: Repository) => Promise<string[]>
  isOurs: (folder: string) => boolean
}

const PREFIX = 'baton-tree-'

/** The user of the worktree in which merged work is checked. */
export const CHECKS = 'checks'

export function createPool({ dir, keep, meta, key, freeBytes }: PoolPorts): Pool {
  const pooledTrees = (): PooledTree[] => meta.get<PooledTree[]>(key) ?? []
  const change = (name: string, pooled: PooledTree | undefined) => {
    const others = pooledTrees().filter((one) => one.name !== name)
    const all = pooled ? [...others, pooled] : others
    meta.set(
      key,
      all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    )
  }
  const find = (name: string) => pooledTrees().find((pooled) => pooled.name === name)
  const folder = ({ name }: PooledTree) => join(dir, name)
  const pin = async (pooled: PooledTree, { root, gitDir, commonDir }: Repository) => {
    pinTree({ root, gitDir, commonDir })
    const known = find(pooled.name)
    if (known && known.gitDir !== gitDir) change(pooled.name, { ...known, gitDir })
  }
  const mend = async (pooled: PooledTree): Promise<boolean> => {
    const { gitDir } = find(pooled.name) ?? pooled
    if (gitDir === undefined) return false
    const known: Pin = { root: await realFolder(folder(pooled)), gitDir, commonDir: dirname(dirname(gitDir)) }
    pinTree(known)
    return leadBack(known)
  }
  const open = async (pooled: PooledTree): Promise<Repository | undefined> => {
    await mend(pooled)
    const there = await openWorktree(await realFolder(folder(pooled)))
    if (there) await pin(pooled, there)
    return there
  }
  /** Those that are being removed right now. */
  const going = new Set<string>()
  const remove = async (repository: Repository, pooled: PooledTree) => {
    going.add(pooled.name)
    try {
      unpinTree(await realFolder(folder(pooled)))
      await removeWorktree(repository, await realFolder(folder(pooled)))
      change(pooled.name, undefined)
    } finally {
      going.delete(pooled.name)
    }
  }
  const unused = () => pooledTrees().filter(({ name, user }) => user === undefined && !going.has(name))
  /** Tasks that follow need as many again soon, and making one takes ten times as long as using it again. */
  const tooMany = (): PooledTree | undefined =>
    unused()[Math.max(keep, pooledTrees().filter(({ user }) => user !== undefined && user !== CHECKS).length)]
  return {
    all: pooledTrees,
    folder,
    of: (user) => pooledTrees().find((pooled) => pooled.user === user),
    async take(user) {
      const free = pooledTrees().find((pooled) => pooled.user === user) ?? unused()[0]
      const pooled = free ? { ...free, user } : { name: nextName(pooledTrees()), user }
      change(pooled.name, pooled)
      return pooled
    },
    async ready(repository, pooled, commit) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const path = await realFolder(folder(pooled))
      const there = await open(pooled)
      if (there) return { tree: there, isNew: false }
      unpinTree(path)
      await refuseFullDisk(repository, dir, commit, freeBytes)
      await removeWorktree(repository, path)
      await addWorktree(repository, path, commit)
      const { setUp: _, gitDir: __, ...fresh } = find(pooled.name) ?? pooled
      change(pooled.name, fresh)
      const tree = await open(pooled)
      if (!tree) throw new Error(`git made no worktree in ${path}.`)
      return { tree, isNew: true }
    },
    async rescue(pooled) {
      const path = await realFolder(folder(pooled))
      const names = await readdir(path).catch(() => [])
      if (names.every((name) => name === '.git') || (await open(pooled))) return undefined
      const aside = join(dirname(path), `left-${basename(path)}-${Date.now()}`)
      await rename(path, aside)
      return aside
    },
    tree: open,
    leadBack: async (user) => {
      const pooled = pooledTrees().find((one) => one.user === user)
      return pooled !== undefined && mend(pooled)
    },
    noteSetUp: ({ name }, digest) => {
      const { setUp: _, ...pooled } = find(name) ?? { name: '' }
      if (pooled.name !== '') change(name, digest === undefined ? pooled : { ...pooled, setUp: digest })
    },
    async release(repository, user) {
      const pooled = pooledTrees().find((one) => one.user === user)
      if (!pooled) return
      const { user: _, ...free } = find(pooled.name) ?? pooled
      const tree = await open(pooled)
      // Its branch must not count as checked out. Where somebody has deleted that, the tree is at no commit.
      const at = tree && ((await headOf(tree)).commit ?? (await headOf(repository)).commit)
      if (tree && at !== undefined) await resetWorktree(tree, { commit: at })
      if (tree && at !== undefined) change(pooled.name, free)
      else await remove(repository, pooled)
      for (let one = tooMany(); one; one = tooMany()) await remove(repository, one)
    },
    async clean(repository) {
      const free = unused()
      for (const pooled of free) if (unused().some(({ name }) => name === pooled.name)) await remove(repository, pooled)
      return free.map(folder)
    },
    isOurs: (path) => basename(path).startsWith(PREFIX) && (dirname(path) === '.' || isSame(dirname(path), dir)),
  }
}

/** The folder above may be reached through a link; git knows it by its real name. */
async function realFolder(path: string): Promise<string> {
  const above = await realpath(dirname(path)).catch(() => dirname(path))
  return join(above, basename(path))
}

function isSame(one: string, other: string): boolean {
  return one === other || (existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other))
}

function nextName(known: readonly PooledTree[]): string {
  const numbers = known.map(({ name }) => Number(name.slice(PREFIX.length)))
  for (let number = 1; ; number += 1) if (!numbers.includes(number)) return `${PREFIX}${number}`
}
