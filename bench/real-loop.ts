import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { gitDenyRules } from '../src/claude/asks/git-rules.ts'
import { startClaude } from '../src/claude/process/process.ts'
import { claudeArgs } from '../src/claude/start/argv.ts'
import { systemPrompt } from '../src/claude/start/prompt.ts'
import { QUIET_CLAUDE } from '../test/support/quiet-claude.ts'
import { run } from './runs.ts'

/** What a real `claude` needs to talk to the stand-in of its API and to nobody else. */
export const realClaudeEnv = (apiUrl: string, dir: string): Record<string, string> => ({
  ANTHROPIC_BASE_URL: apiUrl,
  ANTHROPIC_API_KEY: 'sk-ant-test',
  CLAUDE_CONFIG_DIR: join(dir, 'sessions'),
  ...QUIET_CLAUDE,
})

/** The plain loop over `claude -p` that Baton is measured against. */
export async function plainLoop(claude: string, tasks: number, at: { cwd: string; env: Record<string, string> }) {
  for (let i = 0; i < tasks; i++)
    await run(claude, ['-p', '--permission-mode=acceptEdits'], { ...at, input: 'Say ok.' })
}

/**
 * The same loop with Baton's arguments, hooks and protocol, and nothing else of Baton: what lies above the plain loop here is the price of
 * questions that can be answered and of rules, and no scheduling takes it away.
 */
export async function claudeAsBatonDrivesIt(
  claude: string,
  tasks: number,
  at: { cwd: string; env: Record<string, string> },
) {
  const limits = { startMs: 60_000, idleMs: 60_000, totalMs: 60_000, exitMs: 60_000, graceMs: 1_000 }
  for (let i = 0; i < tasks; i++) {
    const args = claudeArgs({
      sessionId: randomUUID(),
      resume: false,
      permissionMode: 'acceptEdits',
      disallowedTools: gitDenyRules({ isGuarded: true }),
      appendSystemPrompt: systemPrompt({ gitAllowed: false }),
      settings: { permissions: { deny: [`Read(/${at.cwd}/.env*)`, `Edit(/${at.cwd}/config.yaml)`] } },
    })
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...at.env }
    const start = { command: [claude], args, cwd: at.cwd, env, attemptId: 'bench', prompt: 'Say ok.', limits }
    const ended = await startClaude(
      { ...start, guard: () => undefined },
      { onMessage: () => undefined, onAsk: () => undefined },
    ).finished
    if (!ended.complete) throw new Error(`claude ended without a result: ${ended.stderr}`)
  }
}
