/**
 * How soon a tap is answered: from the update's arrival at the daemon to the answered callback, idle and while a task
 * streams. Against the strict stand-in of the Bot API, in the same process. `node bench/telegram.ts [taps] [events] [lanes]`:
 * with lanes, so many tasks stream side by side in worktrees, each twenty lines a second.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { programFolder } from '../src/program-folder.ts'
import type { Person } from '../test/support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../test/support/bot-api/server.ts'
import { createHome } from '../test/support/home.ts'
import { openPhoneApp } from '../test/support/phone.ts'

const [taps = 1_000, events = 10_000, lanes = 1] = process.argv.slice(2).map(Number)

const pause = lanes > 1 ? '\nrehearse: wait 50ms' : ''
const says = Array.from(
  { length: events },
  (_, i) => `rehearse: say line ${i} of what a task says while it works${pause}`,
)
const talking = (number: number) => `## Task ${number}: Talks\n**Claude Instruction:**\n${says.join('\n')}\n`
const asks = Array.from(
  { length: taps * 2 + 1 },
  (_, i) => `rehearse: tool WebFetch {"url": "https://example.org/${i}"}`,
)
const home = createHome(
  `# T\n## Task 1: Asks\n**Claude Instruction:**\n${asks.join('\n')}\n`,
  `projects:\n  asks: {path: ., tasks: [tasks/today.md]}\n  talks: {path: talks, tasks: [tasks/talks.md], lanes: ${lanes}}\n`,
)
home.write('talks/readme.md', 'Where the talking task works.\n')
home.write('tasks/talks.md', `# T\n${Array.from({ length: lanes }, (_, i) => talking(i + 1)).join('\n')}`)
if (lanes > 1) {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: join(home.dir, 'talks'), stdio: 'ignore' })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('-c', 'user.name=b', '-c', 'user.email=b@localhost', 'commit', '-q', '-m', 'first')
}
const api = await startBotApi({ limits: {} })
const anna = api.person({ id: 4711, name: 'Anna' })
const house = await openPhoneApp(home, api, {
  change: (config) => {
    // As in daily use: the program's own files are looked at around every task.
    config.program = programFolder()
    for (const project of config.projects) project.claude.command = config.projects[0].claude.command
    config.chat.progressMs = 10_000
  },
})
const bench = { surface: 'terminal' as const, id: 'bench', name: 'bench' }
try {
  // The first message of a chat is greeted, and starts nothing.
  anna.says('hello')
  await house.api.submit({ type: 'start' }, bench, { queue: 'asks' })
  const idle = await measure(anna, api)
  await house.api.submit({ type: 'start' }, bench, { queue: 'talks' })
  await until(
    () => house.api.view.status('talks').lives.filter(({ activity }) => activity !== 'starting').length === lanes,
  )
  const streaming = await measure(anna, api)
  const stillTalks = house.api.view.status('talks').lives.length === lanes
  console.log(JSON.stringify({ taps, events, idle, streaming, stillTalks }))
} finally {
  await house.stop()
  await api.close()
  home.remove()
}

/** Decides one ask after the other: from the end of the poll that brought a tap to the call that answers it. */
async function measure(person: Person, server: BotApi) {
  const times: number[] = []
  for (let i = 0; i < taps; i++) {
    await until(() => openMessage(person) !== undefined)
    const tap = person.taps('Allow', { message: openMessage(person) as number })
    await tap.answer(20_000)
    const answered = server.calls.findLast(({ method }) => method === 'answerCallbackQuery')?.at ?? 0
    const poll = server.calls.findLast(
      ({ method, endedAt = Infinity }) => method === 'getUpdates' && endedAt <= answered,
    )
    times.push(answered - (poll?.endedAt ?? 0))
    await until(() => openMessage(person) !== tap.record.messageId)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) =>
    Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN).toFixed(1))
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

/** The newest message that can be decided. */
function openMessage(person: Person): number | undefined {
  return person.sees().messages.findLast(({ versions }) =>
    versions
      .at(-1)
      ?.keyboard?.flat()
      .some(({ text }) => text === 'Allow'),
  )?.id
}

async function until(found: () => boolean, patienceMs = 120_000): Promise<void> {
  for (const giveUpAt = performance.now() + patienceMs; !found(); await sleep(20)) {
    if (performance.now() > giveUpAt) throw new Error(`Not after ${patienceMs / 1_000} s: ${found}`)
  }
}
