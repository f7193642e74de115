import type { FileChange } from '../../core/types.ts'
import { type ByteString, pathText, splitNul } from '../bytes.ts'
import { knownCheckpoint } from '../checkpoint/meta.ts'
import { openPrivateGit } from '../private-git.ts'
import { locate } from '../repository.ts'
import { comparable } from './comparable.ts'
import type { TreeChange } from './tree-diff.ts'

/** Two checkpoints (or any two commits) of the repository that `cwd` is in. */
export interface CheckpointRange {
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

/** Two commits compared: what people are shown, and what each side has at the paths that differ. */
interface Compared {
  files: FileChange[]
  entries: TreeChange[]
}

/** Comparisons made lately: what two commits hold never changes, and several ask for the same. */
const compared = new Map<string, Promise<Compared>>()
const COMPARED = 50

function comparedOnce(range: CheckpointRange): Promise<Compared> {
  const key = `${range.from}..${range.to}`
  const found = compared.get(key) ?? compare(range)
  compared.set(key, found)
  found.catch(() => compared.delete(key))
  for (const oldest of compared.keys()) {
    if (compared.size <= COMPARED) break
    compared.delete(oldest)
  }
  return found
}

/**
 * The files that differ, with the lines added and deleted (neither for binary files, submodules and what is not recorded); paths relative to
 * the repository's top. Renames are recognised. Throws when there is no repository or a checkpoint is gone.
 */
export async function changes(range: CheckpointRange): Promise<FileChange[]> {
  return structuredClone((await comparedOnce(range)).files)
}

/** The paths that differ with what either side has there, in the same comparison; a rename is two of them. */
export async function changesBetween(range: CheckpointRange): Promise<readonly TreeChange[]> {
  return (await comparedOnce(range)).entries
}

async function compare({ cwd, from, to }: CheckpointRange): Promise<Compared> {
  const [one, other] = [knownCheckpoint(from), knownCheckpoint(to)]
  if (one && other && one.tree === other.tree && one.unrecorded.size + other.unrecorded.size === 0)
    return { files: [], entries: [] }
  const own = await openAt(cwd)
  const sides = await comparable(own, from, to)
  const how = ['-r', '-z', '--raw', '--numstat', '-M', '-l2000', '--no-abbrev', '--no-ext-diff', '--no-textconv']
  const fields = splitNul((await own.run(['diff-tree', ...how, sides.from, sides.to])).stdout)
  const found = new Map<ByteString, FileChange>()
  const entries: TreeChange[] = []
  for (let i = 0; i < fields.length; ) {
    const field = fields[i] ?? ''
    const isRaw = field.startsWith(':')
    if (isRaw) i += readRaw(fields, i, found, entries)
    else i += readCounts(fields, i, found)
  }
  const leftOut = sides.leftOut.map((path): FileChange => ({ path: pathText(path), change: 'M' }))
  return { files: [...found.values(), ...leftOut], entries }
}

/** `:100644 100644 <oid> <oid> M`, path; for a rename `R100`, old path, new path. Returns the fields used up. */
function readRaw(fields: ByteString[], at: number, found: Map<ByteString, FileChange>, entries: TreeChange[]): number {
  const [modeBefore = '', modeAfter = '', oidBefore = '', oidAfter = '', letter = ''] =
    fields[at]?.slice(1).split(' ') ?? []
  const change = letter[0] as FileChange['change']
  const before = { mode: modeBefore, oid: oidBefore }
  const after = { mode: modeAfter, oid: oidAfter }
  const first = fields[at + 1] ?? ''
  if (change !== 'R') {
    found.set(first, { path: pathText(first), change })
    entries.push({ path: first, ...(change !== 'A' && { before }), ...(change !== 'D' && { after }) })
    return 2
  }
  const path = fields[at + 2] ?? ''
  found.set(path, { path: pathText(path), change, from: pathText(first) })
  entries.push({ path: first, before }, { path, after })
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
