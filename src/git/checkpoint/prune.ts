import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../text/durations.ts'
import { fileClock } from '../file-clock.ts'
import { inRepository, locate, type Repository } from '../repository.ts'

export interface PruneRequest {
  cwd: string
  /** Refs that stay. */
  keep: Iterable<string>
  /** Only refs below are looked at; within `refs/baton/`. Several Batons may share a repository. */
  prefix: string
  /** Refs whose checkpoint is younger stay; epoch ms. Default: age does not matter. */
  before?: number
}

/**
 * Deletes checkpoint refs (their content goes with git's own housekeeping) and what killed processes left in Baton's
 * git directory. Returns the refs deleted; none where there is no repository.
 */
export async function pruneCheckpoints({
  cwd,
  keep,
  prefix,
  before = Number.POSITIVE_INFINITY,
}: PruneRequest): Promise<string[]> {
  if (!prefix.startsWith('refs/baton/'))
    throw new Error(`Only refs below refs/baton/ are Baton's to delete, not ${prefix}.`)
  const located = await locate(cwd)
  if ('reason' in located) return []
  const run = inRepository(located.repository)
  const { stdout } = await run(['for-each-ref', '--format=%(committerdate:unix) %(objectname) %(refname)', prefix])
  const kept = new Set(keep)
  const old = stdout
    .split('\n')
    .map((line) => line.split(' ') as [string, string, string])
    .filter(([seconds, , ref]) => ref && !kept.has(ref) && Number(seconds) * 1000 < before)
  const input = old.map(([, oid, ref]) => `delete ${ref}\0${oid}\0`).join('')
  if (old.length > 0) await run(['update-ref', '--no-deref', '-z', '--stdin'], { input })
  await clearLeftovers(located.repository)
  return old.map(([, , ref]) => ref)
}

async function clearLeftovers({ gitDir }: Repository): Promise<void> {
  const folder = join(gitDir, 'baton')
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  const now = await fileClock(folder)
  for (const name of names) {
    if (!/^(index|stage|rules|commit|clock)-/.test(name)) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && now - found.mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true })
  }
}
