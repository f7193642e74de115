import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Random } from '../random.ts'
import type { LanesHouse } from './house.ts'

/** What befalls the worktrees between two lives, each with the folder that it cost, if it cost one. */
const MISHAPS: Record<string, (house: LanesHouse, tree: string) => string | undefined> = {
  'folders that vanished': (_, tree) => {
    rmSync(tree, { recursive: true, force: true })
    return tree
  },
  'folders without their .git': (_, tree) => {
    rmSync(join(tree, '.git'), { force: true })
    return tree
  },
  'half entries': (house, tree) => {
    rmSync(join(house.entryOf(tree), 'commondir'), { force: true })
    return tree
  },
  'entries without their folder': (house, tree) => {
    rmSync(join(house.entryOf(tree), 'gitdir'), { force: true })
    return tree
  },
  'entries that were pruned': (house, tree) => {
    rmSync(house.entryOf(tree), { recursive: true, force: true })
    return tree
  },
  'entries of nobody': (house, tree) => {
    const entry = join(house.repository, '.git', 'worktrees', `${basename(tree)}7`)
    mkdirSync(entry, { recursive: true })
    writeFileSync(join(entry, 'locked'), 'Baton works in it')
    return undefined
  },
  'unlocked ones': (house, tree) => {
    rmSync(join(house.entryOf(tree), 'locked'), { force: true })
    return undefined
  },
  'locks of a killed git': (house, tree) => {
    const entry = house.entryOf(tree)
    if (existsSync(entry)) writeFileSync(join(entry, 'index.lock'), '')
    return undefined
  },
}

/** Does one to a worktree of Baton's; undefined where there is none. */
export function mishap(house: LanesHouse, random: Random): { what: string; lost: string | undefined } | undefined {
  const trees = house.trees()
  if (trees.length === 0) return undefined
  const what = random.pick(Object.keys(MISHAPS))
  return { what, lost: MISHAPS[what]?.(house, random.pick(trees)) }
}

let times = 0

/** The user works meanwhile. */
export function userActs(house: LanesHouse, random: Random): string {
  const { git, repository } = house
  const name = `own-${++times}`
  const acts: Record<string, () => void> = {
    'a file is changed': () => writeFileSync(join(repository, 'c.txt'), `${name}\n`),
    'something is staged': () => {
      writeFileSync(join(repository, `${name}.txt`), name)
      git(['add', `${name}.txt`])
    },
    'a commit is made': () => git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', name]),
    'a branch is made': () => git(['-c', 'core.hooksPath=/dev/null', 'branch', name]),
    'something is stashed': () => {
      writeFileSync(join(repository, 'a.txt'), `${name}\n`)
      git(['-c', 'core.hooksPath=/dev/null', 'stash', '-q', '--', 'a.txt'])
    },
  }
  const what = random.pick(Object.keys(acts))
  acts[what]?.()
  return what
}
