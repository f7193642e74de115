import type { Deployment, KnownEnvironment } from './deploy/deployment.ts'
import type { Change, Decision, State } from './state.ts'
import { hasEnded, isActive } from './state.ts'
import type { Ask, Attempt, EventType, Grant, NewEvent, Policy, Queue, Run, Task } from './types.ts'

/** What decisions need from outside; everything is passed in, so that the same input gives the same decision. */
export interface Context {
  /** Epoch milliseconds. */
  now: number
  /** A fresh random id. */
  id: () => string
  /** A digest of any JSON value. */
  hash: (value: unknown) => string
  /** The local calendar day of `now`, `YYYY-MM-DD`. */
  day: string
  policy: Policy
}

/** The state as it is becoming: reads see the writes made so far, and nothing outside changes. */
export interface Draft extends Context {
  queue: () => Queue
  run: (id: string) => Run
  task: (id: string) => Task
  attempt: (id: string) => Attempt | undefined
  ask: (id: string) => Ask | undefined
  grants: (taskId: string) => Grant[]
  /** The deployment of a task that has not ended. */
  deploymentOf: (taskId: string) => Deployment | undefined
  deployment: (id: string) => Deployment | undefined
  environment: (id: string) => KnownEnvironment | undefined
  /** Open runs, oldest first. */
  openRuns: () => Run[]
  runs: () => Run[]
  /** The run's tasks in the order of work, from the first that has not ended on. */
  openTasks: (runId: string) => Iterable<Task>
  tasksOf: (runId: string) => Iterable<Task>
  /** Tasks that have started and are not over; oldest run first, in the order of work. */
  activeTasks: () => Task[]
  taskByNumber: (runId: string, number: number) => Task | undefined
  asksOf: (taskId: string) => Ask[]
  openAsks: () => Ask[]
  liveAttempts: () => Attempt[]
  put: (change: Change) => void
  emit: (
    type: EventType,
    about: { run?: Run; task?: Task; ask?: Ask; text: string; data?: Record<string, unknown> },
  ) => void
  finish: () => Decision
}

