import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { brokenBy } from '../break.ts'
import { BRANCH, buildLandingHouse, type LandingHouse } from '../landings/house.ts'
import { isRed, type Life, type PlannedWork, planWork } from '../landings/kinds.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAM = join(import.meta.dirname, '../programs/lander.ts')
/** So many lives are killed in a house at most; the last one is left to its end. */
const MOST_KILLS = 3
/** Steps of a life with eight tasks, roughly. */
const STEPS = 40

/** Finished work is landed by lives of the merge line that are killed, while somebody else commits to the branch. */
export const landingsRow: Row = {
  number: 17,
  title: 'landings: kills at every step of the merge line, red bases, flaky checks, commits of others meanwhile',
  unit: 'landings',
  sizes: { test: 24, small: 200, large: 10_000 },
  controls: [
    { breaks: 'branches are moved without comparing', size: 120 },
    { breaks: 'the base is not checked', size: 120 },
    { breaks: 'what had landed is not noted after a kill', size: 120 },
  ],
  async run(run) {
    for (let landings = 0; landings < run.size && !run.isEnough(); ) {
      const random = run.random.fork()
      const work = planWork(random, Math.min(random.int(1, 8), run.size - landings))
      landings += work.length
      const house = buildLandingHouse(work)
      try {
        await landAll(run, random, house, work)
        judge(run, house, work)
        run.count('landings', work.length)
      } finally {
        house.remove()
      }
    }
  },
}

async function landAll(run: RowRun, random: Random, house: LandingHouse, work: readonly PlannedWork[]): Promise<void> {
  const numbers = work.map(({ number }) => number)
  const cut = random.int(1, numbers.length)
  const groups = [numbers.slice(0, cut), numbers.slice(cut)].filter((group) => group.length > 0)
  const live = async (more: Pick<Life, 'killAt' | 'usersCommit'>) => {
    const told = house
      .journal()
      .flatMap(([what, how, number]) => (what === 'told' && how !== 'blocked' ? [Number(number)] : []))
    const { dir, repository } = house
    const life: Life = {
      ...{ repository, stateDir: join(dir, 'state'), branch: BRANCH, checkTree: join(dir, 'checks') },
      ...{ journal: join(dir, 'journal'), seen: join(dir, 'seen'), groups, told, ...more },
    }
    const broken = brokenBy(run.breaks)
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', ...broken.env }
    const child = spawn(process.execPath, [...broken.args, PROGRAM, JSON.stringify(life)], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (signal === 'SIGKILL') run.count('kills')
    else if (code !== 0) run.fail(`a life ended with ${code}: ${said.slice(-300)}`)
  }
  const isRedBase = random.chance(0.2)
  if (isRedBase) {
    house.breakBase()
    run.count('red bases')
    await live({})
    const blamed = house.journal().filter(([what, how]) => what === 'told' && how === 'red')
    if (blamed.length > 0)
      run.fail(`a red base was put down to task ${blamed.map(([, , number]) => number).join(', ')}`)
    house.mendBase()
  }
  for (let kills = random.int(0, MOST_KILLS); kills > 0; kills--) {
    const usersCommit = random.chance(0.5) ? random.int(1, 3) : undefined
    await live({ killAt: random.int(1, STEPS), ...(usersCommit !== undefined && { usersCommit }) })
  }
  // In some houses somebody commits while nobody is killed, too.
  await live(random.chance(0.5) ? { usersCommit: 1 } : {})
  await live({})
}

/** What must hold once nobody is killed any more; everything is read from git and the witness. */
function judge(run: RowRun, house: LandingHouse, work: readonly PlannedWork[]): void {
  const fail = (text: string) => run.fail(`${text} (${JSON.stringify(work)})`)
  const moves = house.moves()
  const journal = house.journal()
  const green = new Set(journal.flatMap(([what, tree]) => (what === 'green' ? [tree] : [])))
  for (const { commit } of moves.filter(({ why }) => why.startsWith('baton')))
    if (!green.has(house.git(['rev-parse', `${commit}^{tree}`]).trim())) fail(`${commit} landed as nobody checked it`)
  const onBranch = new Set(house.git(['rev-list', BRANCH]).trim().split('\n'))
  const users = moves.filter(({ why }) => why === 'user').map(({ commit }) => commit)
  run.count('commits of others', users.length)
  for (const commit of users) if (!onBranch.has(commit)) fail(`the commit ${commit} of somebody else was overwritten`)

  const told = new Map(
    journal.flatMap(([what, how, number]) => (what === 'told' && how !== 'blocked' ? [[Number(number), how]] : [])),
  )
  const known = house.known()
  for (const [number, { commit }] of known) {
    if (!onBranch.has(commit)) fail(`task ${number} is called done, and ${commit} is not on the branch`)
    const subject = house.git(['log', '-1', '--format=%s', commit]).trim()
    if (subject !== `Task ${number}` && subject !== `Work ${number}`) fail(`task ${number} is noted as “${subject}”`)
  }
  const subjects = house.git(['log', '--format=%s', BRANCH]).trim().split('\n')
  for (const { number, kind, file } of work) {
    const how = told.get(number)
    const times = subjects.filter((subject) => subject === `Task ${number}` || subject === `Work ${number}`).length
    if (times > 1) fail(`task ${number} landed ${times} times`)
    if (how === undefined) fail(`task ${number} never came to its turn`)
    if ((how === 'landed') !== known.has(number))
      fail(`task ${number} was told as ${how}, and that is not what is known`)
    if (how === 'landed' && times !== 1) fail(`task ${number} is called done, and is not on the branch`)
    if ((kind === 'good' || kind === 'flaky') && how !== 'landed')
      fail(`task ${number}, an innocent, was given back: ${how}`)
    if (kind === 'bad' && how !== 'red') fail(`task ${number} breaks the checks: ${how}`)
    const other = work.find((one) => one.number !== number && one.kind === kind && pairOf(one.file) === pairOf(file))
    if ((kind === 'clash' || kind === 'pair') && how !== 'landed' && other && told.get(other.number) !== 'landed')
      fail(`neither of tasks ${number} and ${other.number} landed`)
    if (kind === 'clash' && how === 'red') fail(`task ${number} conflicts, and was told that its checks fail`)
    if (how === 'landed') run.count('landed')
    else run.count('given back')
  }
  if (isRed(house.filesAt(BRANCH))) fail('the branch is red at the end')
}

const pairOf = (file: string): string => file.replace(/^(left|right)-/, 'pair-')
