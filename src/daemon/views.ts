import { hasEnded } from '../core/state.ts'
import { runStatus, taskStatus } from '../core/status.ts'
import type { Ask, Attempt, Hold, Proof, Queue, Run, RunStatus, Task, TaskStatus } from '../core/types.ts'
import type { Holder } from '../store/lock.ts'
import type { Reader } from '../store/read.ts'

/** A task as surfaces show it. */
export interface TaskView {
  id: string
  number: number
  title: string
  type?: string
  priority: string
  status: TaskStatus
  file: string
  line: number
  dependsOn: number[]
  blockedBy?: number[]
  attempts: number
  startedAt?: number
  endedAt?: number
  costUsd: number
  turns: number
  /** Claude's closing words, the failure, or why it was skipped or blocked. */
  result?: string
  proof?: Proof
}

/** A run as surfaces show it. */
export interface RunView {
  id: string
  queue: string
  status: RunStatus
  files: string[]
  autoApprove: boolean
  createdAt: number
  startedAt?: number
  endedAt?: number
  reason?: string
  costUsd: number
  total: number
  counts: Record<TaskStatus, number>
}

/** What the running process is doing now; from memory, or at most a second old from another process. */
export interface Live {
  runId: string
  taskId: string
  task: number
  title: string
  /** "editing src/login.ts" */
  activity: string
  startedAt: number
  turns: number
  costUsd: number
  /** When the process last said something. */
  lastOutputAt: number
  /** When the worker last looked and found it alive. */
  checkedAt: number
}

/** Everything at a glance. */
export interface StatusView {
  queue: string
  /** The process that works; absent when none does. */
  runner?: Holder
  run?: RunView
  /** The task that has its turn. */
  current?: TaskView
  live?: Live
  asks: Ask[]
  hold?: Hold
  paused?: Queue['paused']
  /** Runs behind the one at work. */
  queuedRuns: RunView[]
  todayUsd: number
  /** Ceiling that a person raised for today. */
  dayBudgetUsd?: number
}

/** Reads for surfaces. */
export interface Views {
  status: (queue?: string) => StatusView
  runs: (options?: { queue?: string; limit?: number }) => RunView[]
  run: (id: string) => RunView | undefined
  latestRun: (queue?: string) => RunView | undefined
  /** In order of number; a page of them where there may be thousands. */
  tasks: (runId: string, page?: { offset: number; limit: number }) => TaskView[]
  /** Place of the newest stored event: what is looked at now is followed from here on without a gap. */
  lastSeq: () => number
  task: (runId: string, number: number) => TaskView | undefined
  /** The task as stored, with the user's own text. */
  fullTask: (id: string) => Task | undefined
  attempts: (taskId: string) => Attempt[]
  ask: (id: string) => Ask | undefined
  openAsks: () => Ask[]
  asksOfRun: (runId: string) => Ask[]
  queues: () => string[]
}

const isEnd = (phase: string) => phase === 'done' || phase === 'failed' || phase === 'skipped' || phase === 'blocked'

/** Where views come from. */
export interface ViewPorts {
  read: Reader
  queues: string[]
  now: () => number
  localDay: (ms: number) => string
  /** The process that holds the lock. */
  runner: () => Holder | undefined
  live: (queue: string) => Live | undefined
}