/** Starts a draft over `state`, which stays as it is. */
export function createDraft(state: State, context: Context): Draft {
  const written = {
    queue: undefined as Queue | undefined,
    runs: new Map<string, Run>(),
    tasks: new Map<string, Task>(),
    attempts: new Map<string, Attempt>(),
    asks: new Map<string, Ask>(),
    grants: new Map<string, Grant>(),
    deployments: new Map<string, Deployment>(),
    environments: new Map<string, KnownEnvironment>(),
  }
  /** Tasks of runs that start in this draft, and positions that were reopened. */
  const newOrder = new Map<string, string[]>()
  /** The whole order of runs in which tasks were moved or added. */
  const movedOrder = new Map<string, string[]>()
  const newNumbers = new Map<string, Map<number, string>>()
  const reopenedAt = new Map<string, number>()
  const events: NewEvent[] = []

  const merged = function* <T extends { id: string }>(base: ReadonlyMap<string, T>, over: Map<string, T>): Iterable<T> {
    for (const row of base.values()) yield over.get(row.id) ?? row
    for (const row of over.values()) if (!base.has(row.id)) yield row
  }
  const required = <T>(row: T | undefined, what: string, id: string): T => {
    if (row === undefined)
      throw new Error(`No ${what} ${id} in this queue: an input named a row that was never stored.`)
    return row
  }
  const orderOf = (runId: string) =>
    movedOrder.get(runId) ?? state.order.get(runId) ?? newOrder.get(runId) ?? ([] as readonly string[])
  const getTask = (id: string) => required(written.tasks.get(id) ?? state.tasks.get(id), 'task', id)

  const draft: Draft = {
    ...context,
    queue: () => written.queue ?? state.queue,
    run: (id) => required(written.runs.get(id) ?? state.runs.get(id), 'run', id),
    task: getTask,
    attempt: (id) => written.attempts.get(id) ?? state.attempts.get(id),
    ask: (id) => written.asks.get(id) ?? state.asks.get(id),
    grants: (taskId) => [...merged(state.grants, written.grants)].filter((grant) => grant.taskId === taskId),
    deploymentOf: (taskId) =>
      [...merged(state.deployments, written.deployments)].find(
        (deployment) => deployment.taskId === taskId && deployment.endedAt === undefined,
      ),
    deployment: (id) => written.deployments.get(id) ?? state.deployments.get(id),
    environment: (id) => written.environments.get(id) ?? state.environments.get(id),
    runs: () => [...merged(state.runs, written.runs)].sort((a, b) => a.seq - b.seq),
    openRuns: () => draft.runs().filter((run) => run.state === 'open'),
    *openTasks(runId) {
      const order = orderOf(runId)
      const from = Math.min(state.heads.get(runId) ?? 0, reopenedAt.get(runId) ?? Number.POSITIVE_INFINITY)
      for (let i = from; i < order.length; i++) {
        const task = getTask(order[i] as string)
        if (!hasEnded(task)) yield task
      }
    },
    *tasksOf(runId) {
      for (const id of orderOf(runId)) yield getTask(id)
    },
    activeTasks() {
      const ids = new Set([...state.active, ...written.tasks.keys()])
      const tasks = [...ids].map(getTask).filter(isActive)
      const seqs = new Map(tasks.map(({ runId }) => [runId, draft.run(runId).seq]))
      const seqOf = ({ runId }: Task) => seqs.get(runId) ?? 0
      return tasks.sort((a, b) => seqOf(a) - seqOf(b) || a.position - b.position)
    },
    taskByNumber(runId, number) {
      const id = state.numbers.get(runId)?.get(number) ?? newNumbers.get(runId)?.get(number)
      return id === undefined ? undefined : getTask(id)
    },
    asksOf: (taskId) => [...merged(state.asks, written.asks)].filter((ask) => ask.taskId === taskId),
    openAsks: () => [...merged(state.asks, written.asks)].filter((ask) => ask.state === 'open'),
    liveAttempts: () => [...merged(state.attempts, written.attempts)].filter((attempt) => attempt.live),
    put(change) {
      if (change.table === 'queue') {
        written.queue = change.row
        return
      }
      if (change.table === 'tasks') {
        const { id, runId, position } = change.row
        if (!state.tasks.has(id)) {
          const stored = movedOrder.get(runId) ?? state.order.get(runId)
          const order = stored ? [...stored] : (newOrder.get(runId) ?? [])
          order[position] = id
          const orders = stored ? movedOrder : newOrder
          orders.set(runId, order)
          const numbers = newNumbers.get(runId) ?? new Map<number, string>()
          newNumbers.set(runId, numbers.set(change.row.number, id))
        } else {
          if (getTask(id).position !== position) {
            const order = movedOrder.get(runId) ?? [...orderOf(runId)]
            order[position] = id
            movedOrder.set(runId, order)
          }
          if (!hasEnded(change.row))
            reopenedAt.set(runId, Math.min(position, reopenedAt.get(runId) ?? Number.POSITIVE_INFINITY))
        }
      }
      const table: Map<string, typeof change.row> = written[change.table] as never
      table.set(change.row.id, change.row)
    },
    emit(type, { run, task, ask, text, data }) {
      const runId = run?.id ?? task?.runId ?? ask?.runId
      const taskId = task?.id ?? ask?.taskId
      const number = task?.number ?? ask?.task
      events.push({
        at: context.now,
        type,
        queue: draft.queue().name,
        ...(runId !== undefined && { runId }),
        ...(taskId !== undefined && { taskId }),
        ...(number !== undefined && { task: number }),
        ...(ask && { askId: ask.id }),
        text,
        ...(data && { data }),
      })
    },
    finish: () => ({
      changes: [
        ...(written.queue ? [{ table: 'queue' as const, row: written.queue }] : []),
        ...[...written.runs.values()].map((row) => ({ table: 'runs' as const, row })),
        ...[...written.tasks.values()].map((row) => ({ table: 'tasks' as const, row })),
        ...[...written.attempts.values()].map((row) => ({ table: 'attempts' as const, row })),
        ...[...written.asks.values()].map((row) => ({ table: 'asks' as const, row })),
        ...[...written.grants.values()].map((row) => ({ table: 'grants' as const, row })),
        ...[...written.deployments.values()].map((row) => ({ table: 'deployments' as const, row })),
        ...[...written.environments.values()].map((row) => ({ table: 'environments' as const, row })),
      ],
      events,
    }),
  }
  return draft
}

/** The live attempt of that id. Throws when it is not live: no correct worker speaks for another. */
export function liveAttempt(draft: Draft, attemptId: string): Attempt {
  const attempt = draft.attempt(attemptId)
  if (!attempt?.live) throw new Error(`Attempt ${attemptId} is not live`)
  return attempt
}
