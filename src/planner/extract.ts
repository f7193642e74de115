const FENCE = /^(`{3,}|~{3,})[ \t]*(?:markdown|md)?[ \t]*$/i
const HEADING = /^#{1,2} \S/

/**
 * The task file in an answer; empty when there is none. Although asked for the bare file, models like to say something
 * before it and to put a fence around it; what is inside the file, fences too, stays as it is.
 */
export function taskFileIn(answer: string): string {
  const lines = answer.replaceAll('\r\n', '\n').trim().split('\n')
  // Front matter is only one when nothing stands before it.
  const begins = (i: number) => HEADING.test(lines[i] ?? '') || (lines[i] === '---' && i === 0)
  const first = lines.findIndex(
    (line, i) => begins(i) || (FENCE.test(line) && /^(#{1,2} \S|---$)/.test(lines[i + 1] ?? '')),
  )
  if (first === -1) return ''
  const fence = FENCE.exec(lines[first] ?? '')?.[1]
  if (fence === undefined) return `${lines.slice(first).join('\n')}\n`
  const last = lines.findLastIndex((line) => line.trimEnd() === fence)
  return `${lines
    .slice(first + 1, last > first ? last : lines.length)
    .join('\n')
    .trim()}\n`
}
