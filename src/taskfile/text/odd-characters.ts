/** A character that looks like another one, and is not read as it. */
export interface OddCharacter {
  at: number
  /** `“：” (U+FF1A, a full-width colon)` */
  name: string
  /** What to write in its place; empty for what should not be there at all. */
  plain: string
}

const blanks = '\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000'
const unseen = '\\u00ad\\u200b-\\u200d\\u2060\\ufeff'
const fullWidth = '\\uff01-\\uff5e'
const alike: Record<string, [plain: string, name: string]> = {
  '\ufe55': [':', 'a small colon'],
  '\u2236': [':', 'a ratio sign'],
  '\ua789': [':', 'a modifier colon'],
  '\u02d0': [':', 'a length mark'],
  '\u2217': ['*', 'an asterisk operator'],
  '\u204e': ['*', 'a low asterisk'],
  '\u2018': ["'", 'a typographic quote'],
  '\u2019': ["'", 'a typographic quote'],
  '\u201a': ["'", 'a typographic quote'],
  '\u201c': ['"', 'a typographic quote'],
  '\u201d': ['"', 'a typographic quote'],
  '\u201e': ['"', 'a typographic quote'],
  '\u2010': ['-', 'a typographic hyphen'],
  '\u2011': ['-', 'a non-breaking hyphen'],
  '\u2012': ['-', 'a figure dash'],
  '\u2013': ['-', 'an en dash'],
  '\u2014': ['-', 'an em dash'],
  '\u2212': ['-', 'a minus sign'],
  '\u2022': ['-', 'a bullet'],
  '\u2023': ['-', 'a bullet'],
  '\u25e6': ['-', 'a bullet'],
  '\u25aa': ['-', 'a bullet'],
  '\u00b7': ['-', 'a middle dot'],
  '\u3001': [',', 'an ideographic comma'],
  '\u3002': ['.', 'an ideographic full stop'],
  '\u0445': ['x', 'a Cyrillic letter'],
  '\u0425': ['X', 'a Cyrillic letter'],
  '\u00d7': ['x', 'a multiplication sign'],
}
const odd = new RegExp(`[${blanks}${unseen}${fullWidth}${Object.keys(alike).join('')}]`, 'g')
const any = new RegExp(odd.source)

const widths: Record<string, string> = {
  ':': 'colon',
  '#': 'number sign',
  '*': 'asterisk',
  '-': 'hyphen',
  '[': 'bracket',
  ']': 'bracket',
  '(': 'parenthesis',
  ')': 'parenthesis',
  ',': 'comma',
  '.': 'full stop',
  _: 'underscore',
}

/** Whether a text has any character that only looks like one that means something here. */
export function hasOddCharacters(text: string): boolean {
  return any.test(text)
}

/** The text as it was meant, with the plain characters in their places. */
export function straightened(text: string): string {
  return text.replace(odd, plainOf)
}

/** The first odd character of a text from an offset on. */
export function oddCharacterIn(text: string, from = 0): OddCharacter | undefined {
  const found = text.slice(from).match(any)
  return found ? oddCharacter(found[0], from + found.index!) : undefined
}

/** What to do about an odd character, as a sentence. */
export function oddAdvice({ name, plain }: OddCharacter): string {
  if (plain === '') return `Remove ${name}.`
  return `Write ${plain === ' ' ? 'a plain space' : plain} instead of ${name}.`
}

function oddCharacter(char: string, at: number): OddCharacter {
  const plain = plainOf(char)
  const code = `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  if (plain === '') return { at, plain, name: `an invisible character (${code})` }
  if (plain === ' ') return { at, plain, name: `a ${blankName(char)} (${code})` }
  const kind = alike[char]?.[1] ?? `a full-width ${widths[plain] ?? 'character'}`
  return { at, plain, name: `“${char}” (${code}, ${kind})` }
}

function blankName(char: string): string {
  return char === '\u00a0' || char === '\u202f' ? 'no-break space' : 'space of a different width'
}

function plainOf(char: string): string {
  const known = alike[char]
  if (known) return known[0]
  const code = char.charCodeAt(0)
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  return new RegExp(`[${blanks}]`).test(char) ? ' ' : ''
}
