import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { privateFile, privateFolder } from './private.ts'

/** A lock that is held. */
export interface Lock {
  release: () => void
}

/**
 * Takes a lock that one process at a time holds, or returns undefined when another has it. It is a write transaction on a
 * database of its own: the system lets go of it when the process dies, whatever way, so there are no stale pid files to
 * reason about. IMMEDIATE takes it in one step; EXCLUSIVE takes several, and two that start together can each keep the
 * other from its last one, so that neither gets in.
 */
export function takeFileLock(file: string): Lock | undefined {
  privateFolder(dirname(file))
  privateFile(file)
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    db.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined
    throw error
  }
  let held = true
  return {
    release: () => {
      if (held) db.close()
      held = false
    },
  }
}
