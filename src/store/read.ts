import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Deployment, KnownEnvironment } from '../core/deploy/deployment.ts'
import { TO_BE_DECIDED } from '../core/lanes/to-be-decided.ts'
import { applyChanges, emptyState, hasEnded, type State } from '../core/state.ts'
import { BEGUN_PHASES, TASK_ENDS, type TaskEnd } from '../core/status.ts'
import type { Ask, Attempt, BatonEvent, Grant, Queue, Run, Task, TaskSpec } from '../core/types.ts'

type Row = Record<string, SQLInputValue>

/** Everything that is read from the database, as plain data; usable from any process. */
export interface Reader {
  queue: (name: string) => Queue | undefined
  queues: () => Queue[]
  run: (id: string) => Run | undefined
  /** Newest first. */
  runs: (options?: { queue?: string; limit?: number; offset?: number; openOnly?: boolean }) => Run[]
  /** The open runs of a queue, the one that has its turn first; last those about which a person still decides whether they are worked on here. */
  openRuns: (queue: string, limit: number) => Run[]
  openCount: (queue: string) => number
  /** How many tasks of a queue's open runs have not ended. */
  tasksLeft: (queue: string) => number
  /** What the runs since a moment cost, without what else there is to know of them. */
  runCosts: (since: number) => { createdAt: number; startedAt?: number; costUsd: number }[]
  /** The open and the stopped runs of a queue, and its latest one. */
  liveRuns: (queue: string) => Run[]
  /** Task files of all runs, seen from home. */
  filesOfRuns: () => string[]
  /** The tasks of a queue that are done and marked in one of these files, those of the newest run first. */
  markedTasks: (queue: string, isMeant: (file: string) => boolean) => Task[]
  /** In the order of work. */
  tasks: (runId: string) => Task[]
  /** A part of a run's tasks, in order of number. */
  taskPage: (runId: string, page: TaskPage) => Task[]
  /** Those in one of these phases, in the order of work or the latest to end first. */
  tasksIn: (runId: string, phases: readonly string[], page: TaskPage & { order: 'work' | 'ended' }) => Task[]
  task: (id: string) => Task | undefined
  taskByNumber: (runId: string, number: number) => Task | undefined
  /** Tasks of each of these runs by phase. */
  counts: (runIds: readonly string[]) => Map<string, Record<string, number>>
  /** Tasks that came to an end from `from` to before `to`, in that order; `identity` is the same in every run. */
  endedTasks: (span: { queue?: string; from: number; to: number }) => EndedTask[]
  /** Identities of the tasks that are still to be done in a queue. */
  openIdentities: (queue: string) => Set<string>
  attempt: (id: string) => Attempt | undefined
  attempts: (taskId: string) => Attempt[]
  liveAttempts: () => Attempt[]
  /** Tasks of these runs that were taken up and have not ended, in the order of work. */
  begunTasks: (runIds: readonly string[]) => Task[]
  /** Ids of the attempts that are being checked: what checks start bears their mark. */
  checkedAttempts: () => string[]
  ask: (id: string) => Ask | undefined
  openAsks: () => Ask[]
  asksOfRun: (runId: string) => Ask[]
  grantsOfTask: (taskId: string) => Grant[]
  environments: (queue: string) => KnownEnvironment[]
  /** Newest first. */
  deployment: (id: string) => Deployment | undefined
  deployments: (of: { queue: string; environment: string; limit: number }) => Deployment[]
  openDeployments: (queue: string) => Deployment[]
  events: (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]
  lastEventSeq: () => number
  meta: <T>(key: string) => T | undefined
  /** The part of a queue that decisions are made from. */
  state: (queue: string) => State
  /** Takes an older run of the queue into `state` as well; false when it is not (or no longer) stored. */
  recall: (state: State, runId: string) => boolean
  /** Changes with every commit of another process. */
  dataVersion: () => number
}

/** Which part of a list. */
export interface TaskPage {
  offset: number
  limit: number
}

