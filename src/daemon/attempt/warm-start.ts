import { isDeepStrictEqual } from 'node:util'
import type { ClaudeStart, WarmClaude } from '../../claude/types.ts'
import type { Task } from '../../core/types.ts'
import type { AttemptPlan } from './plan-attempt.ts'

/** What a start ahead of its turn needs. */
export interface WarmStartPorts {
  warmClaude: (start: ClaudeStart) => WarmClaude
  /** The task whose turn comes next, if nothing comes in between. */
  following: (current: Task) => Task | undefined
  /** Whether anything may be started at all now. */
  isOpen: () => boolean
  planOf: (task: Task) => AttemptPlan
  startOf: (task: Task, plan: AttemptPlan) => ClaudeStart
  /** A digest of what Claude reads at its start. */
  markOf: (start: ClaudeStart) => string
  /** A start's arguments depend on what other tasks cost. */
  dependsOnCost: () => boolean
  /** There is enough memory for one more. */
  hasRoom: () => boolean
  onError: (error: unknown) => void
}

/** The Claude of the next task, started while the current one is checked. */
export interface WarmStart {
  /** The result of `current` is in: starts what follows. `isStored`: and so is what it cost. Never throws. */
  prepare: (current: Task, isStored: boolean) => void
  /** What was started for this task, when it is exactly what would be started now; everything else is ended. */
  take: (task: Task) => Promise<{ plan: AttemptPlan; claude: WarmClaude } | undefined>
  /** Ends what waits when nothing may be started any more. */
  look: () => void
  /** Ends what waits; settles when it is gone. */
  discard: () => Promise<void>
}

interface Waiting {
  taskId: string
  plan: AttemptPlan
  start: ClaudeStart
  mark: string
  claude: WarmClaude
  timer: NodeJS.Timeout
}

/** Checks may take long; a process that waits longer than this costs more than it saves. */
const WAIT_MS = 20 * 60_000

/** Makes the place where at most one Claude waits for its turn. */
export function createWarmStart(ports: WarmStartPorts): WarmStart {
  let waiting: Promise<Waiting | undefined> = Promise.resolve(undefined)

  /** One thing at a time: what waits is stored, taken or ended by whoever comes first. */
  const replace = (by: (now: Waiting | undefined) => Promise<Waiting | undefined>) => {
    waiting = waiting.then(by).catch((error) => {
      ports.onError(error)
      return undefined
    })
    return waiting
  }

  const end = async (old: Waiting | undefined) => {
    if (!old) return undefined
    clearTimeout(old.timer)
    await old.claude.discard()
    return undefined
  }

  const discard = async () => {
    await replace(end)
  }

  return {
    prepare(current, isStored) {
      // What may still be spent is among the arguments.
      if (!isStored && ports.dependsOnCost()) return
      void replace(async (old) => {
        const task = ports.isOpen() ? ports.following(current) : undefined
        if (old && old.taskId === task?.id && !old.claude.hasExited()) return old
        await end(old)
        if (!task || !ports.hasRoom()) return undefined
        const plan = ports.planOf(task)
        const start = ports.startOf(task, plan)
        // Before the start: what changes while it reads must not be mistaken for what it has read.
        const mark = ports.markOf(start)
        const timer = setTimeout(discard, WAIT_MS)
        timer.unref()
        return { taskId: task.id, plan, start, mark, claude: ports.warmClaude(start), timer }
      })
    },
    async take(task) {
      let taken: Waiting | undefined
      await replace(async (old) => {
        if (!old || !isStillRight(ports, old, task)) return end(old)
        clearTimeout(old.timer)
        taken = old
        return undefined
      })
      return taken && { plan: taken.plan, claude: taken.claude }
    },
    look() {
      if (!ports.isOpen()) void discard()
    },
    discard,
  }
}

/** Functions are not compared: whoever takes it over brings its own. */
const comparable = ({ guard: _, ready: __, ...start }: ClaudeStart) => start

function isStillRight(ports: WarmStartPorts, old: Waiting, task: Task): boolean {
  if (old.taskId !== task.id || task.continuation !== undefined || task.attemptId !== undefined) return false
  if (old.claude.hasExited()) return false
  const now = ports.startOf(task, old.plan)
  if (!isDeepStrictEqual(comparable(now), comparable(old.start))) return false
  return ports.markOf(now) === old.mark && !old.claude.hasExited()
}