/** Makes the views over a reader; they hold nothing themselves. */
export function createViews({ read, queues, now, localDay, runner, live }: ViewPorts): Views {
  const first = queues[0] ?? 'main'
  const queueOf = (name: string): Queue => read.queue(name) ?? { name, overloads: 0, day: { date: '', costUsd: 0 } }
  const headOf = (queue: string) => read.runs({ queue, openOnly: true, limit: 10_000 }).sort((a, b) => a.seq - b.seq)[0]

  const viewTask = (task: Task, run: Run, queue: Queue, asked: ReadonlySet<string>): TaskView => ({
    id: task.id,
    number: task.number,
    title: task.spec.title,
    ...(task.spec.type !== undefined && { type: task.spec.type }),
    priority: task.spec.priority,
    // Nobody works on a run that was stopped: what is left of it waits to be resumed.
    status:
      run.state !== 'open' && !hasEnded(task)
        ? 'queued'
        : taskStatus(task, { openAsk: asked.has(task.id), queue, now: now() }),
    file: task.spec.file,
    line: task.spec.line,
    dependsOn: task.dependsOn,
    ...(task.blockedBy && { blockedBy: task.blockedBy }),
    attempts: task.attempts,
    ...(task.startedAt !== undefined && { startedAt: task.startedAt }),
    ...(task.endedAt !== undefined && { endedAt: task.endedAt }),
    costUsd: task.costUsd,
    turns: task.turns,
    ...(task.result !== undefined && { result: task.result }),
    ...(task.proof && { proof: task.proof }),
  })

  const askedTasks = () => new Set(read.openAsks().map((ask) => ask.taskId))

  const currentOf = (run: Run): Task | undefined => {
    const task = run.currentTaskId === undefined ? undefined : read.task(run.currentTaskId)
    return task && !hasEnded(task) ? task : undefined
  }

  const viewRun = (run: Run, queue = queueOf(run.queue), asked = askedTasks()): RunView => {
    const current = currentOf(run)
    const currentStatus = current && taskStatus(current, { openAsk: asked.has(current.id), queue, now: now() })
    const phases = read.counts(run.id)
    const counts: Record<TaskStatus, number> = {
      queued: 0,
      running: 0,
      waiting: 0,
      verifying: 0,
      done: 0,
      failed: 0,
      skipped: 0,
      blocked: 0,
    }
    for (const [phase, n] of Object.entries(phases)) {
      const status = taskStatus({ phase: phase as Task['phase'] }, { openAsk: false, queue: {}, now: now() })
      counts[run.state !== 'open' && !isEnd(phase) ? 'queued' : status] += n
    }
    if (current && currentStatus && run.state === 'open') {
      counts[taskStatus(current, { openAsk: false, queue: {}, now: now() })]--
      counts[currentStatus]++
    }
    const isHead = run.state === 'open' && headOf(run.queue)?.id === run.id
    const { id, files, autoApprove, createdAt, startedAt, endedAt, reason, costUsd } = run
    return {
      id,
      queue: run.queue,
      status: runStatus(run, { isHead, current: currentStatus, queue, alive: runner() !== undefined }),
      files,
      autoApprove,
      createdAt,
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
      ...(reason !== undefined && { reason }),
      costUsd,
      total: Object.values(phases).reduce((a, b) => a + b, 0),
      counts,
    }
  }

  return {
    status(name = first) {
      const queue = queueOf(name)
      const asked = askedTasks()
      const open = read.runs({ queue: name, openOnly: true, limit: 10_000 }).sort((a, b) => a.seq - b.seq)
      const run = open[0] ?? read.runs({ queue: name, limit: 1 })[0]
      const current = run && currentOf(run)
      const holder = runner()
      const doing = holder && live(name)
      return {
        queue: name,
        ...(holder && { runner: holder }),
        ...(run && { run: viewRun(run, queue, asked) }),
        ...(current && { current: viewTask(current, run as Run, queue, asked) }),
        ...(doing && doing.taskId === current?.id && { live: doing }),
        asks: read.openAsks().filter((ask) => ask.queue === name),
        ...(queue.hold && { hold: queue.hold }),
        ...(queue.paused && { paused: queue.paused }),
        queuedRuns: open.slice(1).map((r) => viewRun(r, queue, asked)),
        todayUsd: queue.day.date === localDay(now()) ? queue.day.costUsd : 0,
        ...(queue.day.date === localDay(now()) &&
          queue.day.budgetUsd !== undefined && { dayBudgetUsd: queue.day.budgetUsd }),
      }
    },
    runs: (options = {}) => {
      const asked = askedTasks()
      return read.runs(options).map((run) => viewRun(run, queueOf(run.queue), asked))
    },
    run: (id) => {
      const run = read.run(id)
      return run && viewRun(run)
    },
    latestRun: (queue = first) => {
      const open = read.runs({ queue, openOnly: true, limit: 10_000 }).sort((a, b) => a.seq - b.seq)[0]
      const run = open ?? read.runs({ queue, limit: 1 })[0]
      return run && viewRun(run)
    },
    tasks(runId, page) {
      const run = read.run(runId)
      if (!run) return []
      const asked = askedTasks()
      const queue = queueOf(run.queue)
      const tasks = page ? read.taskPage(runId, page) : read.tasks(runId).sort((a, b) => a.number - b.number)
      return tasks.map((task) => viewTask(task, run, queue, asked))
    },
    lastSeq: () => read.lastEventSeq(),
    task(runId, number) {
      const task = read.taskByNumber(runId, number)
      const run = read.run(runId)
      return task && run && viewTask(task, run, queueOf(run.queue), askedTasks())
    },
    fullTask: (id) => read.task(id),
    attempts: (taskId) => read.attempts(taskId),
    ask: (id) => read.ask(id),
    openAsks: () => read.openAsks(),
    asksOfRun: (runId) => read.asksOfRun(runId),
    queues: () => queues,
  }
}
