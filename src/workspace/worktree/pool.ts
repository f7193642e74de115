import { existsSync, realpathSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SingleValues } from '../../core/kept-values.ts'
import { leadBack, type Pin, pinTree, unpinTree } from '../../git/pinned.ts'
import type { Repository } from '../../git/repository.ts'
import { addWorktree, openWorktree, removeWorktree, resetWorktree } from '../../git/worktree/worktrees.ts'
import { type FreeBytes, refuseFullDisk } from './refusals.ts'

/** A worktree of the pool. */
export interface Slot {
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
  slots: () => readonly Slot[]
  of: (user: string) => Slot | undefined
  folder: (slot: Slot) => string
  /** Gives a user its worktree, the one it has or a free one; it need not be there yet. */
  take: (user: string) => Promise<Slot>
  /** The worktree itself; made where it is not there. `isNew`: nothing of an earlier use is in it. */
  ready: (repository: Repository, slot: Slot, commit: string) => Promise<{ tree: Repository; isNew: boolean }>
  /** The worktree, where it is there; led back to its repository, if somebody led it elsewhere. */
  tree: (slot: Slot) => Promise<Repository | undefined>
  /** Leads the worktree of a user back to its repository; true: it did not lead there. */
  leadBack: (user: string) => Promise<boolean>
  /** `digest` undefined: it is not set up, whatever it was before. */
  noteSetUp: (slot: Slot, digest: string | undefined) => void
  /** Its user needs it no more; of those that are free, some stay. */
  release: (repository: Repository, user: string) => Promise<void>
  /** Removes all that are free; gives their folders. */
  clean: (repository: Repository) => Promise<string[]>
  isOurs: (folder: string) => boolean
}

const PREFIX = 'baton-tree-'

/** The user of the worktree in which merged work is checked. */
export const CHECKS = 'checks'

export function createPool({ dir, keep, meta, key, freeBytes }: PoolPorts): Pool {
  const slots = (): Slot[] => meta.get<Slot[]>(key) ?? []
  const change = (name: string, slot: Slot | undefined) => {
    const others = slots().filter((one) => one.name !== name)
    const all = slot ? [...others, slot] : others
    meta.set(
      key,
      all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    )
  }
  const find = (name: string) => slots().find((slot) => slot.name === name)
  const folder = ({ name }: Slot) => join(dir, name)
  const pin = async (slot: Slot, { root, gitDir, commonDir }: Repository) => {
    pinTree({ root, gitDir, commonDir })
    const known = find(slot.name)
    if (known && known.gitDir !== gitDir) change(slot.name, { ...known, gitDir })
  }
  const mend = async (slot: Slot): Promise<boolean> => {
    const { gitDir } = find(slot.name) ?? slot
    if (gitDir === undefined) return false
    const known: Pin = { root: await realFolder(folder(slot)), gitDir, commonDir: dirname(dirname(gitDir)) }
    pinTree(known)
    return leadBack(known)
  }
  const open = async (slot: Slot): Promise<Repository | undefined> => {
    await mend(slot)
    const there = await openWorktree(await realFolder(folder(slot)))
    if (there) await pin(slot, there)
    return there
  }
  /** Those that are being removed right now. */
  const going = new Set<string>()
  const remove = async (repository: Repository, slot: Slot) => {
    going.add(slot.name)
    try {
      unpinTree(await realFolder(folder(slot)))
      await removeWorktree(repository, await realFolder(folder(slot)))
      change(slot.name, undefined)
    } finally {
      going.delete(slot.name)
    }
  }
  const unused = () => slots().filter(({ name, user }) => user === undefined && !going.has(name))
  /** Tasks that follow need as many again soon, and making one takes ten times as long as using it again. */
  const tooMany = (): Slot | undefined =>
    unused()[Math.max(keep, slots().filter(({ user }) => user !== undefined && user !== CHECKS).length)]
  return {
    slots,
    folder,
    of: (user) => slots().find((slot) => slot.user === user),
    async take(user) {
      const free = slots().find((slot) => slot.user === user) ?? unused()[0]
      const slot = free ? { ...free, user } : { name: nextName(slots()), user }
      change(slot.name, slot)
      return slot
    },
    async ready(repository, slot, commit) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const path = await realFolder(folder(slot))
      const there = await open(slot)
      if (there) return { tree: there, isNew: false }
      unpinTree(path)
      await refuseFullDisk(repository, dir, commit, freeBytes)
      await removeWorktree(repository, path)
      await addWorktree(repository, path, commit)
      const { setUp: _, gitDir: __, ...fresh } = find(slot.name) ?? slot
      change(slot.name, fresh)
      const tree = await open(slot)
      if (!tree) throw new Error(`git made no worktree in ${path}.`)
      return { tree, isNew: true }
    },
    tree: open,
    leadBack: async (user) => {
      const slot = slots().find((one) => one.user === user)
      return slot !== undefined && mend(slot)
    },
    noteSetUp: ({ name }, digest) => {
      const { setUp: _, ...slot } = find(name) ?? { name: '' }
      if (slot.name !== '') change(name, digest === undefined ? slot : { ...slot, setUp: digest })
    },
    async release(repository, user) {
      const slot = slots().find((one) => one.user === user)
      if (!slot) return
      const { user: _, ...free } = find(slot.name) ?? slot
      const tree = await open(slot)
      // Its branch must not count as checked out.
      if (tree) await resetWorktree(tree, { commit: 'HEAD' })
      if (tree) change(slot.name, free)
      else await remove(repository, slot)
      for (let one = tooMany(); one; one = tooMany()) await remove(repository, one)
    },
    async clean(repository) {
      const free = unused()
      for (const slot of free) if (unused().some(({ name }) => name === slot.name)) await remove(repository, slot)
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

function nextName(known: readonly Slot[]): string {
  const numbers = known.map(({ name }) => Number(name.slice(PREFIX.length)))
  for (let number = 1; ; number += 1) if (!numbers.includes(number)) return `${PREFIX}${number}`
}
