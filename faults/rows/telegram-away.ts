import { setTimeout as sleep } from 'node:timers/promises'
import { startBotApi } from '../../test/support/bot-api/server.ts'
import { createSetClock, type SetClock } from '../clock.ts'
import { type DaemonProcess, startDaemonProcess } from '../daemon-process.ts'
import { createJobs } from '../jobs.ts'
import { createDesk } from '../phone/desk.ts'
import { createHand } from '../phone/hand.ts'
import { createPhoneHome } from '../phone/home.ts'
import { countUpdates, houseFaults, type PhoneApp, untilQuiet } from '../phone/house.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

const JOBS = 4
const CONTROL_JOBS = 3
const AT_ONCE = 3
const ANNA = 4711
const SHORTEST_S = 120
const LONGEST_S = 23 * 3600
/** The run, its backlog and its people must come to their end in this time once Telegram is back. */
const END_MS = 90_000
/** What waits for its next try may do so for half a minute. */
const CONTROL_END_MS = 45_000
const POLLING_AGAIN_MS = 60_000
/** From this size on there is time for connections that nobody answers: the bot gives each of them half a minute. */
const SIZE_FOR_SILENCE = 10

/**
 * Telegram is out of reach for minutes to 23 hours while tasks run, people write and tap, and the daemon is killed. The
 * hours pass on the wall clocks of the daemon and of the server; of the connection's own patience only seconds pass.
 */
export const telegramAwayRow: Row = {
  number: 8,
  title: 'Telegram away for minutes to 23 h, kills meanwhile',
  unit: 'outages',
  sizes: { test: 2, small: 2, large: 50 },
  controls: [
    { breaks: 'updates are not stored', size: 12 },
    { breaks: 'failed messages count as sent', size: 12 },
    { breaks: 'doubt is forgotten', size: 12 },
  ],
  async run(run) {
    let left = run.size
    const player = async () => {
      while (left-- > 0 && !run.isEnough()) await outage(run, run.random.fork())
    }
    await Promise.all(Array.from({ length: AT_ONCE }, player))
  },
}

/** One house in its outage. */
interface Scene extends PhoneApp {
  run: RowRun
  random: Random
  clock: SetClock
  /** The life that is on; undefined while nobody is there. */
  daemon: DaemonProcess | undefined
  /** Seconds that the wall clocks are ahead. */
  ahead: number
}

async function outage(run: RowRun, random: Random): Promise<void> {
  const clock = createSetClock()
  let scene: Scene | undefined
  const api = await startBotApi({ now: () => Date.now() + (scene?.ahead ?? 0) * 1_000 })
  const person = api.person({ id: ANNA, name: 'Anna' })
  const jobs = createJobs(random, run.breaks ? CONTROL_JOBS : JOBS, { stubborn: 0 })
  const home = createPhoneHome(jobs.text, api, [ANNA], random.pick(['0', '300ms', '10m']))
  const hand = createHand(person, random.fork(), { delayMs: 400 })
  const desk = createDesk(random.fork(), run.breaks ? 1 : 0.6)
  scene = { run, random, clock, home, api, jobs, desk, phones: [{ person, hand }], daemon: undefined, ahead: 0 }
  try {
    person.says('/start tasks/today.md')
    begin(scene)
    await untilBegun(scene)
    await sleep(random.int(0, 2_500))
    const back = await takeAway(scene)
    // Of minutes there are as many as of hours.
    await away(scene, Math.round(SHORTEST_S * (LONGEST_S / SHORTEST_S) ** random.next()))
    await back()
    await comeBack(scene)
    if (!(await untilQuiet(scene, run.breaks ? CONTROL_END_MS : END_MS))) run.fail('it did not come to its end')
    await end(scene, 'SIGTERM')
    for (const fault of houseFaults(scene)) run.fail(fault)
    run.count('messages told', person.sees().messages.filter((message) => message.from.isBot).length)
    const { sent, stored } = countUpdates(scene)
    run.count('updates', sent)
    // What people did must have had its effect; this is only the program's own word.
    if (!run.breaks && stored !== sent) run.fail(`${stored} of ${sent} updates were stored`)
  } finally {
    await hand.stop()
    await end(scene, 'SIGKILL')
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    await api.close()
    home.remove()
    clock.remove()
  }
}

/** The run has begun: the phone was told so. */
async function untilBegun({ phones }: Scene): Promise<void> {
  const isTold = () => phones.some(({ person }) => person.sees().messages.some(({ from }) => from.isBot))
  const until = performance.now() + CONTROL_END_MS
  while (!isTold() && performance.now() < until) await sleep(20)
}

