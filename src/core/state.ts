import type { Deployment, KnownEnvironment } from './deploy/deployment.ts'
import { isOver } from './status.ts'
import type { Ask, Attempt, Grant, NewEvent, Queue, Run, Task } from './types.ts'

/**
 * The rows of one queue that decisions are made from: its open runs and the latest ended one. Attempts, asks and grants
 * are kept only while their task has not ended, so that these maps stay small however long a run is.
 */
export interface State {
  queue: Queue
  readonly runs: ReadonlyMap<string, Run>
  readonly tasks: ReadonlyMap<string, Task>
  readonly attempts: ReadonlyMap<string, Attempt>
  readonly asks: ReadonlyMap<string, Ask>
  readonly grants: ReadonlyMap<string, Grant>
  /** Deployments that have not ended, and all environments that something is known of. */
  readonly deployments: ReadonlyMap<string, Deployment>
  readonly environments: ReadonlyMap<string, KnownEnvironment>
  /** Ids of a run's tasks in the order of work. */
  readonly order: ReadonlyMap<string, readonly string[]>
  /** A run's tasks by the number people call them by. */
  readonly numbers: ReadonlyMap<string, ReadonlyMap<number, string>>
  /** Ids of the tasks that have started and are not over: see `isActive`. */
  readonly active: ReadonlySet<string>
  /** Where in `order` the first task that has not ended may stand; everything before it has ended. */
  readonly heads: ReadonlyMap<string, number>
}

/** One changed row, whole: what the store writes and memory takes over. */
export type Change =
  | { table: 'queue'; row: Queue }
  | { table: 'runs'; row: Run }
  | { table: 'tasks'; row: Task }
  | { table: 'attempts'; row: Attempt }
  | { table: 'asks'; row: Ask }
  | { table: 'grants'; row: Grant }
  | { table: 'deployments'; row: Deployment }
  | { table: 'environments'; row: KnownEnvironment }

/** What became of an input: rows and events for one transaction. */
export interface Decision {
  changes: Change[]
  events: NewEvent[]
}

/** True when nothing more happens to the task unless a person acts. */
export function hasEnded(task: Pick<Task, 'phase'>): boolean {
  return isOver(task.phase)
}

/** Somebody works on the task, or has begun to; or it has ended and still has its lane, its folder or commands to run. */
export function isActive(task: Pick<Task, 'phase' | 'lane' | 'worktree' | 'hooks'>): boolean {
  return isBegun(task) || task.lane !== undefined || (hasEnded(task) && isUnfinished(task))
}

/** Something is left to do after its end. */
const isUnfinished = ({ worktree, hooks }: Pick<Task, 'worktree' | 'hooks'>): boolean =>
  worktree !== undefined || hooks === 'due'

/** The task was taken up and has not ended. */
export function isBegun(task: Pick<Task, 'phase'>): boolean {
  return task.phase !== 'queued' && !hasEnded(task)
}

/** An empty state of a queue. */
export function emptyState(queue: string): State {
  return {
    queue: { name: queue, overloads: 0, day: { date: '', costUsd: 0 } },
    runs: new Map(),
    tasks: new Map(),
    attempts: new Map(),
    asks: new Map(),
    grants: new Map(),
    deployments: new Map(),
    environments: new Map(),
    order: new Map(),
    numbers: new Map(),
    active: new Set(),
    heads: new Map(),
  }
}

type Mutable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : T
const writable = <T>(map: T): Mutable<T> => map as Mutable<T>

/** Applies changed rows to `state`, in place: one row costs the same however many there are. */
export function applyChanges(state: State, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.table === 'queue') state.queue = change.row
    else if (change.table === 'tasks') applyTask(state, change.row)
    else writable(state[change.table] as ReadonlyMap<string, typeof change.row>).set(change.row.id, change.row)
  }
  for (const table of [state.attempts, state.asks, state.grants]) dropSettled(state, table)
  for (const [id, { endedAt }] of state.deployments) if (endedAt !== undefined) writable(state.deployments).delete(id)
}

/** Forgets rows of ended tasks; a live attempt stays until its process is gone. */
function dropSettled(
  state: State,
  table: ReadonlyMap<string, { taskId: string; live?: boolean; state?: string }>,
): void {
  for (const [id, row] of table) {
    const task = state.tasks.get(row.taskId)
    if (!row.live && row.state !== 'open' && (!task || hasEnded(task))) writable(table).delete(id)
  }
}

function applyTask(state: State, task: Task): void {
  const isNew = !state.tasks.has(task.id)
  writable(state.tasks).set(task.id, task)
  if (isActive(task)) writable(state.active).add(task.id)
  else writable(state.active).delete(task.id)
  let order = state.order.get(task.runId) as string[] | undefined
  if (!order) {
    order = []
    writable(state.order).set(task.runId, order)
    writable(state.numbers).set(task.runId, new Map())
  }
  // Moving one task also gives new places to all those that make way for it.
  order[task.position] = task.id
  if (isNew) {
    writable(state.numbers.get(task.runId) as ReadonlyMap<number, string>).set(task.number, task.id)
  }
  const head = state.heads.get(task.runId) ?? 0
  writable(state.heads).set(task.runId, hasEnded(task) ? head : Math.min(head, task.position))
  advanceHead(state, task.runId)
}

function advanceHead(state: State, runId: string): void {
  const order = state.order.get(runId) ?? []
  let head = state.heads.get(runId) ?? 0
  for (; head < order.length; head++) {
    const id = order[head]
    const task = id === undefined ? undefined : state.tasks.get(id)
    if (!task || !hasEnded(task)) break
  }
  writable(state.heads).set(runId, head)
}

/** Drops ended runs that nothing can refer to any more: all but the open ones and the latest. */
export function forgetEndedRuns(state: State): void {
  let latest: Run | undefined
  for (const run of state.runs.values()) if (!latest || run.seq > latest.seq) latest = run
  // A task that has ended may still have a process to end, or a folder to give back.
  const busy = new Set([...state.active].map((id) => state.tasks.get(id)?.runId))
  for (const { runId } of state.deployments.values()) busy.add(runId)
  // What a task that has ended is asked about is decided with its run.
  for (const { runId, state: is } of state.asks.values()) if (is === 'open') busy.add(runId)
  for (const { runId } of state.queue.undoing ?? []) busy.add(runId)
  const gone = [...state.runs.values()].filter(
    (run) => run.state !== 'open' && run.state !== 'stopped' && run !== latest && !busy.has(run.id),
  )
  for (const run of gone) {
    for (const id of state.order.get(run.id) ?? []) writable(state.tasks).delete(id)
    writable(state.order).delete(run.id)
    writable(state.numbers).delete(run.id)
    writable(state.heads).delete(run.id)
    writable(state.runs).delete(run.id)
  }
}
