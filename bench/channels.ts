/**
 * How soon a tap in a channel is acknowledged: from the event that the stand-in sends to the acknowledgement that it gets, idle and
 * while ten projects stream; how long the next ask takes from the tap on; and the daemon's memory with each platform.
 * `node bench/channels.ts [discord|slack|memory] [taps]`
 */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBotApi } from '../test/support/bot-api/server.ts'
import { startDiscord } from '../test/support/discord/server.ts'
import { CHANNEL } from '../test/support/discord/world.ts'
import { startSlack } from '../test/support/slack/server.ts'
import { row } from './figures.ts'
import { createBenchHome, residentOf } from './runs.ts'

type Platform = 'discord' | 'slack'

const [what, count = '100'] = process.argv.slice(2)
const taps = Number(count)
const REHEARSAL = join(import.meta.dirname, '../bin/rehearsal.js')
const STREAMS = 10
const GOAL = 'goal p99 ≤ 100 ms'

/** What a daemon is given to be on a platform, and how somebody uses it there. */
interface Surface {
  env: Record<string, string>
  config: string
  isThere: () => boolean
  starts: (files: string) => void
  /** The newest message that can be allowed. */
  open: () => string | undefined
  /** Milliseconds until the tap is acknowledged. */
  allows: (message: string) => Promise<number>
  close: () => Promise<unknown>
}

async function onDiscord(): Promise<Surface> {
  const discord = await startDiscord()
  const anna = discord.person({ id: '470000000000000011', name: 'Anna' })
  const isAsk = ({ buttons }: { buttons: { text: string }[] }) => buttons.some(({ text }) => text === 'Allow')
  return {
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.api },
    config: `discord: {channel: "${CHANNEL}", users: ["${anna.id}"]}\n`,
    isThere: () => discord.world.commands.length > 0,
    starts: (files) => void anna.commands('start', { files }),
    open: () => anna.sees(CHANNEL).findLast(isAsk)?.id,
    allows: async (id) => {
      const message = anna.sees(CHANNEL).find((one) => one.id === id)
      const button = message?.buttons.find(({ text }) => text === 'Allow')
      const { interaction, answer } = anna.forges(id, button?.data ?? '')
      await answer()
      return (interaction.response?.at ?? 0) - interaction.at
    },
    close: discord.close,
  }
}

async function onSlack(): Promise<Surface> {
  const slack = await startSlack()
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  slack.channel('C1', [anna.id])
  const { botToken, appToken } = slack.world
  return {
    env: { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.apiUrl },
    config: 'slack: {channel: C1, users: [UANNA]}\n',
    isThere: () => slack.events.lines() === 2,
    starts: (files) => void anna.commands('C1', `start ${files}`),
    open: () => anna.sees('C1').findLast(({ buttons }) => buttons.some(({ label }) => label === 'Allow'))?.ts,
    allows: async (ts) => {
      const sent = await anna.taps('C1', ts, 'Allow')
      return sent?.ackedAt === undefined ? Number.POSITIVE_INFINITY : sent.ackedAt - sent.at
    },
    close: slack.close,
  }
}

const SURFACES: Record<Platform, () => Promise<Surface>> = { discord: onDiscord, slack: onSlack }

const asks = Array.from(
  { length: taps * 2 + 2 },
  (_, i) => `rehearse: tool WebFetch {"url": "https://example.org/${i}"}`,
)
const says = Array.from({ length: 10_000 }, (_, i) => `rehearse: say line ${i} of what a task says while it works`)
const streams = Array.from({ length: STREAMS }, (_, i) => `stream${i}`)
const projects = [
  '  asks: {path: ., tasks: [tasks/today.md]}',
  ...streams.map((name) => `  ${name}: {path: ${name}, tasks: [tasks/${name}.md]}`),
]