/** Nobody listens, or every connection is cut, or none is answered; gives what ends it. */
async function takeAway({ run, random, api }: Scene): Promise<() => Promise<void>> {
  const canBeSilent = !run.breaks && run.size >= SIZE_FOR_SILENCE
  const kind = random.pick(['refused', 'refused', 'cut', canBeSilent ? 'silent' : 'refused'] as const)
  run.count(`times ${kind}`)
  // What was open is cut in any case.
  await api.away()
  if (kind === 'refused') return api.back
  api.faults.add({
    times: Number.POSITIVE_INFINITY,
    trouble: { kind: kind === 'cut' ? 'reset' : 'silence', when: 'before' },
  })
  await api.back()
  return async () => api.faults.clear()
}

/** The time without Telegram, in pieces: somebody works at the desk, somebody writes, the machine is there or not. */
async function away(scene: Scene, seconds: number): Promise<void> {
  const { run, random, phones } = scene
  const pieces = random.int(2, 4)
  for (let piece = 0; piece < pieces; piece++) {
    for (const { hand } of phones) for (let n = random.int(run.breaks ? 4 : 1, 5); n > 0; n--) hand.add()
    // For the controls there is work all the time.
    if (!run.breaks && random.chance(0.6)) await kill(scene, 'while Telegram was away')
    if (!scene.daemon && random.chance(0.7)) begin(scene)
    scene.ahead += seconds / pieces
    await Promise.all([scene.clock.set(Math.round(scene.ahead)), workAtDesk(scene)])
    await sleep(random.int(0, 1_200))
  }
  run.measure('hours away', seconds / 3600)
  if (!scene.daemon) begin(scene)
}

async function workAtDesk({ daemon, desk }: Scene): Promise<void> {
  const url = await daemon?.url
  for (let look = 0; url !== undefined && look < 4; look++) {
    await desk?.work(url)
    await sleep(250)
  }
}

/** Telegram answers again; the daemon dies once or twice over the backlog. */
async function comeBack(scene: Scene): Promise<void> {
  const { run, api, random } = scene
  const backAt = performance.now()
  const handedOut = () =>
    api.calls.some((call) => call.method === 'getUpdates' && call.status === 200 && call.at > backAt)
  const until = performance.now() + POLLING_AGAIN_MS
  while (!handedOut() && performance.now() < until) await sleep(2)
  run.measure('backlog of updates', api.updates.unconfirmed().length)
  run.measure('seconds until it polled again', (performance.now() - backAt) / 1_000)
  for (let deaths = run.breaks ? 2 : random.int(0, 2); deaths > 0; deaths--) {
    const isInDoubt = run.breaks ? run.breaks === 'doubt is forgotten' : random.chance(0.5)
    if (isInDoubt) {
      // Carried out, and the answer never comes: nobody knows, and then nobody is there to wonder.
      const struck = api.faults.struck()
      api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'silence', when: 'after' } })
      for (let look = 0; look < 300 && api.faults.struck() === struck; look++) await sleep(10)
      await sleep(random.int(0, 50))
      api.faults.clear()
    } else await sleep(random.int(0, run.breaks ? 60 : 150))
    await kill(scene, 'over the backlog')
    begin(scene)
    await sleep(random.int(300, 1_200))
  }
}

function begin(scene: Scene): void {
  const { run, home, clock } = scene
  const daemon = startDaemonProcess(home.dir, {
    breaks: run.breaks,
    env: { ...home.agentEnv, ...clock.env },
    nodeArgs: clock.nodeArgs,
  })
  scene.daemon = daemon
  void daemon.ended.then((how) => {
    if (how !== 'SIGKILL' && how !== 0) run.fail(`the daemon ended by itself: ${how} ${daemon.printed()}`)
  })
}

async function kill(scene: Scene, when: string): Promise<void> {
  if (!scene.daemon) return
  await end(scene, 'SIGKILL')
  scene.run.count(`kills ${when}`)
  // Now and then the whole machine dies, the agents with it.
  if (scene.random.chance(0.3)) killNow(processesWith('BATON_REHEARSAL_JOURNAL', scene.home.journal))
}

async function end(scene: Scene, signal: NodeJS.Signals): Promise<void> {
  const { daemon } = scene
  scene.daemon = undefined
  daemon?.kill(signal)
  await daemon?.ended
}
