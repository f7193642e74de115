import { askClaude } from '../claude/ask-claude.ts'
import type { ProjectConfig } from '../config/types.ts'
import type { CheckResult } from '../core/types.ts'
import { runSteps } from '../proof/run-checks.ts'
import { withCopyFolder } from './copy-folder.ts'
import { createStrangersCode } from './strangers-code.ts'

export interface PullProgramPorts {
  project: ProjectConfig
  env: Readonly<Record<string, string | undefined>>
  /** Folders of Baton's own that code of strangers must not read. */
  hidden: readonly string[]
  /** What asking Claude cost, USD. */
  spent: (usd: number) => Promise<void>
}

/** The programs that pull requests need: a Claude that reads strangers' files, and commands over them. */
export interface PullPrograms {
  ask: (given: { prompt: string; schema: object; folder: string; signal: AbortSignal }) => Promise<unknown>
  /** Without network, in a sandbox; undefined where there is none. */
  tryCommand: (command: string, folder: string, signal: AbortSignal) => Promise<CheckResult | undefined>
  /** What sets a worktree up comes first. Up to the first that fails. */
  runChecks: (folder: string, commands: readonly string[], signal: AbortSignal) => Promise<CheckResult[]>
  /** An empty folder for what is done about `what`; it goes afterwards. */
  withFolder: <T>(what: string, use: (folder: string) => Promise<T>) => Promise<T>
}

/** A command that is to show a bug ends without help. */
const DEMONSTRATION_MS = 60_000

export function createPullPrograms({ project, env, hidden, spent }: PullProgramPorts): PullPrograms {
  const strangers = createStrangersCode({ env, hidden: [...hidden, project.path], nice: project.nice })
  const timeoutMs = project.timeouts.verifyMs
  return {
    async ask({ prompt, schema, folder, signal }) {
      const asked = { project: { path: folder, claude: project.claude }, env, prompt, signal, ofStrangers: true }
      const { structured, text, costUsd } = await askClaude({ ...asked, schema: schema as Record<string, unknown> })
      await spent(costUsd)
      return structured ?? text
    },
    async tryCommand(command, folder, signal) {
      if (!(await strangers.hasSandbox())) return undefined
      return strangers.run({ command, folder, network: false, timeoutMs: DEMONSTRATION_MS, signal })
    },
    runChecks: (folder, commands, signal) =>
      runSteps(
        [...project.worktree.setup, ...commands].map((command) => ({ name: command, command, timeoutMs })),
        ({ command }) => strangers.run({ command: String(command), folder, network: true, timeoutMs, signal }),
      ),
    withFolder: (what, use) => withCopyFolder(`${project.path}\n${what}`, use),
  }
}
