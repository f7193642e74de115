import { branded } from '../claude/process/brand.ts'
import { ATTEMPT_MARK, claudeEnvironment } from '../claude/process/environment.ts'
import { lowerPriority } from '../claude/process/lower-priority.ts'
import { findProcess } from '../claude/process/process-list.ts'
import { killTree, type Tree } from '../claude/process/tree.ts'
import { sandboxed } from '../claude/start/sandbox.ts'
import type { ProjectConfig } from '../config/types.ts'
import { howItFailed } from '../core/proof/failed-check.ts'
import { mustAddTests, UNPROVED } from '../core/proof/findings.ts'
import type { Attempt, CheckResult, HookTime, Outcome, Task } from '../core/types.ts'
import { type OwnFolders, sandboxPlaces } from '../daemon/attempt/claude-start.ts'
import type { CheckMarks } from '../daemon/check-marks.ts'
import type { QueuePorts } from '../daemon/queue/queue.ts'
import { type Check, chooseChecks } from '../proof/choose-checks.ts'
import { runChecks, runSteps } from '../proof/run-checks.ts'
import { runShellCommand } from '../proof/run-command.ts'
import type { ChunkRedactor } from '../redact/redact-stream.ts'
import { plural } from '../text/amounts.ts'
import type { TreeChecks } from '../workspace/merge-line/checked.ts'
import { hookFacts } from './hook-facts.ts'

/** What running the user's own commands needs. */
export interface CheckPorts {
  project: ProjectConfig
  env: Readonly<Record<string, string | undefined>>
  /** Where Baton's own files are. */
  places: OwnFolders
  /** All attempts at a task, oldest first. */
  attempts: (taskId: string) => Attempt[]
  /** Of commands that run for no attempt. */
  marks: CheckMarks
  /** Takes secrets out of what one command prints. */
  redactOutput: () => ChunkRedactor
}

const GRACE_MS = 1_000
const LOOK_MS = 200

/** Runs Verify commands, the configured checks, and the commands of Run tasks. */
export function createChecks({
  project,
  env,
  places,
  attempts,
  marks,
  redactOutput,
}: CheckPorts): Pick<QueuePorts, 'runChecks' | 'runHooks' | 'proveNewTests' | 'runCommands'> & TreeChecks {
  const inSandbox = (words: string[], cwd: string, root: string) =>
    project.claude.sandbox === 'on' ? sandboxed(words, sandboxPlaces({ path: root }, places), cwd) : words
  const run = (
    check: Check,
    cwd: string,
    {
      attemptId,
      root = project.path,
      more: itsOwn = {},
      ...more
    }: {
      signal: AbortSignal
      onOutput?: (chunk: Uint8Array) => unknown
      attemptId: string
      root?: string
      /** Variables of the place that it runs in. */
      more?: Record<string, string>
    },
  ) => {
    // What an agent wrote is run here, so it gets no more than the agent.
    const environment = { ...claudeEnvironment(env, [...project.claude.env, ...(check.env ?? [])]), ...itsOwn }
    const tree: Tree = { attemptId }
    let known: Promise<unknown> | undefined
    return runShellCommand({
      command: check.command,
      name: check.name,
      cwd,
      env: { ...environment, [ATTEMPT_MARK]: attemptId },
      timeoutMs: check.timeoutMs,
      wrap: (words) => branded(inSandbox(words, cwd, root), attemptId, environment, cwd),
      onStart: (pid) => {
        lowerPriority(pid, project.nice)
        known = findProcess(pid).then((info) => {
          if (info) Object.assign(tree, { pid, startedAt: info.startedAt, since: info.order })
        })
      },
      ...more,
      killTree: async () => {
        await known
        await killTree(tree, { graceMs: GRACE_MS })
      },
    })
  }

  return {
    checksOf: (task) => checksOf(project, task),

    async inTree(check, { cwd, root, env: more }, signal) {
      const attemptId = marks.begin()
      try {
        return await run(check, cwd, { signal, attemptId, root, more })
      } finally {
        marks.end(attemptId)
      }
    },

    async runChecks(task, { folder: cwd, tree, env }, signal, onCheck) {
      const checks = await checksOf(project, task, tree)
      try {
        return await runChecks(checks, (check) => {
          onCheck(check.name)
          return run(check, cwd, {
            signal,
            attemptId: task.attemptId ?? task.id,
            more: env,
            ...(tree !== undefined && { root: tree }),
          })
        })
      } catch (error) {
        // Interrupted by a pause or a stop: the worker throws these results away and checks again later.
        if (signal.aborted) return []
        throw error
      }
    },

    async proveNewTests(task, signal, onCheck) {
      if (!mustAddTests(project.prove, task)) return undefined
      const { proveNewTests } = await import('./prove-new-tests.ts')
      try {
        return await proveNewTests({
          task,
          attempts: attempts(task.id),
          checks: await checksOf(project, task),
          key: [places.stateDir, project.name, ...(task.worktree === undefined ? [] : [task.id])].join('\n'),
          signal,
          run: (check, cwd, root) => {
            onCheck(check.name)
            return run(check, cwd, { signal, attemptId: task.attemptId ?? task.id, root })
          },
        })
      } catch (error) {
        if (signal.aborted) return undefined
        const why = error instanceof Error ? error.message : String(error)
        return { finding: { kind: UNPROVED, weight: 'ask', text: `New tests could not be proved: ${why}` } }
      }
    },

    async runHooks(when, task, { folder, tree, env }, signal = new AbortController().signal) {
      const timeoutMs = project.timeouts.verifyMs
      const commands = when === 'before' ? project.hooks.beforeTask : project.hooks.afterTask
      for (const command of commands) {
        const name = typeof command === 'string' ? command : command.join(' ')
        const result = await run({ name, command, timeoutMs }, folder, {
          signal,
          attemptId: task.attemptId ?? task.id,
          more: { ...env, ...hookFacts(when, task) },
          ...(tree !== undefined && { root: tree }),
        })
        if (!result.ok) return hookFailed(when, task, result, redactOutput())
      }
      return undefined
    },

    async runCommands(task, plan, log, isWanted): Promise<Outcome> {
      const ending = new AbortController()
      const look = setInterval(() => {
        if (!isWanted()) ending.abort(new Error('interrupted'))
      }, LOOK_MS)
      const timeoutMs = task.spec.timeoutMs ?? project.timeouts.taskMs
      try {
        const steps = (task.spec.run ?? []).map((command): Check => ({ name: command, command, timeoutMs }))
        const results = await runSteps(steps, (step) => {
          log.line(`→ ${step.name}`)
          const decoder = new TextDecoder()
          // A secret that comes in two pieces would be known in neither.
          const safe = redactOutput()
          const tell = (text: string) => (text === '' ? undefined : log.line(text.trimEnd()))
          return run(step, plan.attempt.cwd, {
            signal: ending.signal,
            attemptId: plan.attempt.id,
            more: plan.place.env,
            ...(plan.place.tree !== undefined && { root: plan.place.tree }),
            onOutput: (chunk) => tell(safe.push(decoder.decode(chunk, { stream: true }))),
          }).finally(() => tell(safe.push(decoder.decode()) + safe.end()))
        })
        return outcomeOf(task, results)
      } catch (error) {
        if (ending.signal.aborted) return { kind: 'interrupted', text: 'interrupted' }
        throw error
      } finally {
        clearInterval(look)
      }
    },
  }
}

