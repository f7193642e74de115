import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { row } from './figures.ts'
import { createBenchHome, residentOf, run } from './runs.ts'

const REHEARSAL = join(import.meta.dirname, '../bin/rehearsal.js')
const config = `claude:\n  command: ["${process.execPath}", "${REHEARSAL}"]\n`
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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

/** Memory of the daemon with nothing to do, and with a question open, against a bare Node process. */
export async function memoryOfDaemon(): Promise<void> {
  const home = createBenchHome(
    '## Task 1: Ask\n**Claude Instruction:**\nrehearse: ask "Which colour?" Red|Blue\n',
    `${config}\n`.replace('claude:\n', 'claude:\n  hold: 0s\n'),
  )
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const [program, args] = home.baton('start')
  const port = 20_000 + (process.pid % 20_000)
  const daemon = spawn(program, args, {
    cwd: home.dir,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) },
    stdio: 'ignore',
  })
  try {
    await sleep(5_000)
    const bareMb = residentOf(bare.pid)
    const idleMb = residentOf(daemon.pid)
    row(
      'memory of the idle daemon, against a bare Node process',
      `${(idleMb / bareMb).toFixed(2)} times (${idleMb.toFixed(0)} MB)`,
      'goal ≤ 1.6',
    )
    const { readFileSync } = await import('node:fs')
    const token = readFileSync(join(home.dir, '.baton/api-token'), 'utf8').trim()
    await fetch(`http://127.0.0.1:${port}/api/quick-start`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    })
    await sleep(4_000)
    const waitingMb = residentOf(daemon.pid)
    row(
      'memory of the daemon while a parked question waits',
      `${(waitingMb / bareMb).toFixed(2)} times (${waitingMb.toFixed(0)} MB)`,
      'no process of Claude',
    )
  } finally {
    bare.kill('SIGKILL')
    daemon.kill('SIGTERM')
    await sleep(1_000)
    daemon.kill('SIGKILL')
    home.remove()
  }
}
