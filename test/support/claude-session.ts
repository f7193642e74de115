import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claudeEnvironment } from '../../src/claude/process/environment.ts'
import { startClaude } from '../../src/claude/process/process.ts'
import { type ClaudeOptions, claudeArgs } from '../../src/claude/start/argv.ts'
import type { StreamMessage } from '../../src/claude/stream/messages.ts'
import type { ClaudeAsk, ClaudeLimits, ClaudeProcess, ClaudeStart, EndedProcess } from '../../src/claude/types.ts'

/** Short enough for a test to see a clock run out, long enough for a busy machine. */
export const TEST_LIMITS: ClaudeLimits = {
  startMs: 30_000,
  idleMs: 30_000,
  totalMs: 60_000,
  exitMs: 5_000,
  graceMs: 2_000,
}

export interface SessionOptions {
  /** The program and its leading arguments. */
  command: string[]
  /** Further variables for the program, by themselves: nothing else of the test's environment is passed. */
  env?: Record<string, string>
}

export interface Talk extends Partial<ClaudeOptions> {
  /** Another folder than that of the session. */
  folder?: string
  /** Absent: continue by the deferred call. */
  prompt?: string
  limits?: Partial<ClaudeLimits>
  env?: Record<string, string>
  /** Do not keep the messages. */
  forgetful?: boolean
  onAsk?: (ask: ClaudeAsk, claude: ClaudeProcess) => void
  onMessage?: (message: StreamMessage, claude: ClaudeProcess) => void
  onRaw?: (line: Buffer) => void | Promise<void>
  onSpawn?: (pid: number, startedAt: string) => void
  guard?: ClaudeStart['guard']
}

export interface Heard {
  ended: EndedProcess
  messages: StreamMessage[]
  asks: ClaudeAsk[]
  withdrawn: string[]
}

/** One session of an agent in a folder of its own, over any number of processes. */
export interface Session extends Disposable {
  cwd: string
  configDir: string
  sessionId: string
  attemptId: string
  /** Starts a process and leaves it to the test. */
  start: (talk: Talk) => { claude: ClaudeProcess; heard: Omit<Heard, 'ended'> }
  /** Starts a process and follows it to its end. */
  talk: (talk: Talk) => Promise<Heard>
}

export function openSession({ command, env = {} }: SessionOptions): Session {
  const home = mkdtempSync(join(tmpdir(), 'baton-claude-'))
  const cwd = join(home, 'project')
  const configDir = join(home, 'config')
  mkdirSync(cwd)
  mkdirSync(configDir)
  const sessionId = randomUUID()
  const attemptId = `test-${randomUUID()}`
  let begun = false

  const session: Session = {
    cwd,
    configDir,
    sessionId,
    attemptId,
    start: (talk) => {
      const {
        prompt,
        folder = cwd,
        limits,
        env: moreEnv,
        forgetful,
        onAsk,
        onMessage,
        onRaw,
        onSpawn,
        guard,
        ...options
      } = talk
      const heard: Omit<Heard, 'ended'> = { messages: [], asks: [], withdrawn: [] }
      const args = claudeArgs({ permissionMode: 'default', sessionId, resume: begun, ...options })
      begun = true
      const claude: ClaudeProcess = startClaude(
        {
          command,
          args,
          cwd: folder,
          env: {
            ...claudeEnvironment({ PATH: process.env.PATH, HOME: home }),
            CLAUDE_CONFIG_DIR: configDir,
            ...env,
            ...moreEnv,
          },
          attemptId,
          limits: { ...TEST_LIMITS, ...limits },
          ...(prompt !== undefined && { prompt }),
          ...(guard && { guard }),
        },
        {
          onAsk: (ask) => {
            heard.asks.push(ask)
            onAsk?.(ask, claude)
          },
          onAskWithdrawn: (requestId) => heard.withdrawn.push(requestId),
          onMessage: (message) => {
            if (!forgetful) heard.messages.push(message)
            onMessage?.(message, claude)
          },
          ...(onRaw && { onRaw }),
          ...(onSpawn && { onSpawn }),
        },
      )
      return { claude, heard }
    },
    talk: async (talk) => {
      const { claude, heard } = session.start(talk)
      return { ended: await claude.finished, ...heard }
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }),
  }
  return session
}
