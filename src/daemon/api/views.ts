import { type KeptElsewhere, keptElsewhere } from '../../core/elsewhere.ts'
import { originText } from '../../core/origin.ts'
import { hasEnded } from '../../core/state.ts'
import { isOver, jointStatus, runStatus, TASK_ENDS, taskStatus } from '../../core/status.ts'
import type {
  Actor,
  Ask,
  Attempt,
  Hold,
  Proof,
  PushedCommit,
  Queue,
  Run,
  RunStatus,
  Task,
  TaskStatus,
} from '../../core/types.ts'
import type { Holder } from '../../store/lock.ts'
import type { EndedTask, Reader } from '../../store/read.ts'
import { countTasks } from './count-tasks.ts'
import { type EnvironmentView, environmentViews } from './environment-views.ts'
import { namedTask } from './named-task.ts'

/** A task as surfaces show it. */
export interface TaskView {
  id: string
  number: number
  title: string
  type?: string
  priority: string
  status: TaskStatus
  /** Where it was written, for people: `tasks/today.md:14`, or a link. */
  where: string
  /** Of a task in a file. */
  file?: string
  line?: number
  /** Of a task from elsewhere. */
  url?: string
  dependsOn: number[]
  blockedBy?: number[]
  attempts: number
  startedAt?: number
  endedAt?: number
  /** Since when its files are as they were before it. */
  undoneAt?: number
  costUsd: number
  turns: number
  /** The lane it is worked on in, from 1. */
  lane?: number
  /** Where it is worked on, while that is not the project's own folder. */
  worktree?: string
  /** Who has its session, and since when. */
  takenOver?: { by: Actor; at: number }
  /** The branch of its own that its work is on. */
  branch?: string
  /** Its commit, once there is one. */
  commit?: string
  /** The user's own branch holds that, too. */
  followed?: boolean
  /** It deploys. */
  isDeployment?: true
  /** Claude's closing words, the failure, or why it was skipped, blocked or undone. */
  result?: string
  /** Claude's closing words, where its checks failed and `result` says how. */
  lastWords?: string
  proof?: Proof
}

/** A run as surfaces show it. */
export interface RunView {
  id: string
  queue: string
  status: RunStatus
  files: string[]
  /** The commit that it is about, where it is a pipeline. */
  push?: Pick<PushedCommit, 'branch' | 'sha'>
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
  /** The API does not answer and is tried again; the same words as `activity`. */
  trouble?: string
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
  /** The process that runs tasks; absent when there is none. */
  runner?: Holder
  run?: RunView
  /** The tasks that were taken up and have not ended, oldest run first. */
  running: TaskView[]
  /** The first of them. */
  current?: TaskView
  /** What their processes do. */
  lives: Live[]
  /** What the process of the first one does. */
  live?: Live
  asks: Ask[]
  hold?: Hold
  paused?: Queue['paused']
  /** The first of the runs behind the current one. */
  queuedRuns: RunView[]
  /** How many there are of them. */
  queuedTotal: number
  todayUsd: number
  /** Ceiling that a person raised for today. */
  dayBudgetUsd?: number
}

/** Reads for surfaces. */
export interface Views {
  status: (queue?: string) => StatusView
  runs: (options?: { queue?: string; limit?: number; offset?: number }) => RunView[]
  environments: () => EnvironmentView[]
  /** Ids of every open run of a queue, the current one first. */
  openRunIds: (queue: string) => string[]
  /** Tasks that came to an end in a span of time, oldest first; all queues where none is named. */
  endedTasks: (span: { queue?: string; from: number; to: number }) => EndedTask[]
  /** How many tasks are still to be done in the open runs of a queue. */
  tasksLeft: (queue: string) => number
  /** Identities, as ended tasks have them, of what is still to be done in a queue. */
  openIdentities: (queue: string) => ReadonlySet<string>
  /** What the runs since a given time cost. */
  runCosts: (since: number) => { createdAt: number; startedAt?: number; costUsd: number }[]
  run: (id: string) => RunView | undefined
  latestRun: (queue?: string) => RunView | undefined
  /** In order of number; a page of them where there may be thousands. */
  tasks: (runId: string, page?: { offset: number; limit: number }) => TaskView[]
  /**
   * A part of the tasks of a run that have one of these statuses, in the order of work or the latest to end first, and how
   * many there are. Costs the same however many tasks have other statuses.
   */
  tasksOfStatus: (
    runId: string,
    wanted: { statuses: readonly TaskStatus[]; order: 'work' | 'ended'; offset: number; limit: number },
  ) => { tasks: TaskView[]; total: number }
  /** Place of the newest stored event: what is looked at now is followed from here on without a gap. */
  lastSeq: () => number
  task: (runId: string, number: number) => TaskView | undefined
  /** The task that a number means where no run is named, and those of other open runs that it could mean as well. */
  named: (queue: string, number: number) => ReturnType<typeof namedTask>
  /** The task as stored, with the user's own text. */
  fullTask: (id: string) => Task | undefined
  /** Whoever started the run. */
  startedBy: (runId: string) => Actor | undefined
  attempts: (taskId: string) => Attempt[]
  ask: (id: string) => Ask | undefined
  openAsks: () => Ask[]
  asksOfRun: (runId: string) => Ask[]
  queues: () => string[]
  /** What other machines did last, as far as this one knows; undefined: it shares with none. */
  elsewhere: () => KeptElsewhere | undefined
}

