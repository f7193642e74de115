import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brokenBy } from '../break.ts'
import { buildLanesHouse, LANES, type LanesHouse } from '../lanes/house.ts'
import {
  BRANCH_OF_RUN,
  branchOf,
  contentOf,
  type Fate,
  fileOf,
  type KillHow,
  type LaneLife,
  type LaneTask,
} from '../lanes/life.ts'
import { mishap, userActs } from '../lanes/mishaps.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAM = join(import.meta.dirname, '../programs/lane-keeper.ts')
/** So many lives are killed in a house at most; the last one is left to its end. */
const MOST_KILLS = 4
/** Calls of git and of the set-up in a life with ten tasks, roughly. */
const CALLS = 400
const LIFE_MS = 600_000

/** Ten tasks at once are worked on by lives that are killed, while worktrees vanish and the user works beside. */
export const lanesRow: Row = {
  number: 18,
  title:
    'worktrees: kills in every call of git and of the set-up, vanished and locked folders, half entries, ten lanes, the user beside',
  unit: 'worktrees',
  sizes: { test: 10, small: 100, large: 10_000 },
  controls: [
    { breaks: 'what a task left is not kept', size: 60 },
    { breaks: 'half-made worktrees are not repaired', size: 60 },
    { breaks: 'any half-made entry is removed', size: 30 },
    { breaks: "the project's hooks are run", size: 30 },
    { breaks: 'a set-up is noted before it is done', size: 60 },
  ],
  async run(run) {
    for (let done = 0; done < run.size && !run.isEnough(); done += LANES) {
      const random = run.random.fork()
      const house = buildLanesHouse()
      try {
        await liveAll(run, random, house, Math.min(LANES, run.size - done))
      } finally {
        house.remove()
      }
    }
  },
}

async function liveAll(run: RowRun, random: Random, house: LanesHouse, count: number): Promise<void> {
  const tasks = Array.from({ length: count }, (_, index): LaneTask => {
    const fate = random.pick<Fate>(['land', 'land', 'land', 'give-up', 'wait'])
    return { number: index + 1, fate }
  })
  const lost: { tree: string; at: number }[] = []
  const fail = (text: string) => run.fail(`${text} (${JSON.stringify(tasks)})`)
  let own = house.usersOwn()
  const live = async (kill?: LaneLife['kill'], planned = tasks) => {
    const ended = await liveOnce(run, house, { tasks: planned, keep: random.int(0, 3), ...(kill && { kill }) })
    if (ended !== undefined) fail(ended)
    const now = house.usersOwn()
    for (const name of new Set([...own.keys(), ...now.keys()]))
      if (own.get(name) !== now.get(name)) fail(`${name} of the user is another: ${own.get(name)} → ${now.get(name)}`)
  }
  for (let kills = random.int(1, MOST_KILLS); kills > 0; kills--) {
    const how = random.pick<KillHow>(['before', 'together', 'alone', 'after'])
    await live({ nth: random.int(1, CALLS), how })
    for (let some = random.int(1, 3); some > 0; some--) {
      const done = mishap(house, random)
      if (done) run.count(done.what)
      if (done?.lost !== undefined) lost.push({ tree: done.lost, at: house.journal().length })
    }
    // A run begins with a clean checkout.
    if (random.chance(0.5) && show(house, `${BRANCH_OF_RUN}:README.md`) !== undefined) {
      userActs(house, random)
      run.count("acts of the user's")
    }
    own = house.usersOwn()
  }
  await live()
  judge(run, house, tasks, lost, fail)
  // What waited is answered.
  await live(
    undefined,
    tasks.map((task): LaneTask => (task.fate === 'wait' ? { ...task, fate: 'land' } : task)),
  )
  const answered = tasks.filter(({ fate }) => fate === 'wait')
  judge(
    run,
    house,
    answered.map((task) => ({ ...task, fate: 'land' })),
    lost,
    fail,
  )
  run.count('worktrees', count)
}

/** One life; in words what was wrong with its end. */
async function liveOnce(
  run: RowRun,
  house: LanesHouse,
  more: Pick<LaneLife, 'tasks' | 'keep' | 'kill'>,
): Promise<string | undefined> {
  const { dir, repository, pool } = house
  const life: LaneLife = {
    ...{ repository, dir: pool, stateDir: join(dir, 'state'), journal: join(dir, 'journal') },
    ...more,
  }
  house.beginOne()
  const broken = brokenBy(run.breaks)
  const env = {
    ...{ PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    ...broken.env,
  }
  const child = spawn(process.execPath, [...broken.args, PROGRAM, JSON.stringify(life)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIFE_MS,
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal === 'SIGKILL') run.count('kills')
  else if (code !== 0) return `a life ended with ${code ?? signal}: ${said.slice(-400)}`
  return undefined
}

/** What must hold once nobody is killed any more; everything is read from git, the folders and the witness. */
function judge(
  run: RowRun,
  house: LanesHouse,
  tasks: readonly LaneTask[],
  lost: readonly { tree: string; at: number }[],
  fail: (text: string) => void,
): void {
  const journal = house.journal()
  for (const [what, ...words] of journal) {
    if (what === 'hook') fail(`the hook ${words.join(' ')} of the project was run`)
    if (what === 'not-set-up') fail(`task ${words[0]} began in a folder without the set-up ${words[1]}`)
    if (what === 'shared') fail(`tasks ${words.join(' and ')} worked in one folder`)
    if (what === 'thrown' || what === 'error' || what === 'not-landed' || what === 'unseen')
      fail(`${what}: ${words.join(' ')}`)
  }
  for (const { number, fate } of tasks) {
    const lines = journal.map((line, at) => ({ line, at })).filter(({ line }) => line[1] === String(number))
    const found = (what: string) => lines.findLast(({ line }) => line[0] === what)
    const late = found('late')
    const tree = late?.line[2] ?? ''
    const branch = fate === 'land' ? BRANCH_OF_RUN : branchOf(number)
    const isIn = (which: 'first' | 'second' | 'late') => {
      const [file, content] = [fileOf(number, which), contentOf(number, which)]
      if (fate !== 'wait') return show(house, `${branch}:${file}`) === content
      return existsSync(join(tree, file)) && readFileSync(join(tree, file), 'utf8') === content
    }
    const isGone = lost.some((one) => one.tree === tree && one.at >= (late?.at ?? 0))
    // The folder of one that waits is made again when it is answered, and then all of it must land: that is judged afterwards.
    const isDueLater = fate === 'wait' && isGone
    for (const which of ['first', 'second'] as const)
      if (!isDueLater && !isIn(which)) fail(`the ${which} file of task ${number} is lost (${fate})`)
    // What no checkpoint has seen is lost with its folder, and with nothing else.
    if (fate !== 'land' && !isGone && !isIn('late')) fail(`what task ${number} left is lost (${fate})`)
    if (isDueLater) run.count('folders of waiting ones that went, and came back at the answer')
    run.count(fate === 'land' ? 'landed' : fate === 'wait' ? 'kept' : 'given up')
  }
  const stray = house
    .git(['worktree', 'list', '--porcelain'])
    .split('\n\n')
    .filter((one) => one.includes(house.pool) && /^prunable/m.test(one))
  if (stray.length > 0) fail(`git has entries of folders that are gone: ${stray.join('; ')}`)
}

function show(house: LanesHouse, what: string): string | undefined {
  try {
    return house.git(['show', what])
  } catch {
    return undefined
  }
}
