import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Random, seeded } from '../../faults/random.ts'
import { openStore } from '../../src/store/store.ts'
import { type Landed, landedKey } from '../../src/workspace/merge-line/landed.ts'
import { newRepository, temporaryFolder } from '../git/support/playground.ts'
import type { Life } from './line-life.ts'

const BRANCH = 'baton/run/merged'
const TASKS = [1, 2, 3, 4, 5]
/** Two tasks that change the same line: only the first of them lands. */
const CLASHING = [2, 4]

/** Work that is ready to land, and a way to land it in lives that end as told. */
function landingWorld(groups: number[][], { recovers = true } = {}) {
  const user = newRepository()
  user.git('branch', BRANCH)
  for (const number of TASKS) {
    user.git('checkout', '-q', '-b', `task-${number}`, 'main')
    user.write(CLASHING.includes(number) ? 'same.txt' : `${number}.txt`, `${number}\n`)
    user.git('add', '-A')
    user.git('commit', '-q', '-m', `Work ${number}`)
  }
  user.git('checkout', '-q', 'main')
  const folder = temporaryFolder()
  const [stateDir, journal] = [join(folder, 'state'), join(folder, 'journal')]
  const live = (kill?: Life['kill']) => {
    const life: Life = {
      repository: user.root,
      stateDir,
      branch: BRANCH,
      journal,
      groups,
      recovers,
      ...(kill && { kill }),
    }
    const { signal, status, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'line-life.ts'), JSON.stringify(life)],
      { encoding: 'utf8' },
    )
    if (signal === null && status !== 0) throw new Error(stderr)
    return signal
  }
  /** What is known of each task, and what stands on the branch. */
  const known = () => {
    const store = openStore(stateDir)
    const facts = TASKS.flatMap((number): [number, Landed][] => {
      const landed = store.kept.get<Landed>(landedKey({ id: `task${number}` }))
      return landed ? [[number, landed]] : []
    })
    store.close()
    return facts
  }
  const onBranch = () => user.git('log', '--format=%H %s', `main..${BRANCH}`).trim().split('\n').filter(Boolean).sort()
  const told = () => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : [])
  return { live, known, onBranch, told, user }
}

/** Tasks in a random order, some of them ready at the same time. */
function groupsOf(random: Random): number[][] {
  const order = TASKS.map((number) => ({ number, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ number }) => number)
  const cut = random.int(1, TASKS.length)
  return [order.slice(0, cut), order.slice(cut)].filter((group) => group.length > 0)
}

const killOf = (random: Random, most: number): NonNullable<Life['kill']> => ({
  at: random.pick(['before', 'after', 'before', 'after', 'check'] as const),
  nth: random.int(1, most),
})

/** The branch holds what is known to have landed: each task once, in the commit that is noted for it. */
function expectInStep(world: ReturnType<typeof landingWorld>): void {
  const noted = world.known().map(([number, { commit }]) => `${commit} ${subjectOf(world, commit, number)}`)
  expect(noted.sort()).toEqual(world.onBranch())
}

/** A task that lands onto nothing else lands as the very commit of its work. */
const subjectOf = ({ user }: ReturnType<typeof landingWorld>, commit: string, number: number) => {
  const isWork = user.git('rev-parse', `task-${number}`).trim() === commit
  return `${isWork ? 'Work' : 'Task'} ${number}`
}

describe('a merge line that is killed', () => {
  it.each([2, 4, 5, 6])('holds exactly what landed, each task once, with seed %i', (seed) => {
    const random = seeded(seed)
    const world = landingWorld(groupsOf(random))
    world.live(killOf(random, 3))
    world.live(killOf(random, 5))
    const before = world.told()
    expect(world.live()).toBeNull()
    expectInStep(world)
    // Whoever was told that a task has landed was told the truth, then and now.
    const told = world.told()
    const last = told.slice(before.length).sort((a, b) => Number(a.at(-1)) - Number(b.at(-1)))
    expect(last).toHaveLength(TASKS.length)
    expect(last.filter((one) => one.startsWith('returned'))).toHaveLength(1)
    for (const one of before) expect(last).toContain(one)
    expect(world.known().map(([number]) => `landed ${number}`)).toEqual(last.filter((one) => one.startsWith('landed')))
  })

  // The branch has moved; of what holds since then nothing is written down.
  const moved = { at: 'before', nth: 2 } as const

  it('notes what had landed in the next life', () => {
    const world = landingWorld([[1, 3, 5]])
    expect(world.live(moved)).toBe('SIGKILL')
    expect(world.known()).toEqual([])
    expect(world.onBranch()).toHaveLength(3)
    world.live()
    expectInStep(world)
  })

  it('would be out of step without that', () => {
    const world = landingWorld([[1, 3, 5]], { recovers: false })
    world.live(moved)
    world.live()
    expect(() => expectInStep(world)).toThrow()
  })

  it('forgets a landing that has not begun', () => {
    const world = landingWorld([[1, 3, 5]])
    expect(world.live({ at: 'after', nth: 1 })).toBe('SIGKILL')
    expect(world.onBranch()).toEqual([])
    world.live()
    expectInStep(world)
    expect(world.onBranch()).toHaveLength(3)
  })
})
