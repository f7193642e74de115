import type { Config } from '../../src/config/types.ts'
import { QUIET_CLAUDE } from './quiet-claude.ts'

/** The real `claude` that the end-to-end tests drive; `scripts/with-claude.ts` brings it. */
export function claudeProgram(): string {
  const path = process.env.BATON_TEST_CLAUDE
  if (!path) throw new Error('BATON_TEST_CLAUDE is not set: run "npm run test:real", or point it at a claude program.')
  return path
}

/** Opens a home with the real program, which talks to nobody but the stand-in of its API and keeps its sessions in the home. */
export function withRealClaude(dir: string, apiUrl: string, more: Record<string, string> = {}) {
  return {
    env: {
      ANTHROPIC_BASE_URL: apiUrl,
      ANTHROPIC_API_KEY: 'sk-ant-test',
      CLAUDE_CONFIG_DIR: `${dir}/sessions`,
      ...QUIET_CLAUDE,
      ...more,
    },
    change: (config: Config) => {
      config.projects[0].claude.command = [claudeProgram()]
    },
  }
}
