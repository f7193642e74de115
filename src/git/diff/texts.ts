import type { FileChange } from '../../core/types.ts'
import { type ByteString, fromPathText, toBuffer } from '../bytes.ts'
import type { PrivateGit } from '../private-git.ts'
import { readBlobs } from '../read-object.ts'
import { type CheckpointRange, changesBetween, openAt } from './changes.ts'
import { isSubmodule, type TreeEntry, treeFiles } from './tree-diff.ts'

/** A file as it was and as it is, as text; absent where it was not, or is not any more. */
export interface TextChange {
  path: string
  from?: string
  before?: string
  after?: string
}

/** Beyond these nobody wrote it by hand. */
const MAX_FILES = 2_000
const MAX_BYTES = 256 * 1024

/**
 * The texts of changed files on both sides of a range. Of more than 2,000 files the rest is left out, and a file that is
 * larger than 256 KB or binary counts as empty; `isWhole` is false then. Throws when there is no repository.
 */
export async function textChanges(
  { cwd, from, to }: CheckpointRange,
  files: readonly FileChange[],
): Promise<{ changes: TextChange[]; isWhole: boolean }> {
  const own = await openAt(cwd)
  const entries = new Map((await changesBetween({ cwd, from, to })).map((change) => [change.path, change]))
  const wanted = files.slice(0, MAX_FILES).map((file) => {
    const now = entries.get(fromPathText(file.path))
    const old = file.from === undefined ? now : entries.get(fromPathText(file.from))
    return { file, before: plain(old?.before), after: plain(now?.after) }
  })
  const oids = wanted.flatMap(({ before, after }) => [before, after].filter((oid) => oid !== undefined))
  const { texts, isWhole } = await textsOf(own, oids)
  const changes = wanted.map(({ file, before, after }): TextChange => {
    const { path } = file
    return {
      path,
      ...(file.from !== undefined && { from: file.from }),
      ...(before !== undefined && { before: texts.get(before) ?? '' }),
      ...(after !== undefined && { after: texts.get(after) ?? '' }),
    }
  })
  return { changes, isWhole: isWhole && files.length <= MAX_FILES }
}

/** Files of a commit by their names in any folder: `package.json`, `Makefile`. */
export async function textsCalled(
  { cwd, commit }: { cwd: string; commit: string },
  isWanted: (path: string) => boolean,
): Promise<Map<string, string>> {
  const own = await openAt(cwd)
  const text = (path: ByteString) => toBuffer(path).toString('utf8')
  const files = [...(await treeFiles(own, commit, (path) => isWanted(text(path))))].slice(0, MAX_FILES)
  const { texts } = await textsOf(
    own,
    files.map(([, { oid }]) => oid),
  )
  return new Map(files.map(([path, { oid }]) => [text(path), texts.get(oid) ?? '']))
}

const plain = (entry?: TreeEntry) => (entry === undefined || isSubmodule(entry) ? undefined : entry.oid)

async function textsOf(own: PrivateGit, oids: string[]): Promise<{ texts: Map<string, string>; isWhole: boolean }> {
  const texts = new Map<string, string>()
  const blobs = await readBlobs(own, oids, MAX_BYTES)
  for (const [oid, content] of blobs) {
    // A NUL makes it binary, as git sees it.
    if (!content.slice(0, 8_000).includes('\0'))
      texts.set(oid, toBuffer(content).toString('utf8').replaceAll('\r\n', '\n'))
  }
  return { texts, isWhole: new Set(oids).size === blobs.size }
}
