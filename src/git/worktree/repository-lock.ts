import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Lock, takeFileLock } from '../../files/lock.ts'
import { inTurn, type Turns } from '../in-turn.ts'
import type { Repository } from '../repository.ts'

const AGAIN_MS = 15
/** What git does under it takes seconds at most. */
const PATIENCE_MS = 120_000

const turns: Turns = new Map()

/**
 * One at a time in all processes of Baton on a repository: `worktree add`, `remove` and `prune`, `branch -D` and `fetch` rewrite
 * what the others read. Throws when somebody keeps it for minutes.
 */
export function withRepositoryLock<T>({ commonDir }: Repository, use: () => Promise<T>): Promise<T> {
  return inTurn(turns, commonDir, async () => {
    const lock = await take(join(commonDir, 'baton', 'worktrees-lock.db'))
    try {
      return await use()
    } finally {
      lock.release()
    }
  })
}

async function take(file: string): Promise<Lock> {
  for (let waitedMs = 0; waitedMs <= PATIENCE_MS; waitedMs += AGAIN_MS) {
    const lock = takeFileLock(file)
    if (lock) return lock
    await sleep(AGAIN_MS)
  }
  throw new Error(`Another process keeps ${file} locked. End it, then try again.`)
}
