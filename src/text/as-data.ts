import { randomBytes } from 'node:crypto'
import { showUnseen } from './unseen.ts'

/** A name that nobody who writes the text can know. */
export const newFenceName = (): string => randomBytes(12).toString('hex')

/**
 * Text of outsiders as data for a prompt: between two lines with a random name, so that nothing in it can look like its end, and
 * with everything in it that draws nothing made visible. `about` says what it is, in our words.
 */
export function asData(about: string, text: string, name = newFenceName()): string {
  const shown = showUnseen(text.toWellFormed().replaceAll('\r\n', '\n')).text
  return `----- begin ${name}: ${about} -----\n${shown}\n----- end ${name} -----`
}
