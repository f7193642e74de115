import { randomInt } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { backup } from 'node:sqlite'
import type { KeptValues } from '../core/kept-values.ts'
import type { Decision } from '../core/state.ts'
import type { BatonEvent } from '../core/types.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { openDatabase } from './open.ts'
import { createReader, type Reader } from './read.ts'
import { transactionOn } from './transaction.ts'
import { createWriter } from './write.ts'

/** The database with its faces: read, inbox, and the one way to commit. */
export interface Store<T> {
  db: DatabaseSync
  read: Reader
  inbox: Inbox<T>
  /** Writes a decision, and what belongs to it, in one transaction; gives the events back with their places. */
  commit: (decision: Decision, also?: () => void) => BatonEvent[]
  /** Runs `work` in one transaction. */
  transaction: <R>(work: () => R) => R
  /** Puts a note into the stream of events that no decision caused. */
  note: (queue: string, text: string, at: number, data?: Record<string, unknown>) => void
  /** Marks the file of the database, so that another content in its place is noticed; gives the mark. */
  markFile: () => number
  setMeta: (key: string, value: unknown) => void
  /** The same of what counts for the moment only: it does not wait for the disk, and a power cut may take it away. */
  setPassing: (key: string, value: unknown) => void
  /** For rooms that keep a little something of their own. */
  kept: KeptValues
  /** A consistent copy while everything keeps running. */
  backup: (file: string) => Promise<void>
  close: () => void
}

/** Opens the store in `dir`. Throws StoreError. */
export function openStore<T>(dir: string): Store<T> {
  const db = openDatabase(dir)
  const writer = createWriter(db)
  const meta = db.prepare(
    'INSERT INTO meta (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json',
  )
  const transaction = transactionOn(db)
  const read = createReader(db)
  const setMeta = (key: string, value: unknown) => {
    meta.run(key, JSON.stringify(value))
  }
  return {
    db,
    read,
    inbox: createInbox<T>(db),
    transaction,
    commit: (decision, also) =>
      transaction(() => {
        writer.changes(decision.changes)
        const events = writer.events(decision.events)
        also?.()
        return events
      }),
    note: (queue, text, at, data) => {
      transaction(() => writer.events([{ at, type: 'note', queue, text, ...(data && { data }) }]))
    },
    markFile: () => {
      const mark = randomInt(1, 2 ** 31)
      // In the file itself, and not only in the log beside it; when a reader hinders that, with the next checkpoint.
      db.exec(`PRAGMA application_id = ${mark}; PRAGMA wal_checkpoint(PASSIVE);`)
      return mark
    },
    setMeta,
    setPassing: (key, value) => {
      // Inside of a transaction it goes with that; outside it is in order with all others, and on the disk with the next one.
      if (db.isTransaction) return setMeta(key, value)
      db.exec('PRAGMA synchronous = NORMAL')
      try {
        setMeta(key, value)
      } finally {
        db.exec('PRAGMA synchronous = FULL')
      }
    },
    kept: { get: read.meta, set: setMeta, transaction },
    backup: async (file) => {
      await backup(db, file)
    },
    close: () => db.close(),
  }
}
