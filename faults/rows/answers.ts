import { setTimeout as sleep } from 'node:timers/promises'
import { type AnswersHouse, API_TOKEN, openAnswersHouse } from '../answers/house.ts'
import { createJobs } from '../answers/jobs.ts'
import { BERND } from '../answers/right-shots.ts'
import { type Play, playRound } from '../answers/round.ts'
import type { ShownAsk } from '../answers/shots.ts'
import { findWrong } from '../answers/verdict.ts'
import type { Row, RowRun } from '../row.ts'

/** No ask for so long, while something is still to do: it hangs. */
const STUCK_MS = 30_000
const TASKS_A_HOUSE = 14

/**
 * A daemon, its agents and everybody around it: two people who may use the bot, each in their own chat and in a group, a
 * stranger, programs, and somebody at the terminal. Asks of every kind are met with random acts, right ones and wrong ones.
 * The model knows which are right: the program gives it only what people see.
 */
export const answersRow: Row = {
  number: 12,
  title: 'answers: forged, stale, repeated, by the wrong person, in the wrong chat, several at once, restarts between',
  unit: 'acts',
  sizes: { test: 80, small: 500, large: 10_000 },
  // Each ends with the first thing it sees; a skip that comes twice is rare.
  controls: [
    { breaks: 'anybody may answer', size: 300 },
    { breaks: 'what was shown is not checked', size: 1_000 },
    { breaks: 'stale answers fall to the next ask', size: 1_000 },
    { breaks: 'acts count twice', size: 4_000 },
    { breaks: 'updates count again', size: 4_000 },
  ],
  async run(run) {
    for (let acts = 0; acts < run.size && !run.isEnough(); ) acts += await playHouse(run, run.size - acts)
  },
}

/** One house until its tasks are done, or enough was seen; gives the number of acts. */
async function playHouse(run: RowRun, most: number): Promise<number> {
  const random = run.random.fork()
  const projects = random.pick([['main'], ['alpha', 'beta'], ['alpha', 'beta', 'gamma']])
  const jobs = projects.flatMap((project) =>
    createJobs(random, project, Math.max(2, Math.round(Math.min(TASKS_A_HOUSE, most / 25) / projects.length))),
  )
  const house = await openAnswersHouse(jobs, run.breaks)
  const play: Play = { run, house, random, past: [], acts: 0, kills: 0, repeats: [] }
  try {
    for (const queue of projects) await house.local.submit({ type: 'start' }, BERND, { queue })
    for (let ask = await nextAsk(play); ask && !run.isEnough(); ask = await nextAsk(play)) await playRound(play, ask)
    await house.down('SIGTERM')
    // What was left out because enough was seen is not a fault.
    if (!run.isEnough()) for (const wrong of findWrong(house, play.past, play.kills > 0)) run.fail(wrong)
    for (const error of house.serverErrors) run.fail(`the server failed: ${error}`)
    run.count('acts', play.acts)
    run.count('houses')
    return play.acts
  } finally {
    await house.close()
  }
}

/** Any of the asks that are open, the others being there beside it; undefined when every run has ended. */
async function nextAsk({ house, random, run }: Play): Promise<ShownAsk | undefined> {
  const until = performance.now() + STUCK_MS
  while (performance.now() < until) {
    const asks = await openAsks(house)
    const isOver = house.projects.every((queue) => house.local.view.status(queue).run?.endedAt !== undefined)
    // Every queue has come to an ask or to its end, so that all the others stand beside the one that is met.
    const idle = house.projects.every(
      (queue) => asks.some((ask) => ask.project === queue) || house.local.view.status(queue).run?.endedAt !== undefined,
    )
    if (asks.length > 0 && idle) return random.pick(asks)
    if (isOver) return undefined
    await sleep(10)
  }
  run.fail(
    `nothing goes on: ${JSON.stringify(house.projects.map((queue) => house.local.view.status(queue).run?.status))}`,
  )
  return undefined
}

async function openAsks(house: AnswersHouse): Promise<ShownAsk[]> {
  const reply = await house.http({ path: '/api/asks', token: API_TOKEN })
  return (reply?.body.asks ?? []) as ShownAsk[]
}
