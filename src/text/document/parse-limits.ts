/**
 * The parser of Markdown needs time that grows with the square of some texts, and nests as deep as the text does. Nobody writes
 * those; what is beyond these limits is shown as it was written.
 */
const MAX_UNITS = 24_000
/** Of quotes and lists on one line. */
const MAX_CONTAINERS = 12
/** Columns before a sign of a list, which nest it. */
const MAX_INDENT = 48
/** Signs that may begin or end something, up to the next blank line. */
const MAX_SIGNS = 2_000
/** Footnotes and links by name are looked for in all of them. */
const MAX_BRACKETS = 1_500

export function isSafeToParse(text: string): boolean {
  if (text.length > MAX_UNITS) return false
  let signs = 0
  let brackets = 0
  for (const line of text.split('\n')) {
    if (line.trim() === '') signs = 0
    for (let i = 0; i < line.length; i++) {
      const unit = line.charCodeAt(i)
      if (unit === 0x5b) brackets++
      if (isSign(unit)) signs++
    }
    if (signs > MAX_SIGNS || brackets > MAX_BRACKETS || nestsTooDeep(line)) return false
  }
  return true
}

/** `*`, `_`, `~`, `[`, `]`, `!`, `<`, a backtick, `|`. */
const SIGNS = new Set(Array.from('*_~[]!<`|', (sign) => sign.charCodeAt(0)))
const isSign = (unit: number): boolean => SIGNS.has(unit)

function nestsTooDeep(line: string): boolean {
  let containers = 0
  let i = 0
  for (; i < line.length; i++) {
    const char = line[i] as string
    if (char === ' ') continue
    if (!'>-+*'.includes(char)) break
    containers++
    if (containers > MAX_CONTAINERS) return !/^[ ]*([-*_])(?:[ ]*\1)*[ ]*$/.test(line)
  }
  return containers > 0 && line.search(/[^ ]/) > MAX_INDENT
}
