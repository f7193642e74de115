import { createRequire } from 'node:module'

/** Letters of Latin, Greek and Cyrillic, punctuation, plain arrows, lines of boxes and our own ✓ and ✗: one column each. */
export const NARROW =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u0391-\u03a1\u03b1-\u03c9\u0400-\u0482\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2500-\u257f\u2713\u2717]*$/

/** Loading the tables of wide characters takes half as long as starting Node: only where there are any. */
const load = createRequire(import.meta.url)
const widthOf = (text: string): number => (load('string-width') as typeof import('string-width')).default(text)

/** Columns that a text without escapes takes on a terminal, and in a font of fixed width. */
export const columnsOf = (text: string): number => (NARROW.test(text) ? text.length : widthOf(text))
