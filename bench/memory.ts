import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDaemonWithBot } from './daemon-with-bot.ts'
import { row } from './figures.ts'
import { createBenchHome, residentOf, run } from './runs.ts'

const REHEARSAL = join(import.meta.dirname, '../bin/rehearsal.js')
const config = `claude:\n  command: ["${process.execPath}", "${REHEARSAL}"]\n`

/** Peak memory of Baton while a task prints 100 MB. */
export async function memoryOfLoudTask(): Promise<void> {
  const home = createBenchHome('## Task 1: Print\n**Claude Instruction:**\nrehearse: print 100MB\n', config)
  try {
    const { peakMb } = await run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir })
    row('peak memory while a task prints 100 MB', `${peakMb.toFixed(0)} MB`, 'goal ≤ 120 MB')
  } finally {
    home.remove()
  }
}

/** Memory of the daemon with its bot and nothing to do, and with a question open, against a bare Node process. */
export async function memoryOfDaemon(): Promise<void> {
  const home = createBenchHome(
    '## Task 1: Ask\n**Claude Instruction:**\nrehearse: ask "Which colour?" Red|Blue\n',
    `${config}\n`.replace('claude:\n', 'claude:\n  hold: 0s\n'),
  )
  const daemon = await startDaemonWithBot(home)
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    await sleep(5_000)
    const bareMb = residentOf(bare.pid)
    const against = () => {
      daemon.assertRunning()
      const mb = residentOf(daemon.pid)
      return `${(mb / bareMb).toFixed(2)} times (${mb.toFixed(0)} MB)`
    }
    row('memory of the idle daemon with its bot, against a bare Node process', against(), 'goal ≤ 1.6')
    // The first message is greeted, the second one starts.
    daemon.anna.says('/start')
    daemon.anna.says('/start')
    await sleep(4_000)
    row('memory of the daemon while a parked question waits', against(), 'no process of Claude')
  } finally {
    bare.kill('SIGKILL')
    await daemon.stop()
  }
}
