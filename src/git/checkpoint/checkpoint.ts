import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type ByteString, fromUtf8, isText, pathText } from '../bytes.ts'
import { MAX_FILE_BYTES } from '../max-file.ts'
import { openPrivateGit, type PrivateGit } from '../private-git.ts'
import { inRepository, locate, type Repository } from '../repository.ts'
import { lastCheckpoint, rememberCheckpoint } from './last-checkpoint.ts'
import { knownCheckpoint, noteCheckpoint, storedMeta, writeCheckpoint } from './meta.ts'
import { notesOnRecording, notesOnRepository } from './notes.ts'
import { type Recording, recordTree } from './record.ts'

export interface CheckpointRequest {
  /** The project's folder: anywhere inside a working tree. */
  cwd: string
  /** Below `refs/baton/`. */
  ref: string
  /** The ref need not be there at once when the commit has another one already: it comes with the next checkpoint's `refs`. */
  refLater?: boolean
  /** Refs of earlier checkpoints, to be there as well. */
  refs?: readonly (readonly [ref: string, commit: string])[]
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
  | {
      kind: 'taken'
      commit: string
      tree: string
      ref: string
      root: string
      notes: string[]
      /** When the recording began, by the clock that stamps the files; epoch ms. */
      fileTimeMs: number
      /**
       * What is not part of it: ignored files and folders (these with a `/`), repositories inside, what is too large or not
       * readable; absent where it was not looked for.
       */
      aside?: string[]
    }
  | { kind: 'none'; reason: string }

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
  const last = await lastCheckpoint(own)
  const isSame = last !== undefined && last.tree === tree && last.meta === storedMeta(recording)
  const commit = isSame ? last.commit : await writeCheckpoint(own, tree, request.message, recording)
  if (isSame) noteCheckpoint(commit, tree, recording)
  const refs = new Map([...(request.refs ?? []), [request.ref, commit] as const])
  // A commit that another ref holds may get its own with the next checkpoint: a process less before a task starts.
  if (!(isSame && request.refLater)) await updateRefs(repository, refs)
  if (!isSame) await rememberCheckpoint(own, { commit, tree, meta: storedMeta(recording) })
  notes.push(...(await notesOnRecording(repository, recording)))
  const { ignored, unrecorded, submodules, startedAt } = recording
  const aside = ignored && [...new Set([...ignored, ...unrecorded.keys(), ...submodules])]
  return {
    ...{ kind: 'taken', commit, tree, ref: request.ref, root: repository.root, notes, fileTimeMs: startedAt },
    ...(aside && { aside: aside.filter(isText).map(pathText) }),
  }
}

async function updateRefs(repository: Repository, refs: ReadonlyMap<string, string>): Promise<void> {
  const input = [...refs].map(([ref, commit]) => `update ${ref}\0${commit}\0\0`).join('')
  const how = ['-c', 'core.logAllRefUpdates=false', 'update-ref', '--no-deref', '-z', '--stdin']
  await inRepository(repository)(how, { input: fromUtf8(input) })
}

/** The working tree as it is now, with nothing that refers to it. */
export async function recordNow(
  own: PrivateGit,
  { since, exclude = [], maxFileBytes = MAX_FILE_BYTES }: Pick<CheckpointRequest, 'since' | 'exclude' | 'maxFileBytes'>,
): Promise<Recording> {
  return recordTree(own, {
    ...(since === undefined ? {} : { since, ...treeOf(since) }),
    excluded: await insideRoot(own.repository, exclude),
    untrackedBelow: untrackedBelow(own),
    maxFileBytes,
  })
}

function treeOf(commit: string): { sinceTree?: string } {
  const tree = knownCheckpoint(commit)?.tree
  return tree === undefined ? {} : { sinceTree: tree }
}

async function insideRoot({ root }: Repository, paths: readonly string[]): Promise<ByteString[]> {
  const inside = (await Promise.all(paths.map(realPath))).map((path) => relative(root, path))
  return inside.filter((path) => path !== '' && !path.startsWith('..')).map(fromUtf8)
}

/** Also of what is not there yet: links among the folders above count anyway. */
async function realPath(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined)
  return found ?? (path === dirname(path) ? path : join(await realPath(dirname(path)), basename(path)))
}

/**
 * In a repository around the project whose user does not want to hear of untracked files (a home folder kept in git, say),
 * only those of the project's own folder are recorded.
 */
function untrackedBelow({ repository, config }: PrivateGit): ByteString {
  return repository.prefix !== '' && config.get('status.showuntrackedfiles') === 'no' ? repository.prefix : ''
}