/** A task that has ended, in a few words. */
export interface EndedTask {
  runId: string
  number: number
  phase: TaskEnd
  at: number
  identity: string
}

const BEGUN = BEGUN_PHASES.map((phase) => `'${phase}'`).join(', ')
const ENDS = TASK_ENDS.map((end) => `'${end}'`).join(', ')

/** Prepares readers; statements are made on first use, so that a short command pays only for what it reads. */
export function createReader(db: DatabaseSync): Reader {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  const all = (sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values) as Row[]
  const json = <T>(sql: string, ...values: SQLInputValue[]) =>
    all(sql, ...values).map((row) => JSON.parse(String(row.json)) as T)
  const first = <T>(rows: T[]): T | undefined => rows[0]

  const TASK = 'SELECT t.json, t.spec, c.text AS context FROM tasks t LEFT JOIN contexts c ON c.hash = t.context'
  const tasks = (sql: string, ...values: SQLInputValue[]): Task[] => {
    // One string for all tasks of a file, however often it was read.
    const contexts = new Map<string, string>()
    return all(sql, ...values).map((row) => {
      const text = row.context === null ? '' : String(row.context)
      if (!contexts.has(text)) contexts.set(text, text)
      const spec = { ...(JSON.parse(String(row.spec)) as TaskSpec), context: contexts.get(text) as string }
      return { ...(JSON.parse(String(row.json)) as Omit<Task, 'spec'>), spec }
    })
  }

  const reader: Reader = {
    queue: (name) => first(json<Queue>('SELECT json FROM queues WHERE name = ?', name)),
    queues: () => json<Queue>('SELECT json FROM queues ORDER BY name'),
    run: (id) => first(json<Run>('SELECT json FROM runs WHERE id = ?', id)),
    runs: ({ queue, limit = 100, offset = 0, openOnly = false } = {}) => {
      const where = [queue === undefined ? '' : 'queue = ?', openOnly ? "state = 'open'" : '']
        .filter(Boolean)
        .join(' AND ')
      // Within a queue the order is known for certain, whatever became of the clock.
      const order = queue === undefined ? 'created_at DESC, seq DESC' : 'seq DESC'
      const sql = `SELECT json FROM runs ${where ? `WHERE ${where}` : ''} ORDER BY ${order} LIMIT ? OFFSET ?`
      return json<Run>(sql, ...(queue === undefined ? [] : [queue]), limit, offset)
    },
    openRuns: (queue, limit) =>
      json<Run>(
        `SELECT json FROM runs WHERE queue = ? AND state = 'open'
         ORDER BY COALESCE(json_extract(json, '$.lease.state') IN (${TO_BE_DECIDED.map(() => '?').join(', ')}), 0), seq LIMIT ?`,
        queue,
        ...TO_BE_DECIDED,
        limit,
      ),
    liveRuns: (queue) =>
      json<Run>(
        `SELECT json FROM runs WHERE queue = ?
         AND (state IN ('open', 'stopped') OR seq = (SELECT MAX(seq) FROM runs WHERE queue = ?)) ORDER BY seq`,
        queue,
        queue,
      ),
    filesOfRuns: () =>
      all("SELECT DISTINCT value AS file FROM runs, json_each(runs.json, '$.files')").map(({ file }) => String(file)),
    markedTasks: (queue, isMeant) => {
      const from = `JOIN runs r ON r.id = t.run_id
         WHERE r.queue = ? AND t.phase = 'done' AND json_extract(t.json, '$.markedAt') IS NOT NULL`
      const file = "json_extract(t.spec, '$.origin.file')"
      return all(`SELECT DISTINCT ${file} AS file FROM tasks t ${from}`, queue)
        .filter((row) => row.file !== null && isMeant(String(row.file)))
        .flatMap((row) =>
          tasks(`${TASK} ${from} AND ${file} = ? ORDER BY r.seq DESC, t.position`, queue, row.file as string),
        )
    },
    openCount: (queue) => Number(all("SELECT COUNT(*) AS n FROM runs WHERE queue = ? AND state = 'open'", queue)[0]?.n),
    tasksLeft: (queue) => {
      const sql = `SELECT COUNT(*) AS n FROM runs r JOIN tasks t ON t.run_id = r.id
         WHERE r.queue = ? AND r.state = 'open' AND t.phase NOT IN (${ENDS})`
      return Number(all(sql, queue)[0]?.n)
    },
    runCosts: (since) =>
      all(
        `SELECT created_at, json_extract(json, '$.startedAt') AS started_at, json_extract(json, '$.costUsd') AS cost
         FROM runs WHERE created_at >= ?`,
        since,
      ).map((row) => ({
        createdAt: Number(row.created_at),
        ...(row.started_at !== null && { startedAt: Number(row.started_at) }),
        costUsd: Number(row.cost),
      })),
    tasks: (runId) => tasks(`${TASK} WHERE t.run_id = ? ORDER BY t.position`, runId),
    taskPage: (runId, { offset, limit }) =>
      tasks(`${TASK} WHERE t.run_id = ? ORDER BY t.number LIMIT ? OFFSET ?`, runId, limit, offset),
    tasksIn: (runId, phases, { order, offset, limit }) =>
      tasks(
        `${TASK} WHERE t.run_id = ? AND t.phase IN (SELECT value FROM json_each(?))
         ORDER BY ${order === 'ended' ? 't.ended_at DESC, t.position DESC' : 't.position'} LIMIT ? OFFSET ?`,
        runId,
        JSON.stringify(phases),
        limit,
        offset,
      ),
    task: (id) => first(tasks(`${TASK} WHERE t.id = ?`, id)),
    taskByNumber: (runId, number) => first(tasks(`${TASK} WHERE t.run_id = ? AND t.number = ?`, runId, number)),
    counts: (runIds) => {
      const counts = new Map<string, Record<string, number>>(runIds.map((id) => [id, {}]))
      const sql =
        'SELECT run_id, phase, COUNT(*) AS n FROM tasks WHERE run_id IN (SELECT value FROM json_each(?)) GROUP BY run_id, phase'
      for (const row of all(sql, JSON.stringify(runIds))) {
        const own = counts.get(String(row.run_id))
        if (own) own[String(row.phase)] = Number(row.n)
      }
      return counts
    },
    endedTasks: ({ queue, from, to }) =>
      all(
        `SELECT t.run_id, t.number, t.phase, t.ended_at, t.identity FROM tasks t JOIN runs r ON r.id = t.run_id
         WHERE t.ended_at >= ? AND t.ended_at < ? AND r.queue = IFNULL(?, r.queue) AND t.phase IN (${ENDS})
         ORDER BY t.ended_at, r.seq`,
        from,
        to,
        queue ?? null,
      ).map((row) => ({
        runId: String(row.run_id),
        number: Number(row.number),
        phase: String(row.phase) as TaskEnd,
        at: Number(row.ended_at),
        identity: String(row.identity),
      })),
    openIdentities: (queue) => {
      const sql = `SELECT DISTINCT t.identity FROM runs r JOIN tasks t ON t.run_id = r.id
         WHERE r.queue = ? AND r.state = 'open' AND t.phase NOT IN (${ENDS})`
      return new Set(all(sql, queue).map((row) => String(row.identity)))
    },
    attempt: (id) => first(json<Attempt>('SELECT json FROM attempts WHERE id = ?', id)),
    attempts: (taskId) => json<Attempt>('SELECT json FROM attempts WHERE task_id = ? ORDER BY started_at', taskId),
    liveAttempts: () => json<Attempt>('SELECT json FROM attempts WHERE live = 1'),
    begunTasks: (runIds) =>
      runIds.length === 0
        ? []
        : tasks(
            `${TASK} WHERE t.run_id IN (SELECT value FROM json_each(?)) AND t.phase IN (${BEGUN}) ORDER BY t.position`,
            JSON.stringify(runIds),
          ),
    checkedAttempts: () =>
      all(
        "SELECT coalesce(t.json ->> '$.attemptId', t.id) AS id FROM tasks t JOIN runs r ON r.id = t.run_id WHERE r.state = 'open' AND t.phase = 'verifying'",
      ).flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
    ask: (id) => first(json<Ask>('SELECT json FROM asks WHERE id = ?', id)),
    openAsks: () => json<Ask>("SELECT json FROM asks WHERE state = 'open' ORDER BY opened_at"),
    asksOfRun: (runId) => json<Ask>('SELECT json FROM asks WHERE run_id = ? ORDER BY opened_at', runId),
    grantsOfTask: (taskId) => json<Grant>('SELECT json FROM grants WHERE task_id = ?', taskId),
    events: ({ after = 0, runId, limit = 1_000 }) => {
      const rows =
        runId === undefined
          ? all('SELECT seq, json FROM events WHERE seq > ? ORDER BY seq LIMIT ?', after, limit)
          : all('SELECT seq, json FROM events WHERE seq > ? AND run_id = ? ORDER BY seq LIMIT ?', after, runId, limit)
      return rows.map((row) => ({ ...(JSON.parse(String(row.json)) as BatonEvent), seq: Number(row.seq) }))
    },
    lastEventSeq: () => Number(all('SELECT COALESCE(MAX(seq), 0) AS seq FROM events')[0]?.seq ?? 0),
    meta: (key) => first(json('SELECT json FROM meta WHERE key = ?', key)) as never,
    environments: (queue) => json<KnownEnvironment>('SELECT json FROM environments WHERE queue = ? ORDER BY id', queue),
    deployment: (id) => first(json<Deployment>('SELECT json FROM deployments WHERE id = ?', id)),
    deployments: ({ queue, environment, limit }) =>
      json<Deployment>(
        'SELECT json FROM deployments WHERE queue = ? AND environment = ? ORDER BY started_at DESC, rowid DESC LIMIT ?',
        queue,
        environment,
        limit,
      ),
    openDeployments: (queue) =>
      json<Deployment>(
        "SELECT json FROM deployments WHERE queue = ? AND json_extract(json, '$.endedAt') IS NULL",
        queue,
      ),
    state: (queue) => loadState(reader, queue),
    recall: (state, runId) => recall(reader, state, runId),
    dataVersion: () => Number(all('PRAGMA data_version')[0]?.data_version),
  }
  return reader
}

