import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { ProjectConfig } from '../config/types.ts'
import type { CheckResult, CriterionResult, Outcome, Task } from '../core/types.ts'
import type { AttemptPlan } from '../daemon/plan-attempt.ts'
import type { TaskLog } from '../daemon/task-log.ts'
import type { Reader } from '../store/read.ts'

export function createChecks({
  project,
  env,
}: {
  project: ProjectConfig
  env: Readonly<Record<string, string | undefined>>
  read: Reader
  onError: (error: unknown) => void
}) {
  const run = (command: string, cwd: string, timeoutMs: number, signal: AbortSignal): Promise<CheckResult> =>
    new Promise((done) => {
      const at = Date.now()
      const child = spawn('/bin/sh', ['-c', command], {
        cwd,
        env: env as NodeJS.ProcessEnv,
        signal,
        timeout: timeoutMs,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      child.stdout.on('data', (b: Buffer) => {
        output = (output + b.toString()).slice(-8000)
      })
      child.stderr.on('data', (b: Buffer) => {
        output = (output + b.toString()).slice(-8000)
      })
      child.on('error', () => undefined)
      child.on('close', (code) =>
        done({ name: command, command, ok: code === 0, exitCode: code ?? -1, durationMs: Date.now() - at, output }),
      )
    })
  return {
    runCommands: async (task: Task, plan: AttemptPlan, log: TaskLog, _isWanted: () => boolean): Promise<Outcome> => {
      for (const command of task.spec.run ?? []) {
        log.line(`→ ${command}`)
        const result = await run(command, plan.attempt.cwd, project.timeouts.taskMs, new AbortController().signal)
        log.line(result.output)
        if (!result.ok)
          return {
            kind: 'failed',
            text: `${command}: exit code ${result.exitCode}\n${result.output}`,
            exitCode: result.exitCode ?? 1,
          }
      }
      return { kind: 'done', text: 'Done.' }
    },
    runChecks: async (task: Task, signal: AbortSignal, onCheck: (name: string) => void): Promise<CheckResult[]> => {
      const results: CheckResult[] = []
      for (const command of task.spec.verify) {
        onCheck(command)
        results.push(
          await run(command, resolve(project.path, task.spec.directory ?? '.'), project.timeouts.verifyMs, signal),
        )
      }
      return results
    },
    judge: async (): Promise<CriterionResult[] | undefined> => undefined,
  }
}
