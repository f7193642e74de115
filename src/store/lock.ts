import { join } from 'node:path'
import { type Lock, takeFileLock } from '../files/lock.ts'

export const LOCK_FILE = 'lock.db'

/** Who holds the lock, as shown to others. */
export interface Holder {
  pid: number
  since: number
  kind: 'daemon' | 'tasks'
}

/** Takes the lock of a state folder, which makes this process its one runner; undefined when another one is. */
export const takeLock = (dir: string): Lock | undefined => takeFileLock(join(dir, LOCK_FILE))

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
