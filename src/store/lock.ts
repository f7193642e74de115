import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { privateFile, privateFolder } from '../files/private.ts'

export const LOCK_FILE = 'lock.db'

/** Who holds the lock, as told to others. */
export interface Holder {
  pid: number
  since: number
  kind: 'daemon' | 'tasks'
}

/** The one runner of a state folder. */
export interface Lock {
  release: () => void
}

/**
 * Takes the lock of a state folder, or returns undefined when another process holds it. The lock is a write transaction on
 * a database of its own: the system lets go of it when the process dies, whatever way, so there are no stale pid files to
 * reason about. IMMEDIATE takes it in one step; EXCLUSIVE takes several, and two that start together can each keep the
 * other from its last one, so that neither gets in.
 */
export function takeLock(dir: string): Lock | undefined {
  privateFolder(dir)
  privateFile(join(dir, LOCK_FILE))
  const db = new DatabaseSync(join(dir, LOCK_FILE), { timeout: 0 })
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

/** True while some process holds the lock. */
export function isLocked(dir: string): boolean {
  const lock = takeLock(dir)
  lock?.release()
  return lock === undefined
}

const TRY_AGAIN_MS = 40

/** Takes the lock, trying again for a moment: another process may only be looking whether it is held. */
export async function takeLockPatiently(dir: string, tries = 5): Promise<Lock | undefined> {
  for (let i = 0; i < tries; i++) {
    const lock = takeLock(dir)
    if (lock) return lock
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
  return undefined
}
