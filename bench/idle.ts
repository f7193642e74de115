import { setTimeout as sleep } from 'node:timers/promises'
import { startDaemonWithBot } from './daemon-with-bot.ts'
import { row } from './figures.ts'
import { secondsOfProcess } from './processor-time.ts'
import { createBenchHome, trivialTasks } from './runs.ts'

/** Until everything that is done once is done. */
const SETTLE_MS = 15_000

/** What a daemon with its bot and nothing to do takes of a processor. */
export async function processorTimeOfIdleDaemon(forMs = 120_000): Promise<void> {
  const daemon = await startDaemonWithBot(createBenchHome(trivialTasks(3), ''))
  try {
    await sleep(SETTLE_MS)
    const before = secondsOfProcess(daemon.pid)
    await sleep(forMs)
    const share = (100 * 1_000 * (secondsOfProcess(daemon.pid) - before)) / forMs
    daemon.assertRunning()
    row('processor time of the idle daemon with its bot', `${share.toFixed(2)} % of a core`, 'goal ≤ 0.3 %')
  } finally {
    await daemon.stop()
  }
}
