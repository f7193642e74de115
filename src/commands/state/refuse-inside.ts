import { type Inside, insideOf } from '../../claude/process/inside.ts'
import { hasState } from '../../daemon/api/cross-process-api.ts'
import { knownAttempts } from '../../daemon/known-attempts.ts'
import { openDatabase, StoreError } from '../../store/open.ts'
import { createReader } from '../../store/read.ts'
import type { Shell } from '../shell/shell.ts'
import { findPlaces } from './places.ts'

/**
 * Refuses whatever is called from within an attempt, a check or a command of a task on this state: an agent does not decide
 * about the work. Throws BatonError `inside-attempt`.
 */
export async function refuseInside(shell: Pick<Shell, 'home' | 'env' | 'project'>): Promise<void> {
  const stateDir = await findState(shell)
  if (stateDir === undefined || !hasState(stateDir)) return
  const by = await findInside(stateDir)
  if (by !== undefined) throw (await import('../../errors.ts')).batonError('inside-attempt', { by })
}

/** What is wrong with the configuration is for the command to say. */
async function findState({ home, env }: Pick<Shell, 'home' | 'env'>): Promise<string | undefined> {
  const silent = { write: () => true } as unknown as Shell['stderr']
  try {
    return (await findPlaces({ home, env, stderr: silent })).stateDir
  } catch (error) {
    if ((error as { name?: unknown } | undefined)?.name === 'BatonError') return undefined
    throw error
  }
}

async function findInside(stateDir: string): Promise<Inside | undefined> {
  let db: ReturnType<typeof openDatabase>
  try {
    db = openDatabase(stateDir, { readOnly: true })
  } catch (error) {
    // Of a state that cannot be read nothing can be changed either, and the command says why.
    if (error instanceof StoreError) return undefined
    throw error
  }
  try {
    return await insideOf(process.pid, knownAttempts(createReader(db)))
  } finally {
    db.close()
  }
}
