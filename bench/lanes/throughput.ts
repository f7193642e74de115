import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { row, timed } from '../figures.ts'
import { createBenchHome, run } from '../runs.ts'

const AGENT = join(import.meta.dirname, '../fifty-ms-agent.sh')
const TASKS = 40

/**
 * Wall time of 40 independent tasks with one lane against four, worktrees and merge line included; `agentS` is what the stand-in takes
 * for a task.
 */
export async function throughputOfLanes(agentS: number): Promise<void> {
  // Side by side, so that whatever else the machine does slows down both; next to such an agent the runs themselves do hardly anything.
  const [one, four] = await Promise.all([timeOf(1, agentS), timeOf(4, agentS)])
  const what = `${TASKS} tasks of an agent that takes ${agentS} s: 4 lanes against 1, line included`
  row(
    what,
    `${(one / four).toFixed(2)} times as fast (${(one / 1_000).toFixed(0)} s, ${(four / 1_000).toFixed(0)} s)`,
    'goal ≥ 3.6',
  )
}

async function timeOf(lanes: number, agentS: number): Promise<number> {
  const tasks = Array.from(
    { length: TASKS },
    (_, i) => `## Task ${i + 1}: Write ${i + 1}\n**Claude Instruction:**\nSay ok.\n`,
  )
  const home = createBenchHome(
    tasks.join('\n'),
    `project: app\nworkspace: worktree\nlanes: ${lanes}\nmark: false\nclaude:\n  command: ["./agent.sh"]\n`,
  )
  const agent = join(home.dir, 'agent.sh')
  // Each task changes a file of its own, named after its folder and process.
  writeFileSync(
    agent,
    readFileSync(AGENT, 'utf8').replace('sleep 0.05', () => `sleep ${agentS}; echo x > "file-$$.txt"`),
  )
  chmodSync(agent, 0o755)
  writeFileSync(
    join(home.dir, 'config.yaml'),
    readFileSync(join(home.dir, 'config.yaml'), 'utf8').replace('./agent.sh', agent),
  )
  const app = join(home.dir, 'app')
  mkdirSync(app)
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: app, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'b')
  git('config', 'user.email', 'b@localhost')
  git('commit', '-q', '--allow-empty', '-m', 'first')
  try {
    const ms = await timed(() => run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir }))
    const branch = git('for-each-ref', '--format=%(refname)', 'refs/heads/baton/*/merged').trim()
    const landed = Number(git('rev-list', '--count', `main..${branch}`))
    if (landed !== TASKS) throw new Error(`${landed} of ${TASKS} tasks have landed`)
    return ms
  } finally {
    home.remove()
  }
}
