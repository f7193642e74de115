import { join } from 'node:path'
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
