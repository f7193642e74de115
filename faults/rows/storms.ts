import { setTimeout as sleep } from 'node:timers/promises'
import { call } from '../../test/support/bot-api/call.ts'
import { type BotApi, type Call, startBotApi } from '../../test/support/bot-api/server.ts'
import { startDaemonProcess } from '../daemon-process.ts'
import { createJobs } from '../jobs.ts'
import { earlyCalls } from '../phone/floods.ts'
import { createHand } from '../phone/hand.ts'
import { createPhoneHome } from '../phone/home.ts'
import { houseFaults, type PhoneApp, untilQuiet } from '../phone/house.ts'
import { createWeather, SILENCE, STORMS, type Weather } from '../phone/storm.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

const JOBS = 6
const CONTROL_JOBS = 2
const STORMS_A_HOUSE = 5
const AT_ONCE = 3
const PEOPLE = [
  { id: 4711, name: 'Anna' },
  { id: 4712, name: 'Bert' },
]
const POLLING_AGAIN_MS = 60_000
const END_MS = 90_000
const CONTROL_END_MS = 15_000
/** From this size on there is time for calls that are never answered. */
const SIZE_FOR_SILENCE = 20

/** Telegram refuses, breaks off, floods and quarrels, during a run in which two people tap. */
export const stormsRow: Row = {
  number: 9,
  title: 'storms of 429, 5xx, resets and 409',
  unit: 'storms',
  sizes: { test: 6, small: 50, large: 1_000 },
  controls: [
    { breaks: 'retry_after is not heeded', size: 10 },
    { breaks: 'polling ends at the first error', size: 10 },
    { breaks: 'doubt counts as sent', size: 20 },
  ],
  async run(run) {
    let left = run.size
    const player = async () => {
      while (left > 0 && !run.isEnough()) {
        const mine = Math.min(left, STORMS_A_HOUSE)
        left -= mine
        const passed = await house(run, run.random.fork(), mine)
        left += mine - passed
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, player))
  },
}

interface Scene extends PhoneApp {
  run: RowRun
  random: Random
  weather: Weather
}

/** One daemon under up to so many storms; gives how many there were before its run was over. */
async function house(run: RowRun, random: Random, mostStorms: number): Promise<number> {
  const weather = createWeather(random.fork())
  const api = await startBotApi({ faults: weather })
  const jobs = createJobs(random, run.breaks ? CONTROL_JOBS : JOBS, { stubborn: 0 })
  const people = PEOPLE.map((one) => api.person(one))
  const hold = random.pick(['0', '300ms', '10m'])
  const home = createPhoneHome(
    jobs.text,
    api,
    PEOPLE.map(({ id }) => id),
    hold,
  )
  const phones = people.map((person) => ({ person, hand: createHand(person, random.fork(), { delayMs: 1_500 }) }))
  const scene: Scene = { run, random, weather, api, home, jobs, phones }
  people[0]?.says('/start tasks/today.md')
  const daemon = startDaemonProcess(home.dir, { breaks: run.breaks, env: home.agentEnv })
  try {
    let storms = 0
    do {
      await sleep(random.int(100, 800))
      await storm(scene)
      storms++
    } while (storms < mostStorms && !run.isEnough() && !hasEnded(scene))
    if (!(await untilQuiet(scene, run.breaks ? CONTROL_END_MS : END_MS))) run.fail('it did not come to its end')
    daemon.kill('SIGTERM')
    const how = await daemon.ended
    if (how !== 0) run.fail(`the daemon ended by itself: ${how} ${daemon.printed()}`)
    for (const fault of [...houseFaults(scene), ...earlyCalls(api.calls.filter(isOurs))]) run.fail(fault)
    run.count('troubled calls', weather.struck())
    run.count('refusals with retry_after', api.calls.filter(({ status }) => status === 429).length)
    run.count('messages told', people.flatMap((person) => person.sees().messages.filter((m) => m.from.isBot)).length)
    run.count('updates', api.updates.all().length)
    return storms
  } finally {
    weather.end()
    await Promise.all(phones.map(({ hand }) => hand.stop()))
    daemon.kill()
    await daemon.ended
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    await api.close()
    home.remove()
  }
}

const hasEnded = ({ phones }: Scene) =>
  phones.every(({ person }) => person.sees().messages.some(({ versions }) => versions[0]?.text.startsWith('🏁')))

/** One storm, and how long polling takes to work again once it is over. */
async function storm({ run, random, weather, api, phones }: Scene): Promise<void> {
  const canBeSilent = !run.breaks && run.size >= SIZE_FOR_SILENCE && random.chance(0.04)
  const kind = canBeSilent ? SILENCE : random.pick(STORMS)
  const until = performance.now() + random.int(500, 2_500)
  const rivals = kind === 'conflicts' || (kind === 'mixed' && random.chance(0.3)) ? [rival(api, until)] : []
  if (kind === 'floods') api.limiter.flood(random.int(1, 4), random.pick([undefined, ...PEOPLE.map(({ id }) => id)]))
  weather.begin(kind)
  while (performance.now() < until) {
    if (random.chance(0.5)) random.pick(phones).hand.add()
    await sleep(random.int(50, 400))
  }
  weather.end()
  await Promise.all(rivals)
  run.count(`storms of ${kind}`)
  const endedAt = performance.now()
  // A poll that waits comes back at once when there is something.
  random.pick(phones).hand.add()
  const works = () =>
    api.calls.some(
      (one) => one.method === 'getUpdates' && isOurs(one) && one.status === 200 && (one.endedAt ?? 0) >= endedAt,
    )
  const limitMs = run.breaks ? CONTROL_END_MS : POLLING_AGAIN_MS
  while (!works() && performance.now() - endedAt < limitMs) await sleep(10)
  run.measure('seconds until it polled again', (performance.now() - endedAt) / 1_000)
  if (!works()) run.fail(`no poll worked for ${limitMs / 1_000} s after a storm of ${kind}`)
}

/** The rival's polls ask for every kind of update. */
const isOurs = ({ method, params }: Call) => method !== 'getUpdates' || params.allowed_updates !== undefined

/** A second program polls with the same token; it confirms nothing. */
async function rival(api: BotApi, until: number): Promise<void> {
  while (performance.now() < until) {
    await call(api, 'getUpdates', { timeout: 1 }).catch(() => undefined)
    await sleep(100)
  }
}
