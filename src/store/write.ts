import type { DatabaseSync } from 'node:sqlite'
import type { Change } from '../core/state.ts'
import type { BatonEvent, NewEvent, Task } from '../core/types.ts'
import { sha256 } from '../text/sha256.ts'

/** A hash that is the same for the same JSON value. */
export function jsonHash(value: unknown): string {
  return sha256(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')).slice(0, 32)
}

/** When it came to what it is now. */
const endOf = (task: Task): number | null => task.undone?.at ?? task.endedAt ?? null

/** Writers of rows and events; to be called inside a transaction. */
export interface Writer {
  changes: (changes: readonly Change[]) => void
  events: (events: readonly NewEvent[]) => BatonEvent[]
}

/** Prepares the statements once. */
export function createWriter(db: DatabaseSync): Writer {
  const upsert = (table: string, columns: string[], key: string) => {
    const set = columns.filter((c) => c !== key && c !== 'spec' && c !== 'context').map((c) => `${c} = excluded.${c}`)
    const places = columns.map(() => '?').join(', ')
    return db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT (${key}) DO UPDATE SET ${set.join(', ')}`,
    )
  }
  const queue = upsert('queues', ['name', 'json'], 'name')
  const run = upsert('runs', ['id', 'queue', 'seq', 'state', 'created_at', 'json'], 'id')
  const newTask = upsert(
    'tasks',
    ['id', 'run_id', 'number', 'position', 'phase', 'ended_at', 'spec', 'context', 'json'],
    'id',
  )
  const oldTask = db.prepare('UPDATE tasks SET position = ?, phase = ?, ended_at = ?, json = ? WHERE id = ?')
  const context = db.prepare('INSERT INTO contexts (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING')
  const attempt = upsert('attempts', ['id', 'run_id', 'task_id', 'live', 'started_at', 'json'], 'id')
  const ask = upsert('asks', ['id', 'run_id', 'task_id', 'state', 'opened_at', 'json'], 'id')
  const grant = upsert('grants', ['id', 'task_id', 'json'], 'id')
  const deployment = upsert('deployments', ['id', 'queue', 'environment', 'run_id', 'started_at', 'json'], 'id')
  const environment = upsert('environments', ['id', 'queue', 'json'], 'id')
  const event = db.prepare('INSERT INTO events (at, type, queue, run_id, json) VALUES (?, ?, ?, ?, ?)')
  const contextHashes = new Map<string, string>()

  const putTask = (task: Task) => {
    const { spec, ...rest } = task
    const json = JSON.stringify(rest)
    // The spec never changes after the first write, and may be long: an update leaves it alone.
    if (oldTask.run(task.position, task.phase, endOf(task), json, task.id).changes === 1) return
    const { context: text, ...own } = spec
    let hash: string | null = null
    if (text !== '') {
      hash = contextHashes.get(text) ?? jsonHash(text)
      if (!contextHashes.has(text)) {
        contextHashes.clear()
        contextHashes.set(text, hash)
        context.run(hash, text)
      }
    }
    newTask.run(
      task.id,
      task.runId,
      task.number,
      task.position,
      task.phase,
      endOf(task),
      JSON.stringify(own),
      hash,
      json,
    )
  }

  return {
    changes(changes) {
      for (const { table, row } of changes) {
        if (table === 'queue') queue.run(row.name, JSON.stringify(row))
        else if (table === 'runs') run.run(row.id, row.queue, row.seq, row.state, row.createdAt, JSON.stringify(row))
        else if (table === 'tasks') putTask(row)
        else if (table === 'attempts')
          attempt.run(row.id, row.runId, row.taskId, row.live ? 1 : 0, row.startedAt, JSON.stringify(row))
        else if (table === 'asks') ask.run(row.id, row.runId, row.taskId, row.state, row.openedAt, JSON.stringify(row))
        else if (table === 'grants') grant.run(row.id, row.taskId, JSON.stringify(row))
        else if (table === 'deployments')
          deployment.run(row.id, row.queue, row.environment, row.runId, row.startedAt, JSON.stringify(row))
        else environment.run(row.id, row.queue, JSON.stringify(row))
      }
    },
    events: (events) =>
      events.map((e) => {
        const { lastInsertRowid } = event.run(e.at, e.type, e.queue, e.runId ?? null, JSON.stringify(e))
        return { ...e, seq: Number(lastInsertRowid) }
      }),
  }
}
