import type { FileChange } from '../core/types.ts'
import { type ByteString, pathText, splitNul } from './bytes.ts'
import { comparable } from './comparable.ts'
import { knownCheckpoint } from './meta.ts'
import { openPrivateGit } from './private-git.ts'
import { locate } from './repository.ts'

/** Two checkpoints (or any two commits) of the repository that `cwd` lies in. */
export interface Range {
  cwd: string
  from: string
  to: string
}

/** Opens the repository for a call that cannot do without one. */
export async function openAt(cwd: string) {
  const located = await locate(cwd)
  if ('reason' in located) throw new Error(located.reason)
  return openPrivateGit(located.repository)
}

/** Comparisons made lately: what two commits hold never changes, and a report asks for what a receipt asked before. */
const compared = new Map<string, FileChange[]>()
const COMPARED = 50

/**
 * The files that differ, with the lines added and deleted (neither for binary files, submodules and what is not recorded); paths relative to
 * the repository's top. Renames are recognised. Throws when there is no repository or a checkpoint is gone.
 */
export async function changes(range: Range): Promise<FileChange[]> {
  const key = `${range.from}..${range.to}`
  const found = compared.get(key) ?? (await compare(range))
  compared.set(key, found)
  for (const oldest of compared.keys()) {
    if (compared.size <= COMPARED) break
    compared.delete(oldest)
  }
  return structuredClone(found)
}

async function compare({ cwd, from, to }: Range): Promise<FileChange[]> {
  const [one, other] = [knownCheckpoint(from), knownCheckpoint(to)]
  if (one && other && one.tree === other.tree && one.unrecorded.size + other.unrecorded.size === 0) return []
  const own = await openAt(cwd)
  const sides = await comparable(own, from, to)
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--numstat',
    '-M',
    '-l2000',
    '--no-ext-diff',
    '--no-textconv',
    sides.from,
    sides.to,
  ]
  const fields = splitNul((await own.run(args)).stdout)
  const found = new Map<ByteString, FileChange>()
  for (let i = 0; i < fields.length; ) {
    const field = fields[i] ?? ''
    const isRaw = field.startsWith(':')
    if (isRaw) i += readRaw(fields, i, found)
    else i += readCounts(fields, i, found)
  }
  const leftOut = sides.leftOut.map((path): FileChange => ({ path: pathText(path), change: 'M' }))
  return [...found.values(), ...leftOut]
}

/** `:100644 100644 <oid> <oid> M`, path; for a rename `R100`, old path, new path. Returns the fields used up. */
function readRaw(fields: ByteString[], at: number, found: Map<ByteString, FileChange>): number {
  const change = fields[at]?.split(' ')[4]?.[0] as FileChange['change']
  const first = fields[at + 1] ?? ''
  if (change !== 'R') {
    found.set(first, { path: pathText(first), change })
    return 2
  }
  const path = fields[at + 2] ?? ''
  found.set(path, { path: pathText(path), change, from: pathText(first) })
  return 3
}

/** `added<TAB>deleted<TAB>path`; for a rename the path is empty and two fields follow. Dashes stand for binary. */
function readCounts(fields: ByteString[], at: number, found: Map<ByteString, FileChange>): number {
  const [added = '', deleted = '', ...rest] = fields[at]?.split('\t') ?? []
  const inline = rest.join('\t')
  const path = inline === '' ? (fields[at + 2] ?? '') : inline
  const change = found.get(path)
  if (change && added !== '-') Object.assign(change, { added: Number(added), deleted: Number(deleted) })
  return inline === '' ? 3 : 1
}
