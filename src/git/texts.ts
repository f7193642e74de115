import type { FileChange } from '../core/types.ts'
import { type ByteString, fromPathText, toBuffer } from './bytes.ts'
import { openAt, type Range } from './changes.ts'
import type { PrivateGit } from './private-git.ts'
import { isSubmodule, type TreeEntry, treeDiff, treeFiles } from './tree-diff.ts'

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
  { cwd, from, to }: Range,
  files: readonly FileChange[],
): Promise<{ changes: TextChange[]; isWhole: boolean }> {
  const own = await openAt(cwd)
  const entries = new Map((await treeDiff(own, from, to)).map((change) => [change.path, change]))
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
  const different = [...new Set(oids)]
  if (different.length === 0) return { texts, isWhole: true }
  const sizes = await own.run(['cat-file', '--batch-check'], { input: `${different.join('\n')}\n` })
  const small = sizes.stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, type, size]) => type === 'blob' && Number(size) <= MAX_BYTES)
    .map(([oid = '']) => oid)
  if (small.length === 0) return { texts, isWhole: false }
  const { stdout } = await own.run(['cat-file', '--batch'], { input: `${small.join('\n')}\n` })
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at)
    const [oid = '', , size] = stdout.slice(at, end).split(' ')
    const content = stdout.slice(end + 1, end + 1 + Number(size))
    // A NUL makes it binary, as git sees it.
    if (!content.slice(0, 8_000).includes('\0'))
      texts.set(oid, toBuffer(content).toString('utf8').replaceAll('\r\n', '\n'))
    at = end + 2 + Number(size)
  }
  return { texts, isWhole: small.length === different.length }
}
