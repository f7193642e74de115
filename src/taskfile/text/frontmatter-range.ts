import { type Lines, lineText } from './lines.ts'

const fence = /^---[ \t]*$/

/** Number of lines of the front matter, both fences included; 0 where the file has none. */
export function frontMatterEnd(lines: Lines): number {
  if (lines.count === 0 || !fence.test(lineText(lines, 0))) return 0
  for (let line = 1; line < lines.count; line++) if (fence.test(lineText(lines, line))) return line + 1
  return 0
}
