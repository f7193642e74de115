import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBotApi } from '../test/support/bot-api/server.ts'
import { row } from './figures.ts'
import { secondsOfProcess } from './processor-time.ts'
import { createBenchHome, trivialTasks } from './runs.ts'

/** Until everything that is done once is done. */
const SETTLE_MS = 15_000

/** What a daemon with its bot and nothing to do takes of a processor. */
export async function processorTimeOfIdleDaemon(forMs = 120_000): Promise<void> {
  const home = createBenchHome(trivialTasks(3), '')
  const api = await startBotApi()
  const [program, args] = home.baton('start')
  const daemon = spawn(program, args, {
    cwd: home.dir,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(20_000 + (process.pid % 20_000)),
      TELEGRAM_BOT_TOKEN: api.token,
      TELEGRAM_ALLOWED_USERS: '4711',
      TELEGRAM_API_ROOT: api.root,
    },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  try {
    await sleep(SETTLE_MS)
    const before = secondsOfProcess(daemon.pid)
    await sleep(forMs)
    const share = (100 * 1_000 * (secondsOfProcess(daemon.pid) - before)) / forMs
    if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}`)
    row('processor time of the idle daemon with its bot', `${share.toFixed(2)} % of a core`, 'goal ≤ 0.3 %')
  } finally {
    daemon.kill('SIGTERM')
    await ended
    await api.close()
    home.remove()
  }
}
