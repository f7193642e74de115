import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { applyChanges, emptyState, hasEnded, type State } from '../core/state.ts'
import type { Ask, Attempt, BatonEvent, Grant, Queue, Run, Task, TaskSpec } from '../core/types.ts'

type Row = Record<string, SQLInputValue>

/** Everything that is read from the database, as plain data; usable from any process. */
export interface Reader {
  queue: (name: string) => Queue | undefined
  queues: () => Queue[]
  run: (id: string) => Run | undefined
  /** Newest first. */
  runs: (options?: { queue?: string; limit?: number; openOnly?: boolean }) => Run[]
  /** In the order of work. */
  tasks: (runId: string) => Task[]
  /** A part of a run's tasks, in order of number. */
  taskPage: (runId: string, page: { offset: number; limit: number }) => Task[]
  task: (id: string) => Task | undefined
  taskByNumber: (runId: string, number: number) => Task | undefined
  counts: (runId: string) => Record<string, number>
  attempt: (id: string) => Attempt | undefined
  attempts: (taskId: string) => Attempt[]
  liveAttempts: () => Attempt[]
  /** Ids of the attempts that are being checked: what checks start bears their mark. */
  checkedAttempts: () => string[]
  ask: (id: string) => Ask | undefined
  openAsks: () => Ask[]
  asksOfRun: (runId: string) => Ask[]
  grantsOfTask: (taskId: string) => Grant[]
  events: (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]
  lastEventSeq: () => number
  meta: <T>(key: string) => T | undefined
  /** The part of a queue that decisions are made from. */
  state: (queue: string) => State
  /** Changes with every commit of another process. */
  dataVersion: () => number
}

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
    runs: ({ queue, limit = 100, openOnly = false } = {}) => {
      const where = [queue === undefined ? '' : 'queue = ?', openOnly ? "state = 'open'" : '']
        .filter(Boolean)
        .join(' AND ')
      // Within a queue the order is known for certain, whatever became of the clock.
      const order = queue === undefined ? 'created_at DESC, seq DESC' : 'seq DESC'
      const sql = `SELECT json FROM runs ${where ? `WHERE ${where}` : ''} ORDER BY ${order} LIMIT ?`
      return json<Run>(sql, ...(queue === undefined ? [] : [queue]), limit)
    },
    tasks: (runId) => tasks(`${TASK} WHERE t.run_id = ? ORDER BY t.position`, runId),
    taskPage: (runId, { offset, limit }) =>
      tasks(`${TASK} WHERE t.run_id = ? ORDER BY t.number LIMIT ? OFFSET ?`, runId, limit, offset),
    task: (id) => first(tasks(`${TASK} WHERE t.id = ?`, id)),
    taskByNumber: (runId, number) => first(tasks(`${TASK} WHERE t.run_id = ? AND t.number = ?`, runId, number)),
    counts: (runId) =>
      Object.fromEntries(
        all('SELECT phase, COUNT(*) AS n FROM tasks WHERE run_id = ? GROUP BY phase', runId).map((row) => [
          String(row.phase),
          Number(row.n),
        ]),
      ),
    attempt: (id) => first(json<Attempt>('SELECT json FROM attempts WHERE id = ?', id)),
    attempts: (taskId) => json<Attempt>('SELECT json FROM attempts WHERE task_id = ? ORDER BY started_at', taskId),
    liveAttempts: () => json<Attempt>('SELECT json FROM attempts WHERE live = 1'),
    checkedAttempts: () =>
      all(
        "SELECT t.json ->> '$.attemptId' AS id FROM tasks t JOIN runs r ON r.id = t.run_id WHERE r.state = 'open' AND t.phase = 'verifying'",
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
    state: (queue) => loadState(reader, queue),
    dataVersion: () => Number(all('PRAGMA data_version')[0]?.data_version),
  }
  return reader
}

function loadState(reader: Reader, name: string): State {
  const state = emptyState(name)
  const queue = reader.queue(name)
  if (queue) state.queue = queue
  const runs = reader.runs({ queue: name, limit: 100_000 })
  const latest = runs[0]
  const wanted = runs.filter((run) => run.state === 'open' || run.state === 'stopped' || run === latest)
  for (const run of wanted.sort((a, b) => a.seq - b.seq)) {
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
  // A process may outlive its task: skipped while it was being ended.
  for (const row of reader.liveAttempts())
    if (state.runs.has(row.runId)) applyChanges(state, [{ table: 'attempts', row }])
  return state
}
