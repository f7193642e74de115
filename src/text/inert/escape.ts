import { SPLIT } from './defuse.ts'

/** Signs that mean something to Markdown anywhere in a line. */
const SIGNS = /[\\`*_[\]<>&~|$]/g

/** What begins a heading, a list, a quote's second line or a rule at the start of a line; blanks there would begin a block of code. */
const LINE_START = /^(?:[#+=:-]|\d{1,9}(?=[.)]))/

/**
 * Words on one line as Markdown that shows them as they were written and makes nothing of them; `isStart`: they begin the line.
 * Names and commands in them are what `defuse` is for, once the line is whole.
 */
export function escapeInMarkdown(words: string, { isStart }: { isStart: boolean }): string {
  const safe = words
    .replace(SIGNS, (sign) => (sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`))
    // What only looks like an address would swallow the backslashes behind it.
    .replace(/www(?=\.)|(?:https?|ftp):(?=\/\/)/gi, (start) => `${start}${SPLIT}`)
  if (!isStart) return safe
  return safe
    .replace(LINE_START, (sign) => (/^\d/.test(sign) ? sign : `\\${sign}`))
    .replace(/^(\d{1,9})([.)])/, '$1\\$2')
}