/** Runs of the queue that a look at it names one by one; a glance is to cost the same however many there are. */
const MOST_QUEUED = 20
const ALL = 1_000_000
/** Phases that thousands of tasks may be in, and that alone give the status; the others are those of current tasks. */
const IN_BULK: ReadonlySet<string> = new Set(['queued', ...TASK_ENDS])

/** Where views come from. */
export interface ViewPorts {
  read: Reader
  queues: string[]
  now: () => number
  localDay: (ms: number) => string
  /** The process that holds the lock. */
  runner: () => Holder | undefined
  live: (queue: string) => Live[]
}

/** Makes the views over a reader; they hold nothing themselves. */
export function createViews({ read, queues, now, localDay, runner, live }: ViewPorts): Views {
  const first = queues[0] ?? 'main'
  const queueOf = (name: string): Queue => read.queue(name) ?? { name, overloads: 0, day: { date: '', costUsd: 0 } }
  const latestOf = (queue: string): Run | undefined => read.openRuns(queue, 1)[0] ?? read.runs({ queue, limit: 1 })[0]

  const viewTask = (task: Task, run: Run, queue: Queue, asked: ReadonlySet<string>): TaskView => {
    const { file, line, url } = task.spec.origin
    return {
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
      where: originText(task.spec.origin),
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      ...(url !== undefined && { url }),
      dependsOn: task.dependsOn,
      ...(task.blockedBy && { blockedBy: task.blockedBy }),
      attempts: task.attempts,
      ...(task.startedAt !== undefined && { startedAt: task.startedAt }),
      ...(task.endedAt !== undefined && { endedAt: task.endedAt }),
      ...(task.undone && { undoneAt: task.undone.at }),
      costUsd: task.costUsd,
      turns: task.turns,
      ...(task.lane !== undefined && { lane: task.lane }),
      ...(task.worktree !== undefined && { worktree: task.worktree }),
      ...(task.takenOver && { takenOver: { by: task.takenOver.by, at: task.takenOver.at } }),
      ...(task.branch !== undefined && { branch: task.branch }),
      ...(task.proof?.commit !== undefined && { commit: task.proof.commit }),
      ...(task.landed?.followed && { followed: true }),
      ...(task.spec.deploy !== undefined && { isDeployment: true as const }),
      ...(task.result !== undefined && { result: task.result }),
      ...(task.lastWords !== undefined && { lastWords: task.lastWords }),
      ...(task.proof && { proof: task.proof }),
    }
  }

  const askedTasks = () => new Set(read.openAsks().map((ask) => ask.taskId))

  /** What is being worked on, by run: one question however many runs there are. */
  const begunIn = (runs: readonly Run[]): ReadonlyMap<string, Task[]> =>
    Map.groupBy(read.begunTasks(runs.map(({ id }) => id)), ({ runId }) => runId)

  /** Runs as they are shown; what is asked of the database does not grow with their number. */
  const viewRuns = (
    runs: readonly Run[],
    known: { asked?: ReadonlySet<string>; begun?: ReadonlyMap<string, Task[]> } = {},
  ): RunView[] => {
    const open = runs.some(({ state }) => state === 'open')
    const asked = known.asked ?? (open ? askedTasks() : new Set<string>())
    const counts = read.counts(runs.map(({ id }) => id))
    const heads = new Map<string, string | undefined>()
    const queues = new Map<string, Queue>()
    const alive = open && runner() !== undefined
    const begun = known.begun ?? begunIn(runs)
    return runs.map((run) => {
      if (!queues.has(run.queue)) queues.set(run.queue, queueOf(run.queue))
      if (run.state === 'open' && !heads.has(run.queue)) heads.set(run.queue, read.openRuns(run.queue, 1)[0]?.id)
      return viewRun(run, {
        asked,
        queue: queues.get(run.queue) as Queue,
        phases: counts.get(run.id) ?? {},
        begun: run.state === 'open' ? (begun.get(run.id) ?? []) : [],
        isHead: run.state === 'open' && heads.get(run.queue) === run.id,
        alive,
      })
    })
  }

  const viewRun = (
    run: Run,
    around: {
      queue: Queue
      asked: ReadonlySet<string>
      phases: Record<string, number>
      /** Nobody works on a run that is not open. */
      begun: readonly Task[]
      isHead: boolean
      alive: boolean
    },
  ): RunView => {
    const { queue, asked, phases, begun, isHead, alive } = around
    const statuses = begun.map((task) => taskStatus(task, { openAsk: asked.has(task.id), queue, now: now() }))
    const counts = countTasks({ phases, begun, statuses, isOpen: run.state === 'open', now: now() })
    const hasTurn = isHead || begun.some(({ lane, worktree }) => lane !== undefined || worktree !== undefined)
    const { id, autoApprove, createdAt, startedAt, endedAt, reason, costUsd, push } = run
    return {
      id,
      queue: run.queue,
      status: runStatus(run, { isHead: hasTurn, current: jointStatus(statuses), queue, alive }),
      files: run.shownAs ?? run.files,
      ...(push && { push: { branch: push.branch, sha: push.sha } }),
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
  const viewOne = (run: Run | undefined): RunView | undefined => (run === undefined ? undefined : viewRuns([run])[0])

  return {
    status(name = first) {
      const queue = queueOf(name)
      const asked = askedTasks()
      const open = read.openRuns(name, 1 + MOST_QUEUED)
      const run = open[0] ?? latestOf(name)
      const shown = run ? [run, ...open.slice(1)] : []
      const begun = begunIn(shown)
      const [view, ...queuedRuns] = viewRuns(shown, { asked, begun })
      const running = shown.flatMap((one) => (begun.get(one.id) ?? []).map((task) => viewTask(task, one, queue, asked)))
      const [current] = running
      const holder = runner()
      // What a task was doing may be shared for a moment longer than it lasts.
      const lives = holder ? live(name).filter(({ taskId }) => running.some(({ id }) => id === taskId)) : []
      const doing = lives.find(({ taskId }) => taskId === current?.id)
      return {
        queue: name,
        ...(holder && { runner: holder }),
        ...(view && { run: view }),
        running,
        ...(current && { current }),
        lives,
        ...(doing && { live: doing }),
        asks: read.openAsks().filter((ask) => ask.queue === name),
        ...(queue.hold && { hold: queue.hold }),
        ...(queue.paused && { paused: queue.paused }),
        queuedRuns,
        queuedTotal: queuedRuns.length < MOST_QUEUED ? queuedRuns.length : read.openCount(name) - 1,
        todayUsd: queue.day.date === localDay(now()) ? queue.day.costUsd : 0,
        ...(queue.day.date === localDay(now()) &&
          queue.day.budgetUsd !== undefined && { dayBudgetUsd: queue.day.budgetUsd }),
      }
    },
    runs: (options = {}) => viewRuns(read.runs(options)),
    openRunIds: (queue) => read.openRuns(queue, ALL).map(({ id }) => id),
    endedTasks: (span) => read.endedTasks(span),
    environments: () => environmentViews(read, queues),
    tasksLeft: (queue) => read.tasksLeft(queue),
    openIdentities: (queue) => read.openIdentities(queue),
    runCosts: (since) => read.runCosts(since),
    run: (id) => viewOne(read.run(id)),
    latestRun: (queue = first) => viewOne(latestOf(queue)),
    tasks(runId, page) {
      const run = read.run(runId)
      if (!run) return []
      const asked = askedTasks()
      const queue = queueOf(run.queue)
      const tasks = page ? read.taskPage(runId, page) : read.tasks(runId).sort((a, b) => a.number - b.number)
      return tasks.map((task) => viewTask(task, run, queue, asked))
    },
    tasksOfStatus(runId, { statuses, order, offset, limit }) {
      const run = read.run(runId)
      if (!run) return { tasks: [], total: 0 }
      const asked = askedTasks()
      const queue = queueOf(run.queue)
      const counts = read.counts([runId]).get(runId) ?? {}
      const view = (task: Task) => viewTask(task, run, queue, asked)
      // Of a run that is not open, whatever has not ended is queued.
      const bulk = Object.keys(counts).filter((phase) =>
        run.state !== 'open' && !isOver(phase)
          ? statuses.includes('queued')
          : IN_BULK.has(phase) && statuses.some((status) => status === phase),
      )
      const begun = run.state === 'open' ? Object.keys(counts).filter((phase) => !IN_BULK.has(phase)) : []
      const first = read
        .tasksIn(runId, begun, { order: 'work', offset: 0, limit: ALL })
        .map(view)
        .filter(({ status }) => statuses.includes(status))
      const rest = read.tasksIn(runId, bulk, {
        order,
        offset: Math.max(0, offset - first.length),
        limit: Math.max(0, limit - Math.max(0, first.length - offset)),
      })
      return {
        tasks: [...first.slice(offset, offset + limit), ...rest.map(view)],
        total: first.length + bulk.reduce((sum, phase) => sum + (counts[phase] ?? 0), 0),
      }
    },
    lastSeq: () => read.lastEventSeq(),
    task(runId, number) {
      const task = read.taskByNumber(runId, number)
      const run = read.run(runId)
      return task && run && viewTask(task, run, queueOf(run.queue), askedTasks())
    },
    named: (queue, number) => namedTask(read, queue, number),
    fullTask: (id) => read.task(id),
    startedBy: (runId) => read.run(runId)?.startedBy,
    attempts: (taskId) => read.attempts(taskId),
    ask: (id) => read.ask(id),
    openAsks: () => read.openAsks(),
    asksOfRun: (runId) => read.asksOfRun(runId),
    queues: () => queues,
    elsewhere: () => keptElsewhere(read.meta),
  }
}
