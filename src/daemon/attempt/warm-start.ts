import { isDeepStrictEqual } from 'node:util'
import type { ClaudeStart, WarmClaude } from '../../claude/types.ts'
import type { Task } from '../../core/types.ts'
import type { AttemptPlan } from './plan-attempt.ts'
import type { Work } from './work-seen.ts'

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
  /** What a Claude may use is limited, and two that work at once could need more. */
  isLimited: boolean
  /** There is enough memory for one more. */
  hasRoom: () => boolean
  onError: (error: unknown) => void
}

/** The Claude of the next task, started while the current one is checked. */
export interface WarmStart {
  /**
   * Claude begins with `current`. Where the task before it took seconds, this one is expected to take as long, and what follows it is
   * started a moment before its end. Gives what calls that off.
   */
  expect: (current: Task) => () => void
  /**
   * The result of `current` is in: starts what follows. `work`: it is not stored yet, and neither is what it cost nor what it has
   * changed. Never throws.
   */
  prepare: (current: Task, work?: Work) => void
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
  /** Started while the task before it was still worked on, which may have changed what was read. */
  isEarly: boolean
}

/** Checks may take long; a process that waits longer than this costs more than it saves. */
const WAIT_MS = 20 * 60_000
/** How long a start takes, with room to spare: so much before the likely end. */
const LEAD_MS = 1_000
/** How long longer tasks take says little about the next one. */
const LONGEST_MS = 20_000
/** Where a task takes so much longer than the last one, two Claudes would stay in memory. */
const EARLY_WAIT_MS = 10_000

/** Makes the place where at most one Claude waits for its turn. */
export function createWarmStart(ports: WarmStartPorts): WarmStart {
  let waiting: Promise<Waiting | undefined> = Promise.resolve(undefined)
  let last: Work | undefined
  let expecting: NodeJS.Timeout | undefined

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

  const launch = (task: Task, isEarly: boolean): Waiting => {
    const plan = ports.planOf(task)
    const start = ports.startOf(task, plan)
    // Before the start: what changes while it reads must not be mistaken for what it has read.
    const mark = ports.markOf(start)
    const timer = setTimeout(discard, isEarly ? EARLY_WAIT_MS : WAIT_MS)
    timer.unref()
    return { taskId: task.id, plan, start, mark, claude: ports.warmClaude(start), timer, isEarly }
  }

  const startAfter = (current: Task, when: 'expected' | 'result' | 'stored') =>
    replace(async (old) => {
      const task = ports.isOpen() ? ports.following(current) : undefined
      const isEarly = when === 'expected'
      if (old && task && old.taskId === task.id && !old.claude.hasExited()) {
        if (isEarly || !old.isEarly) return old
        if (isStillRight(ports, old, task)) return kept(old)
      }
      // What its start would run is not known by that of this one.
      if (when !== 'stored' && task && !startsAlike(task, current)) return old
      // Beside the exit of what is of no use: the next one has to wait for its own start alone.
      const gone = end(old)
      try {
        return task && ports.hasRoom() ? launch(task, isEarly) : undefined
      } finally {
        await gone
      }
    })

  /** It waits on as one that was started now. */
  const kept = (old: Waiting): Waiting => {
    clearTimeout(old.timer)
    const timer = setTimeout(discard, WAIT_MS)
    timer.unref()
    return { ...old, timer, isEarly: false }
  }

  return {
    expect(current) {
      clearTimeout(expecting)
      const mayBeEarly = !ports.isLimited && !ports.dependsOnCost()
      if (mayBeEarly && last?.startsAlone && last.ms <= LONGEST_MS) {
        expecting = setTimeout(() => void startAfter(current, 'expected'), Math.max(0, last.ms - LEAD_MS))
        expecting.unref()
      }
      return () => clearTimeout(expecting)
    },
    prepare(current, work) {
      clearTimeout(expecting)
      if (work) last = work
      // What may still be spent is among the arguments; and what a start runs could be taken for the task's own doing.
      if (work && (ports.dependsOnCost() || !work.startsAlone)) return
      void startAfter(current, work ? 'result' : 'stored')
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

const startsAlike = ({ spec: one }: Task, { spec: other }: Task): boolean =>
  one.agent === other.agent && one.foreign === other.foreign

/** Functions are not compared: whoever takes it over brings its own. */
const comparable = ({ guard: _, ready: __, ...start }: ClaudeStart) => start

function isStillRight(ports: WarmStartPorts, old: Waiting, task: Task): boolean {
  if (old.taskId !== task.id || task.continuation !== undefined || task.attemptId !== undefined) return false
  if (old.claude.hasExited()) return false
  const now = ports.startOf(task, old.plan)
  if (!isDeepStrictEqual(comparable(now), comparable(old.start))) return false
  return ports.markOf(now) === old.mark && !old.claude.hasExited()
}
