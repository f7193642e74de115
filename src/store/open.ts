import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { privateFile, privateFolder } from '../files/private.ts'
import { MIGRATIONS } from './migrations.ts'
import { defineOldActors } from './old-actors.ts'

/** The database of another version, or none that can be read. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: 'newer-database' | 'not-a-database' | 'no-access' | 'state-lost'
  constructor(code: StoreError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export const DATABASE_FILE = 'baton.db'

/**
 * Opens the state database in `dir`, creating and migrating it as needed. WAL lets other processes read while one
 * writes; FULL makes an acknowledged commit survive a power cut (NORMAL lost rows in most of the replayed cuts).
 * `readOnly` neither creates nor migrates. Throws StoreError.
 */
export function openDatabase(dir: string, { readOnly = false }: { readOnly?: boolean } = {}): DatabaseSync {
  const file = join(dir, DATABASE_FILE)
  let db: DatabaseSync | undefined
  try {
    if (!readOnly) makePrivate(dir)
    db = new DatabaseSync(file, { readOnly, timeout: 5_000 })
    const version = Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
    if (version > MIGRATIONS.length) {
      const text = `${file} was written by a newer Baton (database version ${version}, this one knows ${MIGRATIONS.length}). Update Baton, or point "state:" in config.yaml to another folder.`
      throw new StoreError('newer-database', text)
    }
    if (readOnly) return db
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 8388608;',
    )
    // Another process may write first; then only its changes count.
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof StoreError) throw error
    const message = error instanceof Error ? error.message : String(error)
    const code = /not a database|malformed/.test(message) ? 'not-a-database' : 'no-access'
    throw new StoreError(code, `Cannot open the state database ${file}: ${message}`)
  }
}

/** The files beside the database are made by SQLite with the rights of the database. */
function makePrivate(dir: string): void {
  privateFolder(dir)
  for (const suffix of ['', '-wal', '-shm']) {
    const path = join(dir, DATABASE_FILE + suffix)
    if (suffix === '' || existsSync(path)) privateFile(path)
  }
}

function migrate(db: DatabaseSync): void {
  const current = () => Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
  if (current() >= MIGRATIONS.length) return
  defineOldActors(db)
  db.exec('BEGIN IMMEDIATE')
  try {
    // What another process has done meanwhile is not done again.
    const missing = MIGRATIONS.slice(current())
    for (const migration of missing) db.exec(migration)
    // One transaction for all changes and their number: a kill in between leaves the database of before, and a new one is
    // made with one wait for the disk.
    if (missing.length > 0) db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}