/** What people read of a command around a task that failed. */
function hookFailed(when: HookTime, { number }: Task, result: CheckResult, redact: ChunkRedactor): string {
  const output = (redact.push(result.output) + redact.end()).trimEnd()
  const next = when === 'before' ? ', then retry' : ''
  return [
    `A command of "hooks.${when}_task" failed ${when} task ${number} (${howItFailed(result)}): ${result.name}`,
    ...(output === '' ? [] : [output]),
    `Fix it in config.yaml, or what it runs${next}.`,
  ].join('\n')
}

/** What a task must pass, in order. */
async function checksOf(project: ProjectConfig, task: Task, tree = project.path): Promise<Check[]> {
  const { spec } = task
  return chooseChecks({
    own: spec.verify,
    ownTimeoutMs: project.timeouts.verifyMs,
    configured: project.verify,
    type: spec.type,
    files: task.proof?.files?.map((file) => file.path),
    prefix: await prefixOf(tree, task),
  })
}

/** The project's folder below the top of its repository, which paths of changed files start from; only asked for where it matters. */
async function prefixOf(path: string, task: Task): Promise<string | undefined> {
  if (!task.proof?.files) return undefined
  const { locate } = await import('../git/repository.ts')
  const located = await locate(path)
  return 'repository' in located ? Buffer.from(located.repository.prefix, 'latin1').toString('utf8') : undefined
}

function outcomeOf(task: Task, results: CheckResult[]): Outcome {
  const failed = results.find((result) => !result.ok)
  if (!failed)
    return {
      kind: 'done',
      text: 'Done.',
      result: `Ran ${plural(task.spec.run?.length ?? 0, 'command')}.`,
    }
  const text = `${failed.command}: ${howItFailed(failed)}\n${failed.output}`.trimEnd()
  if (failed.timedOut) return { kind: 'timeout', text }
  return { kind: 'failed', text, ...(failed.exitCode !== undefined && { exitCode: failed.exitCode }) }
}
