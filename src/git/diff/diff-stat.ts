import type { FileChange } from '../../core/types.ts'
import { plural } from '../../text/amounts.ts'
import { eachUnseen } from '../../text/unseen.ts'

interface Totals {
  files: number
  added: number
  deleted: number
}

function totalsOf(changes: readonly FileChange[]): Totals {
  const sum = (of: (change: FileChange) => number | undefined) =>
    changes.reduce((total, change) => total + (of(change) ?? 0), 0)
  return { files: changes.length, added: sum(({ added }) => added), deleted: sum(({ deleted }) => deleted) }
}

/** The changes as lines of plain text, the sum last: `M src/login.ts  +12 -3`. `maxFiles` cuts a long list, and says so. */
export function diffStat(changes: readonly FileChange[], maxFiles = 50): string {
  if (changes.length === 0) return 'No file changed.'
  const lines = changes.slice(0, maxFiles).map(line)
  if (changes.length > maxFiles) lines.push(`… and ${changes.length - maxFiles} more`)
  const { files, added, deleted } = totalsOf(changes)
  return [...lines, `${plural(files, 'file')}, +${added} -${deleted}`].join('\n')
}

function line({ change, path, from, added, deleted }: FileChange): string {
  const counts = added === undefined ? '' : `  +${added} -${deleted ?? 0}`
  return `${change} ${from === undefined ? oneLine(path) : `${oneLine(from)} → ${oneLine(path)}`}${counts}`
}

/** A file name may hold line breaks; a line of a list may not. */
function oneLine(path: string): string {
  const number = (char: string) => `\\u{${char.codePointAt(0)?.toString(16)}}`
  return eachUnseen(path, number).replaceAll('\n', number)
}
