import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { row } from './figures.ts'
import { secondsOfChildren } from './processor-time.ts'
import { plainLoop, realClaudeEnv } from './real-loop.ts'
import { createBenchHome, run, trivialTasks } from './runs.ts'

const AGENT = join(import.meta.dirname, 'fifty-ms-agent.sh')
const TASKS = 12
/** A token is taken for so many letters. */
const LETTERS = 4

/** Processes of git that one task costs in a repository: counted by a `git` before the real one. */
export async function gitProcessesOfTask(): Promise<void> {
  const counted = async (changes: boolean) => (await countGit(2 * TASKS, changes)) - (await countGit(TASKS, changes))
  row('processes of git a task, nothing changed', ((await counted(false)) / TASKS).toFixed(1), 'goal ≤ 3')
  row('processes of git a task that changes a file', ((await counted(true)) / TASKS).toFixed(1), 'goal ≤ 6')
}

async function countGit(tasks: number, changes: boolean): Promise<number> {
  const bin = mkdtempSync(join(tmpdir(), 'baton-bench-git-'))
  const path = process.env.PATH ?? ''
  const log = join(bin, 'log')
  const agent = join(bin, 'agent.sh')
  writeFileSync(log, '')
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$1" >> '${log}'\nPATH='${path}' exec git "$@"\n`)
  // The change lies a moment back when the result comes, as it does with every real agent.
  const work = changes ? 'echo x >> changed.txt; sleep 0.1' : 'true'
  writeFileSync(agent, readFileSync(AGENT, 'utf8').replace('sleep 0.05', work))
  for (const file of ['git', 'agent.sh']) chmodSync(join(bin, file), 0o755)
  const home = createBenchHome(trivialTasks(tasks), `project: app\nclaude:\n  command: ["${agent}"]\n`)
  try {
    const app = join(home.dir, 'app')
    mkdirSync(app)
    const git = (...args: string[]) => execFileSync('git', args, { cwd: app, stdio: 'ignore' })
    git('init', '-q')
    git('-c', 'user.name=b', '-c', 'user.email=b@localhost', 'commit', '-q', '--allow-empty', '-m', 'first')
    await run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir, env: { PATH: `${bin}${delimiter}${path}` } })
    return readFileSync(log, 'utf8').split('\n').filter(Boolean).length
  } finally {
    home.remove()
    rmSync(bin, { recursive: true, force: true })
  }
}

/** Processor time, requests and size of requests of a task with the real program, against a plain loop over it. */
export async function costWithRealClaude(): Promise<void> {
  const claude = process.env.BATON_TEST_CLAUDE
  if (!claude) {
    row('processor time and requests a task', 'not measured', 'node scripts/with-claude.ts npm run bench -- cost')
    return
  }
  const { startMessagesApi } = await import('../test/support/messages-api.ts')
  const { says } = await import('../test/support/messages-replies.ts')
  const api = await startMessagesApi(() => says('ok'))
  const home = createBenchHome(trivialTasks(TASKS), `claude:\n  command: ["${claude}"]\n`)
  const env = realClaudeEnv(api.url, home.dir)
  const loop = () => plainLoop(claude, TASKS, { cwd: home.dir, env })
  const baton = async (warm = true) => {
    home.reset()
    home.configure(`claude:\n  command: ["${claude}"]\n  warm: ${warm}\n`)
    await run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir, env })
  }
  /** What the processes took that ended meanwhile, and what they asked for. */
  const costOf = async (work: () => Promise<void>) => {
    const [cpu, at] = [secondsOfChildren(), api.requests.length]
    await work()
    const made = api.requests.slice(at)
    const bytes = made.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0)
    const prefixes = new Set(made.map(({ body }) => JSON.stringify([withoutIds(body.system), body.tools])))
    return {
      cpu: secondsOfChildren() - cpu,
      requests: made.length,
      bytes: bytes / made.length,
      prefixes: prefixes.size,
    }
  }
  try {
    await baton()
    const [plain, own, cold] = [await costOf(loop), await costOf(baton), await costOf(() => baton(false))]
    row(
      'processor time of 12 tasks of the real claude, against a plain loop',
      `${(own.cpu / plain.cpu).toFixed(2)} times`,
      '',
    )
    row('the same without the warm start', `${(cold.cpu / plain.cpu).toFixed(2)} times`, '')
    row('requests a task, against a plain loop', `${(own.requests / plain.requests).toFixed(2)} times`, 'goal 1')
    const tokens = ({ bytes, requests }: { bytes: number; requests: number }) => (bytes * requests) / TASKS / LETTERS
    const more = Math.round(tokens(own) - tokens(plain))
    const ratio = (tokens(own) / tokens(plain)).toFixed(2)
    row('tokens that a task sends, against a plain loop', `${ratio} times (${more} more)`, '')
    row('different prompt prefixes in a run of 12 tasks', String(own.prefixes), 'goal 1: the cache hits')
  } finally {
    await api.close()
    home.remove()
  }
}

/** A line of the system prompt is billing and session of that one request. */
const withoutIds = (system: unknown) => JSON.stringify(system).replaceAll(/x-anthropic-billing-header[^"]*/g, '')
