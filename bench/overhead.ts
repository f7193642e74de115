import { join } from 'node:path'
import { row, spread, timed } from './figures.ts'
import { secondsOfChildren } from './processor-time.ts'
import { claudeAsBatonDrivesIt, plainLoop, realClaudeEnv } from './real-loop.ts'
import { createBenchHome, run, trivialTasks } from './runs.ts'

const AGENT = join(import.meta.dirname, 'fifty-ms-agent.sh')
const TASKS = 20
const MESSAGE = `${JSON.stringify({ type: 'user', message: { role: 'user', content: 'Say ok.' } })}\n`

/** Wall time of 20 trivial tasks through Baton against a plain loop over the same agent, in turn. */
export async function overheadOfFastAgent(rounds = 5): Promise<void> {
  const home = createBenchHome(trivialTasks(TASKS), `claude:\n  command: ["${AGENT}"]\n`)
  const loop = async () => {
    for (let i = 0; i < TASKS; i++) await run(AGENT, ['-p'], { cwd: home.dir, input: MESSAGE })
  }
  const baton = async () => {
    home.reset()
    await run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir })
  }
  try {
    await baton()
    const [ratios, ms, seconds]: [number[], number[], number[]] = [[], [], []]
    for (let i = 0; i < rounds; i++) {
      const before = secondsOfChildren()
      const batonMs = await timed(baton)
      const between = secondsOfChildren()
      const loopMs = await timed(loop)
      ratios.push(batonMs / loopMs)
      ms.push((batonMs - loopMs) / TASKS)
      seconds.push((1_000 * (between - before - (secondsOfChildren() - between))) / TASKS)
    }
    row('20 tasks of an agent that takes 50 ms, against a plain loop', `${spread(ratios)} times`, 'goal ≤ 1.10')
    row('the same in ms more a task, start and end included', spread(ms, 0), '')
    row('the same in ms of processor time more a task', spread(seconds, 0), '')
  } finally {
    home.remove()
  }
}

/** The same with the real program against a stand-in of its API; says so and does nothing where it is missing. */
export async function overheadOfRealClaude(rounds = 5): Promise<void> {
  const claude = process.env.BATON_TEST_CLAUDE
  if (!claude) {
    row(
      '20 tasks of the real claude, against a plain loop',
      'not measured',
      'node scripts/with-claude.ts npm run bench',
    )
    return
  }
  const { startMessagesApi } = await import('../test/support/messages-api.ts')
  const { says } = await import('../test/support/messages-replies.ts')
  const api = await startMessagesApi(() => says('ok'))
  const config = (warm: boolean) => `claude:\n  command: ["${claude}"]\n  warm: ${warm}\n`
  const home = createBenchHome(trivialTasks(TASKS), config(true))
  const env = realClaudeEnv(api.url, home.dir)
  const loop = () => plainLoop(claude, TASKS, { cwd: home.dir, env })
  const baton = (warm: boolean) => async () => {
    home.reset()
    home.configure(config(warm))
    await run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir, env })
  }
  try {
    await baton(true)()
    const ratios: Record<'warm' | 'cold' | 'alone', number[]> = { warm: [], cold: [], alone: [] }
    for (let i = 0; i < rounds; i++) {
      const loopMs = await timed(loop)
      ratios.warm.push((await timed(baton(true))) / loopMs)
      ratios.cold.push((await timed(baton(false))) / loopMs)
      ratios.alone.push((await timed(() => claudeAsBatonDrivesIt(claude, TASKS, { cwd: home.dir, env }))) / loopMs)
    }
    row('20 tasks of the real claude, against a plain loop', `${spread(ratios.warm)} times`, 'goal ≤ 0.95')
    row('the same without the warm start', `${spread(ratios.cold)} times`, 'goal ≤ 1.02')
    row(
      'of that, what the real claude alone takes when started as Baton starts it',
      `${spread(ratios.alone)} times`,
      '',
    )
  } finally {
    await api.close()
    home.remove()
  }
}
