import type { DatabaseSync } from 'node:sqlite'

/** Updates of a channel, stored by their id before they are handled, so that each counts once. */
export interface Updates<T> {
  /** False when it is already there. */
  store: (id: string, update: T, at: number) => boolean
  /** Stored and not handled, oldest first. */
  unhandled: () => T[]
  handled: (id: string, at: number) => void
}

/** Prepares the updates of `channel`. */
export function createUpdates<T>(db: DatabaseSync, channel: string): Updates<T> {
  const insert = db.prepare(
    'INSERT INTO updates (channel, id, received_at, json) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const unhandled = db.prepare('SELECT json FROM updates WHERE channel = ? AND handled_at IS NULL ORDER BY rowid')
  // The id stays as a guard against a second delivery; the content is not needed any more. The second time nothing is flushed to the disk.
  const handled = db.prepare(
    'UPDATE updates SET handled_at = ?, json = NULL WHERE channel = ? AND id = ? AND handled_at IS NULL',
  )
  return {
    store: (id, update, at) => insert.run(channel, id, at, JSON.stringify(update)).changes === 1,
    unhandled: () => unhandled.all(channel).map((row) => JSON.parse(String(row.json)) as T),
    handled: (id, at) => {
      handled.run(at, channel, id)
    },
  }
}
