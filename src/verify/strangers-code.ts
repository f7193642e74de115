import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { branded } from '../claude/process/brand.ts'
import { ATTEMPT_MARK, strangersEnvironment } from '../claude/process/environment.ts'
import { lowerPriority } from '../claude/process/lower-priority.ts'
import { findProcess } from '../claude/process/process-list.ts'
import { killTree, type Tree } from '../claude/process/tree.ts'
import { sandboxedAmongStrangers, sandboxProblem } from '../claude/start/sandbox.ts'
import type { CheckResult } from '../core/types.ts'
import { runShellCommand } from '../proof/run-command.ts'

export interface StrangersCodePorts {
  env: Readonly<Record<string, string | undefined>>
  /** Folders that it must not read: Baton's home, its state and logs, the project itself. */
  hidden: readonly string[]
  nice?: number
}

/** One command in a folder of strangers' code. */
export interface StrangersCommand {
  command: string
  /** Absolute; the command may write in it. */
  folder: string
  network: boolean
  timeoutMs: number
  signal: AbortSignal
}

/** Runs commands over code of people that nobody has vouched for. */
export interface StrangersCode {
  /** There is a sandbox for it; else a secret that lies in a file of the person could be read. */
  hasSandbox: () => Promise<boolean>
  /** In a sandbox where there is one; never with a variable that somebody logs in with, and with an empty home. */
  run: (command: StrangersCommand) => Promise<CheckResult>
}

const GRACE_MS = 1_000

export function createStrangersCode({ env, hidden, nice }: StrangersCodePorts): StrangersCode {
  let problem: Promise<string | undefined> | undefined
  const hasSandbox = async () => {
    problem ??= process.platform === 'linux' ? sandboxProblem() : Promise.resolve('only on Linux')
    return (await problem) === undefined
  }
  const run = async ({ command, folder, network, timeoutMs, signal }: StrangersCommand) => {
    const id = randomUUID()
    const isBoxed = await hasSandbox()
    const home = await mkdtemp(join(tmpdir(), 'baton-empty-home-'))
    const environment: Record<string, string> = { ...strangersEnvironment(env, home), [ATTEMPT_MARK]: id }
    const places = { folder, hidden: [...hidden, ...[env.HOME ?? []].flat()], path: environment.PATH ?? '', network }
    const tree: Tree = { attemptId: id }
    let known: Promise<unknown> | undefined
    try {
      return await runShellCommand({
        command,
        cwd: folder,
        env: environment,
        timeoutMs,
        signal,
        wrap: (words) => {
          const boxed = isBoxed ? sandboxedAmongStrangers(words, places) : undefined
          return branded(boxed ?? [...words], id, environment, folder)
        },
        onStart: (pid) => {
          if (nice !== undefined) lowerPriority(pid, nice)
          known = findProcess(pid).then((info) => {
            if (info) Object.assign(tree, { pid, startedAt: info.startedAt, since: info.order })
          })
        },
        killTree: async () => {
          await known
          await killTree(tree, { graceMs: GRACE_MS })
        },
      })
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }
  return { hasSandbox, run }
}
