/** A line of a diff. `old` and `now`: its number on either side, where it is there. */
export interface DiffLine {
  sign: '+' | '-' | ' '
  old?: number
  now?: number
  text: string
}

/** One file of a diff as GitHub shows it. */
export interface FileDiff {
  path: string
  /** Where it was before, when it was moved. */
  from?: string
  hunks: DiffLine[][]
}

/** Reads a patch as git writes it (`git diff-tree -p -M`); files without lines to show, binary ones, have no hunk. */
export function readPatch(patch: string): FileDiff[] {
  const files: FileDiff[] = []
  const lines = patch.split('\n')
  let file: FileDiff | undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    if (line.startsWith('diff --git ')) {
      file = { path: '', hunks: [] }
      files.push(file)
      continue
    }
    if (!file) continue
    const hunk = HUNK.exec(line)
    if (hunk) {
      const [, old = '', oldCount = '1', now = '', nowCount = '1'] = hunk
      const read = readHunk(lines, at + 1, { old: Number(old), now: Number(now) }, [Number(oldCount), Number(nowCount)])
      file.hunks.push(read.lines)
      at = read.end - 1
      continue
    }
    const [, key, name = ''] = /^(--- |\+\+\+ |rename from |rename to )(.*)$/.exec(line) ?? []
    const path = name === '/dev/null' ? undefined : unquoted(name.replace(/\t$/, ''))
    if (path === undefined) continue
    // A file that was removed has only the one name.
    if (key === '--- ') file.path ||= path.replace(/^a\//, '')
    if (key === '+++ ') file.path = path.replace(/^b\//, '')
    if (key === 'rename from ') file.from = path
    if (key === 'rename to ') file.path = path
  }
  return files.filter(({ path }) => path !== '')
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** By its counts: what a line says must not be taken for a header. */
function readHunk(
  lines: readonly string[],
  from: number,
  first: { old: number; now: number },
  [oldLeft, nowLeft]: [number, number],
): { lines: DiffLine[]; end: number } {
  const read: DiffLine[] = []
  let { old, now } = first
  let end = from
  for (; end < lines.length && (oldLeft > 0 || nowLeft > 0); end++) {
    const line = lines[end] as string
    const text = line.slice(1).replace(/\r$/, '')
    if (line.startsWith('+')) {
      read.push({ sign: '+', now: now++, text })
      nowLeft--
    } else if (line.startsWith('-')) {
      read.push({ sign: '-', old: old++, text })
      oldLeft--
    } else if (line.startsWith(' ')) {
      read.push({ sign: ' ', old: old++, now: now++, text })
      oldLeft--
      nowLeft--
    } else if (!line.startsWith('\\')) break
  }
  return { lines: read, end }
}

/** Git writes odd names as a C string, their bytes in octal. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name
  const bytes: number[] = []
  for (const [, octal, char, other] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (char !== undefined) bytes.push(...Buffer.from(ESCAPES[char] ?? char))
    else bytes.push(...Buffer.from(other ?? ''))
  }
  return Buffer.from(bytes).toString('utf8')
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }
