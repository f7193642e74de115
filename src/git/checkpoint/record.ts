import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { type ByteString, joinNul } from '../bytes.ts'
import { lookInto } from '../disk.ts'
import { fileClock } from '../file-clock.ts'
import { fileIdentity, withIndex } from '../index-file.ts'
import { notePermissions, type Permissions, permissionsOf } from '../permissions.ts'
import type { PrivateGit } from '../private-git.ts'
import { type GitAnswer, GitError } from '../program.ts'
import { classifyPaths, type Unrecorded } from './classify-paths.ts'
import { forgetCheckpoint, lastCheckpoint } from './last-checkpoint.ts'
import { type CheckpointMemory, recall, remember } from './memory.ts'
import { type ScanRequest, scan } from './scan.ts'
import { seedIndex } from './seed.ts'

/** The working tree as it is now. */
export interface Recording {
  /** When it began, by the clock that stamps the files. */
  startedAt: number
  tree: string
  unrecorded: Map<ByteString, Unrecorded>
  permissions: Permissions
  submodules: ByteString[]
  /** Files left out of the working tree by a sparse checkout, when that was looked at. */
  sparse: number
  /** Ignored files and folders, these with a `/`; absent where they were not looked for. */
  ignored?: ByteString[]
}

/** `sinceTree`: the tree of the checkpoint `since`, where it is known. */
export type RecordRequest = Omit<ScanRequest, 'mayHoldExcluded' | 'userIndexChanged' | 'holdsIgnored' | 'also'> & {
  maxFileBytes: number
  sinceTree?: string
}

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
      await forgetCheckpoint(own)
    }
  }
}

async function recordWith(
  own: PrivateGit,
  index: string,
  request: RecordRequest,
  useMemory: boolean,
): Promise<Recording> {
  const startedAt = await fileClock(own.dir)
  const memory = useMemory ? await recall(own, index) : undefined
  const userIndex = await fileIdentity(join(own.repository.gitDir, 'index'))
  const seed = memory ? undefined : await seedIndex(own, index)
  const { since, sinceTree, ...how } = request
  const found = await scan(own, index, {
    ...how,
    // An index that holds that very tree lacks nothing of it.
    ...(since !== undefined && !(memory && memory.tree === sinceTree) && { since }),
    mayHoldExcluded: memory?.excluded.join('\0') !== request.excluded.join('\0'),
    userIndexChanged: memory ? memory.userIndex !== userIndex : !seed?.complete,
    holdsIgnored: memory?.holdsIgnored ?? false,
    also: [...(seed?.dropped ?? []), ...changedSince(own, memory?.young ?? [])],
  })
  const sorted = await classifyPaths(own, found, request.maxFileBytes)

  const update = (how: string[], paths: ByteString[]) =>
    paths.length > 0 && own.run(['update-index', ...how, '-z', '--stdin'], { index, input: joinNul(paths) })
  await update(['--force-remove'], sorted.leave)
  const added = await update(['--add', '--remove', '--replace'], [...sorted.absent, ...sorted.take])
  for (const path of refusedOf(added, sorted.take)) sorted.unrecorded.set(path, 'refused')
  // A tree that no ref holds may have lost a part of itself to git's housekeeping; writing it notices that.
  const isHeld = memory !== undefined && memory.tree === (await lastCheckpoint(own))?.tree
  const isSame = isHeld && sorted.leave.length + sorted.absent.length + sorted.take.length === 0
  const tree = isSame ? memory.tree : (await own.run(['write-tree'], { index })).stdout.trim()

  const seen = new Map([...(seed?.seen ?? []), ...sorted.files])
  const permissions = memory?.permissions ?? permissionsOf(seen)
  for (const path of [...sorted.leave, ...sorted.absent, ...sorted.take])
    notePermissions(permissions, path, sorted.files.get(path))
  const young = [...seen]
    .filter(([, { ctimeMs }]) => ctimeMs > startedAt - YOUNG_MS)
    .map(([path, found]) => [path, youngMark(found, startedAt)] as const)
  const { holdsIgnored } = found
  await remember(own, index, { permissions, userIndex, holdsIgnored, tree, excluded: request.excluded, young })
  const { unrecorded } = sorted
  const { submodules, ignored } = found
  const sparse = seed?.sparse ?? 0
  return { startedAt, tree, unrecorded, permissions, submodules, sparse, ...(ignored && { ignored }) }
}

/** Names such as `git~1`, which some file system could take for `.git`: git leaves them out and says so, and fails not. */
function refusedOf(added: GitAnswer | false, paths: readonly ByteString[]): ByteString[] {
  const said = added ? added.stderr : ''
  return said.includes(IGNORING) ? paths.filter((path) => said.includes(`${IGNORING}${path}\n`)) : []
}
const IGNORING = 'Ignoring path '

/** Two ticks of a clock of seconds. */
const YOUNG_MS = 2000
/** Several ticks of the clock of a file system that counts in fractions of a millisecond. */
const SETTLED_MS = 50

/** Recognises a version of a file; empty where its last change is too near, or its clock too coarse, to tell the next one. */
function youngMark({ ino, size, mtimeMs, ctimeMs }: Stats, recordedAt: number): string {
  const isTooNear = ctimeMs > recordedAt - SETTLED_MS || Number.isInteger(ctimeMs)
  return isTooNear ? '' : `${ino}-${size}-${mtimeMs}-${ctimeMs}`
}

/** Those that may be others by now. */
function changedSince({ repository }: PrivateGit, young: CheckpointMemory['young']): ByteString[] {
  const look = lookInto(repository.root)
  const isSame = (path: ByteString, mark: string) => {
    const found = mark === '' ? undefined : look(path)
    return found !== undefined && youngMark(found, Number.POSITIVE_INFINITY) === mark
  }
  return young.filter(([path, mark]) => !isSame(path, mark)).map(([path]) => path)
}
