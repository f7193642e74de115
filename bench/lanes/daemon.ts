import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { row } from '../figures.ts'
import { createBenchHome, residentOf } from '../runs.ts'

const REHEARSAL = join(import.meta.dirname, '../../bin/rehearsal.js')
const TOKEN = 'token-of-the-bench-0123456789abcdef'
const PATIENCE_MS = 300_000

/** A daemon that works on tasks of the rehearsal agent in lanes, over HTTP. */
async function withLanes<T>(
  lanes: number,
  steps: string,
  use: (daemon: { pid: number; get: (path: string) => Promise<unknown>; agents: () => number }) => Promise<T>,
): Promise<T> {
  const tasks = Array.from(
    { length: lanes },
    (_, i) => `## Task ${i + 1}: Task ${i + 1}\n**Claude Instruction:**\n${steps}\n`,
  )
  const home = createBenchHome(
    tasks.join('\n'),
    `project: app\nworkspace: worktree\nlanes: ${lanes}\nclaude:\n  hold: 0s\n  command: ["${process.execPath}", "${REHEARSAL}"]\n`,
  )
  const app = join(home.dir, 'app')
  mkdirSync(app)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: app, stdio: 'ignore' })
  git('init', '-q', '-b', 'main')
  git('-c', 'user.name=b', '-c', 'user.email=b@localhost', 'commit', '-q', '--allow-empty', '-m', 'first')
  const port = 20_000 + (process.pid % 20_000)
  const sessions = join(home.dir, 'sessions')
  const [program, args] = home.baton('start')
  const env = {
    PATH: process.env.PATH,
    HOME: home.dir,
    PORT: String(port),
    API_TOKEN: TOKEN,
    CLAUDE_CONFIG_DIR: sessions,
  }
  const daemon: ChildProcess = spawn(program, args, { cwd: home.dir, env, stdio: 'ignore' })
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    return (await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers })).json()
  }
  try {
    await until(() => call('/health').then(() => true))
    await call('/api/quick-start', { method: 'POST', body: JSON.stringify({ auto_approve: true }) })
    return await use({ pid: daemon.pid as number, get: call, agents: () => agentsOf(sessions) })
  } finally {
    daemon.kill('SIGTERM')
    await sleep(3_000)
    daemon.kill('SIGKILL')
    home.remove()
  }
}

/** Memory of the daemon for each further lane that works. */
export async function memoryOfLanes(): Promise<void> {
  const [few, many] = [2, 10]
  const memoryWith = (lanes: number) =>
    withLanes(lanes, 'rehearse: say working\nrehearse: wait 10m', async ({ pid, agents }) => {
      await until(async () => agents() >= lanes)
      await sleep(10_000)
      return residentOf(pid)
    })
  const [less, more] = [await memoryWith(few), await memoryWith(many)]
  const figure = `${((more - less) / (many - few)).toFixed(1)} MB (${less.toFixed(0)} MB, ${more.toFixed(0)} MB)`
  row(`memory of the daemon for each further lane, ${many} against ${few}`, figure, 'goal ≤ 5 MB')
}

/** Lanes whose questions wait for a person cost no process of Claude. */
export async function processesOfWaiting(): Promise<void> {
  await withLanes(8, 'rehearse: ask "Which colour?" Red|Blue', async ({ get, agents }) => {
    await until(async () => ((await get('/api/asks')) as { asks: unknown[] }).asks.length === 8)
    const giveUpAt = performance.now() + 30_000
    while (agents() > 0 && performance.now() < giveUpAt) await sleep(200)
    row('processes of Claude while eight lanes wait for a person', String(agents()), 'goal 0')
  })
}

/** Agents that were started with this folder of sessions. */
function agentsOf(sessions: string): number {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`
      return environment.includes(`\0CLAUDE_CONFIG_DIR=${sessions}\0`) && environment.includes('\0BATON_ATTEMPT=')
    } catch {
      return false
    }
  }).length
}

async function until(found: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = performance.now() + PATIENCE_MS; ; await sleep(200)) {
    if (await found().catch(() => false)) return
    if (performance.now() > giveUpAt) throw new Error(`Not after ${PATIENCE_MS / 1_000} s: ${found}`)
  }
}
