/**
 * How soon a tap on Discord is answered: from the event that the stand-in of the gateway sends to the answer that it gets, idle and
 * while ten projects stream; and what the daemon's memory is with its bot there. `node bench/discord.ts [taps]`
 */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DiscordPerson } from '../test/support/discord/people.ts'
import { startDiscord } from '../test/support/discord/server.ts'
import { CHANNEL } from '../test/support/discord/world.ts'
import { row } from './figures.ts'
import { createBenchHome, residentOf } from './runs.ts'

const [taps = 100] = process.argv.slice(2).map(Number)
const REHEARSAL = join(import.meta.dirname, '../bin/rehearsal.js')
const STREAMS = 10
const ANNA = '470000000000000011'

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
const discord = await startDiscord()
const anna = discord.person({ id: ANNA, name: 'Anna' })
const home = createBenchHome(
  `## Task 1: Asks\n**Claude Instruction:**\n${asks.join('\n')}\n`,
  `claude:\n  command: ["${process.execPath}", "${REHEARSAL}"]\ndiscord: {channel: "${CHANNEL}", users: ["${ANNA}"]}\nprojects:\n${projects.join('\n')}\n`,
)
for (const name of streams) {
  mkdirSync(join(home.dir, name), { recursive: true })
  writeFileSync(join(home.dir, `tasks/${name}.md`), `## Task 1: Talks\n**Claude Instruction:**\n${says.join('\n')}\n`)
}
const [program, args] = home.baton('start')
const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
const daemon = spawn(program, args, {
  cwd: home.dir,
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: String(20_000 + (process.pid % 20_000)),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.api,
  },
  stdio: 'ignore',
})
try {
  await until(() => discord.world.commands.length > 0)
  await sleep(3_000)
  const mb = residentOf(daemon.pid)
  row(
    'memory of the idle daemon with Discord, against a bare Node process',
    `${(mb / residentOf(bare.pid)).toFixed(2)} times (${mb.toFixed(0)} MB)`,
    '',
  )
  // The first message is greeted.
  anna.commands('status')
  await sleep(1_000)
  anna.commands('start', { files: 'asks tasks/today.md' })
  row('tap on Discord to acknowledged, idle', await measure(anna), 'goal p99 ≤ 100 ms')
  for (const name of streams) anna.commands('start', { files: `${name} tasks/${name}.md` })
  await sleep(5_000)
  row(`tap on Discord to acknowledged, beside ${STREAMS} that stream`, await measure(anna), 'goal p99 ≤ 100 ms')
} finally {
  bare.kill('SIGKILL')
  daemon.kill('SIGKILL')
  await discord.close()
  home.remove()
}

async function measure(person: DiscordPerson): Promise<string> {
  const times: number[] = []
  for (let i = 0; i < taps; i++) {
    const open = () => person.sees(CHANNEL).findLast(({ buttons }) => buttons.some(({ text }) => text === 'Allow'))
    await until(() => open() !== undefined)
    const message = open()
    if (!message) throw new Error('No ask')
    const { interaction, answer } = person.forges(
      message.id,
      message.buttons.find(({ text }) => text === 'Allow')?.data ?? '',
    )
    await answer()
    times.push((interaction.response?.at ?? 0) - interaction.at)
    await until(() => open()?.id !== message.id)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms, of ${times.length}`
}

async function until(found: () => boolean, patienceMs = 60_000): Promise<void> {
  for (const giveUpAt = performance.now() + patienceMs; !found(); await sleep(10))
    if (performance.now() > giveUpAt) throw new Error(`Not after ${patienceMs / 1_000} s: ${found}`)
}
