import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type ByteString, fromUtf8 } from './bytes.ts'
import { writeCheckpoint } from './meta.ts'
import { notesOnRecording, notesOnRepository } from './notes.ts'
import { openPrivateGit, type PrivateGit } from './private-git.ts'
import { type Recording, recordTree } from './record.ts'
import { inRepository, locate, type Repository } from './repository.ts'

export interface CheckpointRequest {
  /** The project's folder: anywhere inside a working tree. */
  cwd: string
  /** Below `refs/baton/`. */
  ref: string
  /** One line for people who look at the commit. */
  message: string
  /** For the checkpoint after: the commit of the one before, whose files stay recorded even when they are ignored by now. */
  since?: string
  /** Absolute paths of files and folders that are not the project's: Baton's own logs and state. */
  exclude?: readonly string[]
  /** Files beyond are left out, and said. Default 100 MiB. */
  maxFileBytes?: number
}

export type Checkpoint =
  | { kind: 'taken'; commit: string; tree: string; ref: string; root: string; notes: string[] }
  | { kind: 'none'; reason: string }

const MAX_FILE_BYTES = 100 * 1024 * 1024

/**
 * Records the whole working tree (untracked files too, ignored ones not) as a commit under `refs/baton/`. Branch, index,
 * stash, hooks and reflogs of the user stay as they are. Gives a reason instead where there is no working tree to record;
 * throws GitError when recording fails.
 */
export async function checkpoint(request: CheckpointRequest): Promise<Checkpoint> {
  if (!/^refs\/baton\/./.test(request.ref))
    throw new Error(`A checkpoint belongs under refs/baton/, not ${request.ref}.`)
  const located = await locate(request.cwd)
  if ('reason' in located) return { kind: 'none', reason: located.reason }
  const own = await openPrivateGit(located.repository)
  return takeCheckpoint(own, request)
}

/** `checkpoint` in a repository already found. */
export async function takeCheckpoint(
  own: PrivateGit,
  request: Omit<CheckpointRequest, 'cwd'>,
): Promise<Checkpoint & { kind: 'taken' }> {
  const { repository } = own
  const [recording, notes] = await Promise.all([recordNow(own, request), notesOnRepository(repository)])
  const { tree } = recording
  const commit = await writeCheckpoint(own, tree, request.message, recording)
  await inRepository(repository)(['-c', 'core.logAllRefUpdates=false', 'update-ref', '--no-deref', request.ref, commit])
  notes.push(...(await notesOnRecording(repository, recording)))
  return { kind: 'taken', commit, tree, ref: request.ref, root: repository.root, notes }
}

/** The working tree as it is now, with nothing that refers to it. */
export async function recordNow(
  own: PrivateGit,
  { since, exclude = [], maxFileBytes = MAX_FILE_BYTES }: Pick<CheckpointRequest, 'since' | 'exclude' | 'maxFileBytes'>,
): Promise<Recording> {
  return recordTree(own, {
    ...(since === undefined ? {} : { since }),
    excluded: await insideRoot(own.repository, exclude),
    untrackedBelow: await untrackedBelow(own.repository),
    maxFileBytes,
  })
}

async function insideRoot({ root }: Repository, paths: readonly string[]): Promise<ByteString[]> {
  const inside = (await Promise.all(paths.map(realPath))).map((path) => relative(root, path))
  return inside.filter((path) => path !== '' && !path.startsWith('..')).map(fromUtf8)
}

/** Also of what is not there yet: links among the folders above count all the same. */
async function realPath(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined)
  return found ?? (path === dirname(path) ? path : join(await realPath(dirname(path)), basename(path)))
}

/**
 * In a repository around the project whose user does not want to hear of untracked files (a home folder kept in git, say),
 * only those of the project's own folder are recorded.
 */
async function untrackedBelow(repository: Repository): Promise<ByteString> {
  if (repository.prefix === '') return ''
  const run = inRepository(repository)
  const { stdout } = await run(['config', '--get', 'status.showUntrackedFiles'], { accept: [0, 1] })
  return stdout.trim() === 'no' ? repository.prefix : ''
}
