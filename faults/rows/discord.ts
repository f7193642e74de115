import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/store.ts'
import { startDiscord } from '../../test/support/discord/server.ts'
import { CHANNEL } from '../../test/support/discord/world.ts'
import { type DaemonProcess, startDaemonProcess } from '../daemon-process.ts'
import { createChannelHand, createStranger } from '../discord/hands.ts'
import { type ChannelHouse, channelFaults } from '../discord/verdict.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { createJobs } from '../jobs.ts'
import { readRecords } from '../phone/records.ts'
import { createWeather, STORMS } from '../phone/storm.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

type Trouble = 'away' | 'storms' | 'strangers' | 'secrets'

const ANNA = '470000000000000011'
const MALLORY = '660000000000000066'
const LATER = 'tasks/zz-later.md'
const JOBS = 4
const ACTS_A_HOUSE = 8
const END_MS = 120_000
const CONTROL_END_MS = 60_000
const API_TOKEN = 'a-token-that-nobody-may-read-0123456789'

/** The rows that Telegram has, with Discord in its place: a daemon, a channel, somebody who may decide there and a stranger. */
const onDiscord = (trouble: Trouble, row: Pick<Row, 'number' | 'title' | 'unit' | 'sizes' | 'controls'>): Row => ({
  ...row,
  async run(run) {
    for (let acts = 0; acts < run.size && !run.isEnough(); )
      acts += await house(run, run.random.fork(), trouble, Math.min(ACTS_A_HOUSE, run.size - acts))
  },
})

export const discordRows: readonly Row[] = [
  onDiscord('away', {
    number: 8,
    title: 'Discord away, connections cut, sessions forgotten, kills meanwhile',
    unit: 'outages and kills',
    sizes: { test: 4, small: 50, large: 1_000 },
    controls: [{ breaks: 'what was written meanwhile is not read', size: 24 }],
  }),
  onDiscord('storms', {
    number: 9,
    title: 'storms of 429, 5xx and resets on Discord',
    unit: 'storms',
    sizes: { test: 4, small: 50, large: 1_000 },
    controls: [{ breaks: 'doubt on Discord counts as sent', size: 24 }],
  }),
  onDiscord('strangers', {
    number: 12,
    title: 'answers on Discord: forged, repeated, by strangers, by taps, signs, words, commands, with kills between',
    unit: 'acts',
    sizes: { test: 30, small: 500, large: 10_000 },
    controls: [{ breaks: 'anybody may answer on Discord', size: 60 }],
  }),
  onDiscord('secrets', {
    number: 13,
    title: 'secrets that the agent says, searched in everything that stands on Discord',
    unit: 'acts',
    sizes: { test: 4, small: 50, large: 1_000 },
    controls: [{ breaks: 'the chat shows secrets', size: 16 }],
  }),
]

