import type { DatabaseSync } from 'node:sqlite'

/** Makes what runs work in one transaction; inside one it joins that. */
export function transactionOn(db: DatabaseSync): <R>(work: () => R) => R {
  return (work) => {
    if (db.isTransaction) return work()
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk may already have caused a rollback.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}
