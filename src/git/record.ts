import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type ByteString, joinNul } from './bytes.ts'
import { identityOf, withIndex } from './index-file.ts'
import { recall, remember } from './memory.ts'
import { notePermissions, type Permissions, permissionsOf } from './permissions.ts'
import type { PrivateGit } from './private-git.ts'
import { GitError } from './program.ts'
import { type ScanRequest, scan } from './scan.ts'
import { seedIndex } from './seed.ts'
import { sortOut, type Unrecorded } from './sort-out.ts'

/** The working tree as it is now. */
export interface Recording {
  tree: string
  unrecorded: Map<ByteString, Unrecorded>
  permissions: Permissions
  submodules: ByteString[]
  /** Files left out of the working tree by a sparse checkout, when that was looked at. */
  sparse: number
}

export type RecordRequest = Omit<ScanRequest, 'userIndexChanged' | 'holdsIgnored' | 'also'> & { maxFileBytes: number }

/**
 * Writes the working tree, byte for byte, as a tree object. A file that changes or goes under our eyes makes git give up;
 * then it is tried again, the last time from the start.
 */
export async function recordTree(own: PrivateGit, request: RecordRequest): Promise<Recording> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withIndex(join(own.dir, `index-${randomUUID()}`), (index) =>
        recordWith(own, index, request, attempt < 3),
      )
    } catch (error) {
      if (!(error instanceof GitError) || error.missing || attempt === 3) throw error
    }
  }
}

async function recordWith(
  own: PrivateGit,
  index: string,
  request: RecordRequest,
  useMemory: boolean,
): Promise<Recording> {
  const startedAt = Date.now()
  const memory = useMemory ? await recall(own, index) : undefined
  const userIndex = await identityOf(join(own.repository.gitDir, 'index'))
  const seed = memory ? undefined : await seedIndex(own, index)
  const found = await scan(own, index, {
    ...request,
    userIndexChanged: memory ? memory.userIndex !== userIndex : !seed?.complete,
    holdsIgnored: memory?.holdsIgnored ?? false,
    also: [...(seed?.dropped ?? []), ...(memory?.young ?? [])],
  })
  const sorted = await sortOut(own, found, request.maxFileBytes)

  const update = (how: string[], paths: ByteString[]) =>
    paths.length > 0 && own.run(['update-index', ...how, '-z', '--stdin'], { index, input: joinNul(paths) })
  await update(['--force-remove'], sorted.leave)
  await update(['--add', '--remove', '--replace'], sorted.take)
  const { stdout } = await own.run(['write-tree'], { index })

  const seen = new Map([...(seed?.seen ?? []), ...sorted.files])
  const permissions = memory?.permissions ?? permissionsOf(seen)
  for (const path of [...sorted.leave, ...sorted.take]) notePermissions(permissions, path, sorted.files.get(path))
  const young = [...seen].filter(([, { ctimeMs }]) => ctimeMs > startedAt - YOUNG_MS).map(([path]) => path)
  await remember(own, index, { permissions, userIndex, holdsIgnored: found.holdsIgnored, young })
  const { unrecorded } = sorted
  return { tree: stdout.trim(), unrecorded, permissions, submodules: found.submodules, sparse: seed?.sparse ?? 0 }
}

/** Two ticks of a clock of seconds. */
const YOUNG_MS = 2000
