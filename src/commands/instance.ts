import { memoryOfTree } from '../claude/process/memory-watch.ts'
import type { Command } from '../core/commands/commands.ts'
import { hasRunEnded, isOver } from '../core/status.ts'
import type { CrossProcessApi } from '../daemon/runner-types.ts'
import { withoutSecrets } from '../redact/redact-value.ts'
import { type Instance, instanceLines } from '../terminal/show/instance-lines.ts'
import { painter } from '../terminal/show/paint.ts'
import type { InstanceCall } from './argv/call.ts'
import { doCommand } from './do-command.ts'
import { diagnose, isAttended, type Shell } from './shell/shell.ts'
import { findPlaces, lookAt } from './state/places.ts'
import { runTasks } from './tasks.ts'

/** The tasks that have been taken up, each with its process: lists them, starts one, stops one. Gives the exit code. */
export async function doInstance(shell: Shell, call: InstanceCall): Promise<number> {
  if (call.what === 'list') return list(shell, call)
  if (call.what === 'stop') {
    const command: Command = { type: 'skip', task: call.task, why: 'its instance was stopped' }
    return doCommand(shell, { command, yes: false, json: call.json })
  }
  return spawn(shell, call)
}

async function list(shell: Shell, { json }: { json: boolean }): Promise<number> {
  const places = await findPlaces(shell)
  const remote = lookAt(places, shell)
  try {
    const found = await Promise.all(places.queues.map((queue) => instancesOf(remote, queue)))
    const instances = withoutSecrets(places.redact, found.flat())
    if (json) shell.stdout.write(`${JSON.stringify({ instances })}\n`)
    else {
      const width = isAttended(shell) ? shell.stdout.columns || 80 : 100
      const lines = instanceLines(instances, { now: shell.now(), width, paint: painter(shell.stdout) })
      shell.stdout.write(`${lines.map(places.redact).join('\n')}\n`)
    }
    return 0
  } finally {
    remote?.close()
  }
}

async function instancesOf(remote: CrossProcessApi | undefined, queue: string): Promise<Instance[]> {
  if (!remote) return []
  const { view } = remote.api
  const { running, lives } = view.status(queue)
  return Promise.all(
    running.map(async (task): Promise<Instance> => {
      const live = lives.find(({ taskId }) => taskId === task.id)
      const attempt = view.attempts(task.id).findLast((one) => one.live)
      const tree = attempt?.pid === undefined ? undefined : { pid: attempt.pid, startedAt: attempt.pidStartedAt ?? '' }
      return {
        project: queue,
        task: task.number,
        title: task.title,
        state: task.status,
        lane: task.lane ?? null,
        branch: task.branch ?? null,
        worktree: task.worktree ?? null,
        pid: attempt?.pid ?? null,
        since: live?.startedAt ?? task.startedAt ?? null,
        turns: Math.max(task.turns, live?.turns ?? 0),
        costUsd: Math.max(task.costUsd, live?.costUsd ?? 0),
        memoryBytes: tree && attempt ? await memoryOfTree({ ...tree, attemptId: attempt.id }) : null,
        lastLine: live?.activity ?? null,
      }
    }),
  )
}

/** The task goes next in the run that it is in; where it is in none, a run of it alone is started. */
async function spawn(shell: Shell, { task: number, json }: { task: number; json: boolean }): Promise<number> {
  const places = await findPlaces(shell)
  const remote = lookAt(places, shell)
  const { run } = remote?.api.view.status(places.queues[0] ?? '') ?? {}
  const task = run && remote?.api.view.tasks(run.id).find((one) => one.number === number)
  remote?.close()
  const isOpen = run !== undefined && !hasRunEnded(run.status)
  const command = (command: Command) => doCommand(shell, { command, yes: false, json })
  if (!isOpen || !task) {
    const none = { files: [], autoApprove: false, resume: false, all: false, dryRun: false }
    return runTasks(shell, { ...none, only: [number], json })
  }
  if (task.status === 'queued') return command({ type: 'move', task: number })
  if (isOver(task.status)) return command({ type: 'retry', task: number })
  diagnose(shell, `Task ${number} has already started. See: ${shell.call.baton} instance list`)
  return 1
}
