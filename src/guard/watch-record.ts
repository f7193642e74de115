import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPlainSync } from '../files/plain.ts'
import { type Changed, type Kept, watchFiles } from '../protect/watch-files.ts'
import { sha256 } from '../text/sha256.ts'

/** What Baton's own files were when a process of an agent began: it outlives a Baton that the agent, or anybody, killed. */
export interface WatchRecord {
  /** In words: `task 3 (Add tests)`. */
  during: string
  /** Digests of contents by absolute path; null where there was no file. */
  files: Record<string, { digest: string; mode: number } | null>
  /** Baton itself was writing into these, so that nothing can be said of them. */
  ours?: string[]
  /** Of the files those in the task's worktree: which are never changed, and what the others land in. */
  inLane?: { fixed: string[]; landsAs: Record<string, string> }
}

const folderIn = (stateDir: string): string => join(stateDir, 'before')
const blobIn = (stateDir: string, name: string): string => join(folderIn(stateDir), `${name}.blob`)

/** Of contents that are stored again and again. */
const digests = new WeakMap<Kept, string>()

function digestOf(kept: Kept): string {
  const digest = digests.get(kept) ?? sha256(kept.bytes)
  digests.set(kept, digest)
  return digest
}

/** Stores each content once. */
export function writeRecord(
  stateDir: string,
  id: string,
  about: Omit<WatchRecord, 'files'>,
  files: ReadonlyMap<string, Kept | undefined>,
): void {
  mkdirSync(folderIn(stateDir), { recursive: true, mode: 0o700 })
  const record: WatchRecord = { ...about, files: {} }
  for (const [path, kept] of files) {
    const name = kept && digestOf(kept)
    record.files[path] = kept && name !== undefined ? { digest: name, mode: kept.mode } : null
    if (kept && name !== undefined && !existsSync(blobIn(stateDir, name))) write(blobIn(stateDir, name), kept.bytes)
  }
  write(join(folderIn(stateDir), `${id}.json`), JSON.stringify(record))
}

function write(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The process has ended, and what became of the files is known. */
export function removeRecord(stateDir: string, id: string): void {
  rmSync(join(folderIn(stateDir), `${id}.json`), { force: true })
}

/** Those of processes whose end nobody saw. */
export function leftRecords(stateDir: string): (WatchRecord & { id: string })[] {
  return namesIn(stateDir, '.json').flatMap((name) => {
    try {
      const record = JSON.parse(readPlainSync(join(folderIn(stateDir), name)).toString('utf8')) as WatchRecord
      return [{ ...record, id: name.slice(0, -'.json'.length) }]
    } catch {
      return []
    }
  })
}

/** A content as it was; undefined where there was no file. */
function contentOf(stateDir: string, { files }: WatchRecord, path: string): Kept | undefined {
  const known = files[path]
  return known ? { bytes: readPlainSync(blobIn(stateDir, known.digest)), mode: known.mode } : undefined
}

/** Contents go when nothing is open; they are written again at need. */
export function tidyRecords(stateDir: string): void {
  if (namesIn(stateDir, '.json').length > 0) return
  for (const name of namesIn(stateDir, '')) rmSync(join(folderIn(stateDir), name), { force: true })
}

function namesIn(stateDir: string, end: string): string[] {
  try {
    return readdirSync(folderIn(stateDir)).filter((name) => name.endsWith(end))
  } catch {
    return []
  }
}

/** What is not as it was written down. */
export function changedSince(stateDir: string, record: WatchRecord): Changed[] {
  const now = watchFiles()
  const paths = Object.keys(record.files).filter((path) => !record.ours?.includes(path))
  now.remember(paths)
  return [...now.remembered()].flatMap(([path, after]) => {
    const known = record.files[path]
    if (
      (known === null && !after) ||
      (known && after && known.digest === sha256(after.bytes) && known.mode === after.mode)
    )
      return []
    return [{ path, before: contentOf(stateDir, record, path), after }]
  })
}
