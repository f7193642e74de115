/** A line of a file, without the blanks around it, and its 1-based number. */
export interface ChangedLine {
  text: string
  line: number
}

/** The lines that came and those that went; a line that only moved is neither. */
export function lineDiff(before: string, after: string): { added: ChangedLine[]; removed: ChangedLine[] } {
  return { added: beyond(after, before), removed: beyond(before, after) }
}

/** Of the lines of `text` those that `other` does not have, or has less often. */
function beyond(text: string, other: string): ChangedLine[] {
  const left = new Map<string, number>()
  for (const line of other.split('\n')) left.set(line.trim(), (left.get(line.trim()) ?? 0) + 1)
  const found: ChangedLine[] = []
  for (const [i, whole] of text.split('\n').entries()) {
    const line = whole.trim()
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    else if (line !== '') found.push({ text: line, line: i + 1 })
  }
  return found
}

/** What changed as the lines of a diff, at most `max` of each side. */
export function changeText(before: string, after: string, max = 20): string {
  const { added, removed } = lineDiff(before, after)
  return [...cutTo(removed, max, '-'), ...cutTo(added, max, '+')].join('\n')
}

function cutTo(lines: ChangedLine[], max: number, sign: string): string[] {
  const shown = lines.slice(0, max).map(({ text }) => `${sign} ${text.slice(0, 300)}`)
  return lines.length > max ? [...shown, `${sign} … and ${lines.length - max} more lines`] : shown
}