/** One daemon until its run is over; gives how often it was troubled. */
async function house(run: RowRun, random: Random, trouble: Trouble, most: number): Promise<number> {
  const weather = createWeather(random.fork())
  const discord = await startDiscord({ faults: weather, heartbeatMs: 1_000 })
  const anna = discord.person({ id: ANNA, name: 'Anna' })
  const jobs = createJobs(random, JOBS, { stubborn: 0 })
  const secrets = [API_TOKEN, discord.token]
  if (trouble === 'secrets')
    jobs.text = jobs.text.replaceAll(
      '**Claude Instruction:**\n',
      `**Claude Instruction:**\nrehearse: say It is ${API_TOKEN} and ${discord.token}, I believe.\n`,
    )
  const home = createFaultHome(
    jobs.text,
    `retries: 2\nhttp: {port: 0}\nchat: {progress: 1s}\ndiscord: {channel: "${CHANNEL}", users: ["${ANNA}"]}\n`,
  )
  home.write(
    'config.yaml',
    home.read('config.yaml').replace('claude:\n', `claude:\n  hold: ${random.pick(['0', '300ms', '10m'])}\n`),
  )
  home.write(LATER, '# Later\n')
  home.write('.env', `DISCORD_TOKEN=${discord.token}\nDISCORD_API_URL=${discord.api}\nAPI_TOKEN=${API_TOKEN}\n`)
  chmodSync(join(home.dir, '.env'), 0o600)
  const store = openStore(home.stateDir)
  store.setMeta('discord:since', 0)
  store.close()
  const hand = createChannelHand(anna, random.fork(), 600)
  const mallory = createStranger(discord.person({ id: MALLORY, name: 'Anna' }), random.fork())
  const begin = () => startDaemonProcess(home.dir, { breaks: run.breaks, env: home.agentEnv })
  let daemon: DaemonProcess = begin()
  const kill = async () => {
    daemon.kill(random.pick(['SIGKILL', 'SIGTERM']))
    await daemon.ended
    run.count('kills')
    if (random.chance(0.5)) hand.add()
    if (random.chance(0.4)) discord.gateway.forget()
    daemon = begin()
  }
  let acts = 0
  try {
    await until(() => discord.world.commands.length > 0, 60_000)
    anna.commands('start', { files: 'tasks/today.md' })
    for (; acts < most && !run.isEnough() && !readRecords(home)?.isEnded; acts++) {
      await sleep(random.int(100, 900))
      if (random.chance(0.4)) hand.add()
      if (trouble === 'strangers') mallory.act()
      if (trouble === 'storms') await storm(random, weather)
      if (trouble === 'away') await (random.chance(0.4) ? kill() : outage(random, discord))
      if ((trouble === 'strangers' || trouble === 'secrets') && random.chance(0.1)) await kill()
    }
    const isQuiet = () => {
      const records = readRecords(home)
      const isHeard = discord.gateway.isConnected() && !hasGap(home)
      return isHeard && records?.isEnded === true && records.unhandled === 0 && records.waiting === 0
    }
    if (!(await steady(isQuiet, run.breaks ? CONTROL_END_MS : END_MS)))
      run.fail(`it did not come to its end: ${JSON.stringify(readRecords(home))} ${daemon.printed().slice(-300)}`)
    daemon.kill('SIGTERM')
    const how = await daemon.ended
    if (how !== 0) run.fail(`the daemon ended by itself: ${how} ${daemon.printed()}`)
    await hand.stop()
    const found: ChannelHouse = {
      home,
      discord,
      jobs,
      hand,
      personId: ANNA,
      strangers: mallory.tried,
      secrets,
      later: LATER,
    }
    for (const fault of channelFaults(found)) run.fail(fault)
    run.count('houses')
    run.count('added', hand.added.length)
    run.count('troubled calls', weather.struck())
    run.count('identifies', discord.gateway.counts.identifies)
    run.count('resumes', discord.gateway.counts.resumes)
    return Math.max(1, acts)
  } finally {
    weather.end()
    await hand.stop()
    daemon.kill()
    await daemon.ended
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    await discord.close()
    home.remove()
  }
}

/** Something that was written while nobody listened is not read yet. */
function hasGap({ stateDir }: FaultHome): boolean {
  const db = new DatabaseSync(join(stateDir, 'baton.db'), { readOnly: true, timeout: 1_000 })
  try {
    const found = db.prepare("SELECT json FROM meta WHERE key = 'discord:unread'").get()
    return found !== undefined && found.json !== 'null'
  } finally {
    db.close()
  }
}

async function storm(random: Random, weather: ReturnType<typeof createWeather>): Promise<void> {
  weather.begin(random.pick(STORMS))
  await sleep(random.int(300, 1_500))
  weather.end()
}

async function outage(random: Random, discord: Awaited<ReturnType<typeof startDiscord>>): Promise<void> {
  const kind = random.pick(['away', 'cut', 'closed', 'asked', 'frozen'] as const)
  if (kind === 'cut') discord.gateway.drop()
  if (kind === 'closed') discord.gateway.drop(random.pick([1000, 4000, 4007, 4009]))
  if (kind === 'asked') discord.gateway.askToReconnect()
  if (kind === 'frozen') discord.gateway.freeze(true)
  if (kind === 'away') await discord.away()
  await sleep(random.int(300, 2_500))
  if (random.chance(0.3)) discord.gateway.forget()
  if (kind === 'away') await discord.back()
  discord.gateway.freeze(false)
}

async function until(isTrue: () => boolean, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(50)) if (isTrue()) return true
  return false
}

/** True for a while: what follows from what was just stored is on its way by then. */
async function steady(isTrue: () => boolean, limitMs: number): Promise<boolean> {
  let looks = 0
  return until(() => {
    looks = isTrue() ? looks + 1 : 0
    return looks >= 20
  }, limitMs)
}
