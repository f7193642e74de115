import { setTimeout as sleep } from 'node:timers/promises'
import { branded } from '../claude/process/brand.ts'
import { ATTEMPT_MARK, claudeEnvironment } from '../claude/process/environment.ts'
import { findProcess } from '../claude/process/process-list.ts'
import { type KillReport, killTree, type Tree } from '../claude/process/tree.ts'
import { runShellCommand } from '../proof/run-command.ts'
import type { ChunkRedactor } from '../redact/redact-stream.ts'
import type { DeployPlace } from './deployer.ts'

/** What running the commands of an environment needs. */
export interface DeployPlacesPorts {
  env: Readonly<Record<string, string | undefined>>
  redact: (text: string) => string
  redactOutput: () => ChunkRedactor
  /** Baton ends. */
  signal: AbortSignal
  /** Ends a process tree, as far as the system lets it. */
  end: (tree: Tree) => Promise<KillReport>
  /** Tells people. */
  note: (text: string) => void
  /** How often is looked again at what cannot be ended. */
  againMs: number
}

/** Where the commands of deployments run. */
export interface DeployPlaces {
  /** Runs them with the environment's secrets, and so that a later boot finds and ends whatever they started. */
  placeIn: (cwd: string, name: string, log: (line: string) => void) => DeployPlace
  /** Ends what is left of these names and waits until it is gone: nothing may begin beside it. */
  quiet: (names: readonly string[], what: string) => Promise<void>
}

const GRACE_MS = 1_000

/** Ends a process tree of a deployment's: first asked, then killed. */
export const endDeployTree = (tree: Tree): Promise<KillReport> => killTree(tree, { graceMs: GRACE_MS })

export function createDeployPlaces(ports: DeployPlacesPorts): DeployPlaces {
  const { signal } = ports
  const listed = ({ survivors }: KillReport) =>
    ports.redact(survivors.map(({ pid, command }) => `${pid} ${command}`.trim()).join(', '))

  /**
   * A deployment that was killed and still works, as another user or in the kernel, would undo what begins after it. So nothing
   * begins, and people are told which processes they have to end.
   */
  async function untilGone(tree: Tree, what: string, log: (line: string) => void = () => undefined): Promise<void> {
    for (let told = ''; ; ) {
      const report = await ports.end(tree)
      if (report.survivors.length === 0) return
      const text = `${what}: what its commands left cannot be ended, so nothing else starts there until it is gone: ${listed(report)}`
      if (text !== told) {
        log(`! ${text}`)
        ports.note(text)
      }
      told = text
      await sleep(ports.againMs, undefined, { signal })
    }
  }

  return {
    async quiet(names, what) {
      await Promise.all(names.map((attemptId) => untilGone({ attemptId }, what)))
    },

    placeIn: (cwd, name, log) => ({
      log,
      signal,
      run: async (command, { variables, timeoutMs, signal }) => {
        const tree: Tree = { attemptId: name }
        let found: Promise<unknown> | undefined
        let left: KillReport | undefined
        const safe = ports.redactOutput()
        const decoder = new TextDecoder()
        const tell = (text: string) => (text === '' ? undefined : log(text.trimEnd()))
        const env = { ...claudeEnvironment(ports.env, []), ...variables }
        const result = await runShellCommand({
          command,
          cwd,
          env: { ...env, [ATTEMPT_MARK]: name },
          timeoutMs,
          signal,
          // A child can take the mark out of its environment, but not this.
          wrap: (words) => branded(words, name, env, cwd),
          onStart: (pid) => {
            found = findProcess(pid).then((info) => {
              if (info) Object.assign(tree, { pid, startedAt: info.startedAt, since: info.order })
            })
          },
          onOutput: (chunk) => tell(safe.push(decoder.decode(chunk, { stream: true }))),
          killTree: async () => {
            await found
            left = await ports.end(tree)
          },
        }).finally(() => tell(safe.push(decoder.decode()) + safe.end()))
        if (left && left.survivors.length > 0)
          if (result.timedOut)
            // A command that ended by itself has said what it came to; one that was cut off may still be running.
            await untilGone(tree, variables.ENVIRONMENT ?? name, log)
          else log(`! still there, and could not be ended: ${listed(left)}`)
        return { ...result, output: ports.redact(result.output) }
      },
    }),
  }
}