function loadState(reader: Reader, name: string): State {
  const state = emptyState(name)
  const queue = reader.queue(name)
  if (queue) state.queue = queue
  for (const run of reader.liveRuns(name)) takeRun(reader, state, run)
  const open = reader.openDeployments(name)
  applyChanges(state, [
    ...reader.environments(name).map((row) => ({ table: 'environments' as const, row })),
    ...open.map((row) => ({ table: 'deployments' as const, row })),
  ])
  for (const { runId } of [...open, ...reader.openAsks(), ...(state.queue.undoing ?? [])]) recall(reader, state, runId)
  // A process may outlive its task: skipped while it was being ended.
  for (const row of reader.liveAttempts())
    if (state.runs.has(row.runId)) applyChanges(state, [{ table: 'attempts', row }])
  return state
}

function takeRun(reader: Reader, state: State, run: Run): void {
  const tasks = reader.tasks(run.id)
  applyChanges(state, [{ table: 'runs', row: run }, ...tasks.map((row) => ({ table: 'tasks' as const, row }))])
  for (const task of tasks) {
    if (hasEnded(task)) continue
    applyChanges(state, [
      ...reader.attempts(task.id).map((row) => ({ table: 'attempts' as const, row })),
      ...reader.grantsOfTask(task.id).map((row) => ({ table: 'grants' as const, row })),
    ])
  }
  applyChanges(
    state,
    reader.asksOfRun(run.id).map((row) => ({ table: 'asks' as const, row })),
  )
}

function recall(reader: Reader, state: State, runId: string): boolean {
  if (state.runs.has(runId)) return true
  const run = reader.run(runId)
  if (run?.queue !== state.queue.name) return false
  takeRun(reader, state, run)
  return true
}
