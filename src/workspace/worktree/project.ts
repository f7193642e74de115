import { resolve } from 'node:path'
import type { Task } from '../../core/types.ts'
import type { Check } from '../../proof/choose-checks.ts'
import type { LaneCheck, TreeChecks } from '../merge-line/checked.ts'
import type { WorktreePorts } from './ports.ts'
import { createWorktrees, type Worktrees } from './worktree.ts'

/** What the worktrees of a project need from other rooms. */
export interface ProjectWorktreePorts
  extends Omit<WorktreePorts, 'options' | 'merge' | 'checksFor' | 'runCheck' | 'runSetUp'> {
  checks: () => Promise<TreeChecks>
}

/** Nobody waits for ever for a set-up: installing packages may take minutes. */
const SET_UP_MS = 30 * 60_000

/** Worktrees as the configuration of a project wants them, with its checks. */
export function createProjectWorktrees({ checks, ...ports }: ProjectWorktreePorts): Worktrees {
  const { project } = ports
  const shared = (): LaneCheck[] =>
    project.merge.verify.map((command) => laneCheck({ name: command, command, timeoutMs: project.timeouts.verifyMs }))

  return createWorktrees({
    ...ports,
    options: project.worktree,
    merge: project.merge,
    checksFor: async (tasks) => {
      const ofTasks = await Promise.all(tasks.map((task) => checksOfTask(task)))
      const always = project.verify.filter(({ paths, types }) => !paths && !types)
      const ofNone = always.map(({ name, run, env, timeoutMs }) =>
        laneCheck({ name, command: run, ...(env && { env }), timeoutMs }),
      )
      return onceEach([...ofTasks.flat(), ...(tasks.length === 0 ? ofNone : []), ...shared()])
    },
    runCheck: async ({ check, directory = '.' }, { folder, root, env }, signal) =>
      (await checks()).inTree(check, { cwd: resolve(folder, directory), root, env }, signal),
    runSetUp: async (command, { cwd, env }) => {
      const check = { name: command, command, timeoutMs: SET_UP_MS }
      const { ok, output } = await (await checks()).inTree(check, { cwd, root: cwd, env }, new AbortController().signal)
      return ok ? {} : { failed: output }
    },
  })

  async function checksOfTask(task: Task): Promise<LaneCheck[]> {
    const { directory, verify } = task.spec
    return (await (await checks()).checksOf(task)).map((check) =>
      laneCheck(check, directory, typeof check.command === 'string' && verify.includes(check.command)),
    )
  }
}

const laneCheck = (check: Check, directory?: string, isOwn = false): LaneCheck => ({
  check,
  ...(directory !== undefined && { directory }),
  isOwn,
})

/** A command in a folder says the same for every task. */
function onceEach(all: readonly LaneCheck[]): LaneCheck[] {
  const found = new Map<string, LaneCheck>()
  for (const one of all) {
    const key = JSON.stringify([one.directory ?? '.', one.check.command])
    const known = found.get(key)
    if (!known || (known.isOwn && !one.isOwn)) found.set(key, one)
  }
  return [...found.values()]
}
