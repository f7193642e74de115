import { fromPathText, pathsAsArguments, pathText, splitNul } from '../bytes.ts'
import { readBlobs } from '../read-object.ts'
import { inRepository, type Repository } from '../repository.ts'
import type { MergeNote } from './combine.ts'
import { conflictHunks, hunksText, type Sides } from './hunks.ts'

/** Larger files are named only. */
const MAX_BYTES = 4_000_000

/** What two sides of a merge do not agree on. */
export interface InConflict {
  /** A tree or commit that holds both, with git's markers. */
  marked: string
  files: readonly string[]
  /** What git said of the merge. */
  notes?: readonly MergeNote[]
}

/** The conflicts as people read them: both sides where it is text, and otherwise in words. */
export async function conflictText(
  repository: Repository,
  { marked, files, notes = [] }: InConflict,
  sides: Sides,
): Promise<string> {
  const run = inRepository(repository)
  const paths = files.map(fromPathText)
  const { stdout } = await run(['--literal-pathspecs', 'ls-tree', '-r', '-z', marked, ...pathsAsArguments(paths)])
  const wanted = new Set(paths)
  const oids = new Map<string, string>()
  for (const line of splitNul(stdout)) {
    const [, type, oid = '', path = ''] = /^\S+ (\S+) (\S+)\t(.*)$/s.exec(line) ?? []
    if (type === 'blob' && wanted.has(path)) oids.set(pathText(path), oid)
  }
  const contents = await readBlobs({ repository, run }, oids.values(), MAX_BYTES)
  return hunksText(
    files.map((path) => {
      const content = contents.get(oids.get(path) ?? '')
      const hunks = content === undefined ? undefined : conflictHunks(content, sides)
      return { path, hunks: hunks ?? wordsOf(path, notes, sides) }
    }),
  )
}

/** Where there are no lines to show: deleted here and changed there, renamed twice, no text. */
function wordsOf(path: string, notes: readonly MergeNote[], { ours, theirs }: Sides): string {
  const said = notes
    .filter(({ kind, paths }) => kind !== 'Auto-merging' && paths.includes(path))
    .map(({ text }) =>
      text
        .replace(/^(CONFLICT \([^)]*\)|warning): /, '')
        // Which version was left in a tree that nobody sees.
        .replace(/\. +Version .*$/s, '.')
        .replaceAll(ours.label, ours.name)
        .replaceAll(theirs.label, theirs.name)
        .replace(/\s+/g, ' ')
        .trim(),
    )
  return [...new Set(said)].join('\n') || 'Changed on both sides; there are no lines of text to show.'
}
