import { type ByteString, pathsAsArguments, splitNul } from '../bytes.ts'
import type { PrivateGit } from '../private-git.ts'

/** What a tree has at a path. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (link) or `160000` (submodule). */
  mode: string
  oid: string
}

/** One path on which two trees differ. */
export interface TreeChange {
  path: ByteString
  before?: TreeEntry
  after?: TreeEntry
}

/** Every path on which the trees (or commits) differ; renames are a path that goes and one that comes. */
export async function treeDiff(own: Pick<PrivateGit, 'run'>, from: string, to: string): Promise<TreeChange[]> {
  const { stdout } = await own.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', from, to])
  const fields = splitNul(stdout)
  const changes: TreeChange[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [line, path] = fields.slice(i, i + 2) as [string, ByteString]
    const [modeBefore = '', modeAfter = '', before = '', after = ''] = line.slice(1).split(' ')
    changes.push({
      path,
      ...(modeBefore === NOTHING ? {} : { before: { mode: modeBefore, oid: before } }),
      ...(modeAfter === NOTHING ? {} : { after: { mode: modeAfter, oid: after } }),
    })
  }
  return changes
}

/** The files of a tree (or commit), as far as they are wanted. */
export async function treeFiles(
  own: PrivateGit,
  tree: string,
  isWanted: (path: ByteString) => boolean,
  only: readonly ByteString[] = [],
): Promise<Map<ByteString, TreeEntry>> {
  const { stdout } = await own.run([
    '--literal-pathspecs',
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    tree,
    ...pathsAsArguments(only),
  ])
  const files = new Map<ByteString, TreeEntry>()
  for (const line of splitNul(stdout)) {
    const path = line.slice(line.indexOf('\t') + 1)
    if (!isWanted(path)) continue
    const [mode = '', , oid = ''] = line.slice(0, line.indexOf('\t')).split(' ')
    files.set(path, { mode, oid })
  }
  return files
}

/** The files of a tree (or commit) at these paths. */
export function treeFilesAt(
  own: PrivateGit,
  tree: string,
  paths: ReadonlySet<ByteString>,
): Promise<Map<ByteString, TreeEntry>> {
  return treeFiles(own, tree, (path) => paths.has(path), [...paths])
}

/** A file of that name in any folder. */
export function isCalled(name: string): (path: ByteString) => boolean {
  return (path) => path === name || path.endsWith(`/${name}`)
}

const NOTHING = '000000'

export function sameEntry(one?: TreeEntry, other?: TreeEntry): boolean {
  return one?.mode === other?.mode && one?.oid === other?.oid
}

export function isSubmodule(entry?: TreeEntry): boolean {
  return entry?.mode === '160000'
}