function createDaemon(env: Record<string, string>, config: string) {
  const home = createBenchHome(
    `## Task 1: Asks\n**Claude Instruction:**\n${asks.join('\n')}\n`,
    `claude:\n  command: ["${process.execPath}", "${REHEARSAL}"]\n${config}projects:\n${projects.join('\n')}\n`,
  )
  for (const name of streams) {
    mkdirSync(join(home.dir, name), { recursive: true })
    writeFileSync(join(home.dir, `tasks/${name}.md`), `## Task 1: Talks\n**Claude Instruction:**\n${says.join('\n')}\n`)
  }
  const [program, args] = home.baton('start')
  const { PATH, HOME } = process.env
  const child = spawn(program, args, {
    cwd: home.dir,
    env: { PATH, HOME, PORT: String(20_000 + Math.floor(Math.random() * 20_000)), ...env },
    stdio: 'ignore',
  })
  return {
    pid: child.pid,
    stop: () => {
      child.kill('SIGKILL')
      home.remove()
    },
  }
}

async function timeOfTaps(platform: Platform): Promise<void> {
  const surface = await SURFACES[platform]()
  const daemon = createDaemon(surface.env, surface.config)
  try {
    await until(surface.isThere)
    await sleep(3_000)
    // The first message is greeted.
    surface.starts('')
    await sleep(1_000)
    surface.starts('asks tasks/today.md')
    row(`tap on ${platform} to acknowledged, idle`, await measure(surface), GOAL)
    for (const name of streams) surface.starts(`${name} tasks/${name}.md`)
    await sleep(5_000)
    row(`tap on ${platform} to acknowledged, beside ${STREAMS} that stream`, await measure(surface), GOAL)
  } finally {
    daemon.stop()
    await surface.close()
  }
}

async function measure({ open, allows }: Surface): Promise<string> {
  const acknowledged: number[] = []
  const next: number[] = []
  for (let i = 0; i < taps; i++) {
    await until(() => open() !== undefined)
    const message = open() as string
    const at = performance.now()
    acknowledged.push(await allows(message))
    await until(() => open() !== undefined && open() !== message)
    next.push(performance.now() - at)
  }
  return `${quantiles(acknowledged)}, of ${taps}; the next ask after ${quantiles(next)}`
}

function quantiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

/** Side by side, so that they can be compared: nothing to do, and each platform in turn. */
async function memory(): Promise<void> {
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const api = await startBotApi()
  api.person({ id: 4711, name: 'Anna' })
  const surfaces = { discord: await onDiscord(), slack: await onSlack() }
  const telegram = {
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_ALLOWED_USERS: '4711',
    TELEGRAM_API_ROOT: api.root,
  }
  const { discord, slack } = surfaces
  const kinds: [string, Record<string, string>, string][] = [
    ['no chat', {}, ''],
    ['Telegram', telegram, ''],
    ['Slack', slack.env, slack.config],
    ['Discord', discord.env, discord.config],
    ['all three', { ...telegram, ...slack.env, ...discord.env }, slack.config + discord.config],
  ]
  try {
    for (const [name, env, config] of kinds) {
      const daemon = createDaemon(env, config)
      await sleep(20_000)
      const mb = residentOf(daemon.pid)
      row(
        `memory of the idle daemon with ${name}, against a bare Node process`,
        `${(mb / residentOf(bare.pid)).toFixed(2)} times (${mb.toFixed(0)} MB)`,
        '',
      )
      daemon.stop()
    }
  } finally {
    bare.kill('SIGKILL')
    await Promise.all([api.close(), discord.close(), slack.close()])
  }
}

async function until(found: () => boolean, patienceMs = 60_000): Promise<void> {
  for (const giveUpAt = performance.now() + patienceMs; !found(); await sleep(10))
    if (performance.now() > giveUpAt) throw new Error(`Not after ${patienceMs / 1_000} s: ${found}`)
}

if (what === undefined || what === 'memory') await memory()
for (const platform of ['discord', 'slack'] as const)
  if (what === undefined || what === platform) await timeOfTaps(platform)
