import { createRequire } from 'node:module'

/** What every terminal shows one column wide. */
export const ASCII = /^[\x20-\x7e]*$/

/** Loading the tables of wide characters takes half as long as starting Node: only where there are any. */
const require = createRequire(import.meta.url)
const widthOf = (text: string): number => (require('string-width') as typeof import('string-width')).default(text)

/** Columns that a text without escapes takes on a terminal, and in a font of fixed width. */
export const columnsOf = (text: string): number => (ASCII.test(text) ? text.length : widthOf(text))
