/**
 * Paths and contents come from git as bytes. Inside this room they travel as byte strings, one character per byte, so
 * that a file name which is not UTF-8 survives; people and JSON see them as text.
 */

/** A string with one character (U+0000 to U+00FF) per byte. */
export type ByteString = string

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** For file system calls. */
export function toBuffer(bytes: ByteString): Buffer {
  return Buffer.from(bytes, 'latin1')
}

export function fromUtf8(text: string): ByteString {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/**
 * A path as people and JSON see it: UTF-8 as it is; anything else in git's quoted form `"caf\351.txt"`. A name that
 * begins with a quote is quoted too, so that `fromPathText` finds the way back from either.
 */
export function pathText(path: ByteString): string {
  try {
    const text = decoder.decode(toBuffer(path))
    if (!text.startsWith('"')) return text
  } catch {
    // Not UTF-8: quoted below.
  }
  const quoted = path.replace(/["\\]|[^\x20-\x7e]/g, (char) =>
    char === '"' || char === '\\' ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${quoted}"`
}

/** `pathText` is the path itself. */
export function isText(path: ByteString): boolean {
  return fromUtf8(pathText(path)) === path
}

/** The way back from `pathText`. */
export function fromPathText(text: string): ByteString {
  if (!/^".*"$/s.test(text) || text.length < 2) return fromUtf8(text)
  return text
    .slice(1, -1)
    .replace(/\\([0-7]{3}|["\\])/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : code,
    )
}

/** The parts of a `-z` output. */
export function splitNul(output: ByteString): ByteString[] {
  const parts = output.split('\0')
  parts.pop()
  return parts
}

/** The input of a `-z --stdin` command. */
export function joinNul(parts: Iterable<ByteString>): ByteString {
  let joined = ''
  for (const part of parts) joined += `${part}\0`
  return joined
}

/** The folders above a path, outermost first: `a/b/c` → `a`, `a/b`. */
export function foldersAbove(path: ByteString): ByteString[] {
  const folders: ByteString[] = []
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
    folders.push(path.slice(0, slash))
  return folders
}

/** More of them are looked for among all. */
const MOST_ARGUMENTS = 200

/**
 * Arguments that limit a list to these paths, to be read literally; none where they are too many, or where one is not text: the
 * list then holds everything, and more than was asked for.
 */
export function pathsAsArguments(paths: readonly ByteString[]): string[] {
  const isLimited = paths.length > 0 && paths.length <= MOST_ARGUMENTS && paths.every(isText)
  return isLimited ? ['--', ...paths.map(pathText)] : []
}
