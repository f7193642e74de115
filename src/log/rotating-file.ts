import { closeSync, fstatSync, lstatSync, mkdirSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { openPrivateAppend, tighten } from '../files/private.ts'

export interface RotatingFile {
  /** Appends whole lines, at once: what was written before a crash is there after it. Never throws. */
  write(lines: string): void
  close(): void
}

/**
 * A file that is replaced by a new one when it is full: `baton.log` becomes `baton.1.log`, that `baton.2.log`, and the oldest goes.
 * A disk that is full or gone costs lines, not the program; the first line after it says how many.
 *
 * @param kept full files beside the current one
 * @throws when the file cannot be opened at all
 */
export function rotatingFile(
  path: string,
  { largestBytes, kept }: { largestBytes: number; kept: number },
): RotatingFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Others on the machine have no business in what people ask of Claude; and never in place of a pipe that nobody reads.
  const open = (): number => openPrivateAppend(path)
  let file: number | undefined = open()
  let bytes = fstatSync(file).size
  let lost = 0
  let broken = false

  const numbered = (number: number): string => (number === 0 ? path : path.replace(/(\.[^./]*)?$/, `.${number}$1`))

  const rotate = (): void => {
    close()
    for (let number = kept - 1; number >= 0; number--) {
      try {
        renameSync(numbered(number), numbered(number + 1))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
  }

  // Full ones of an older version were open to others.
  for (let number = 1; number <= kept; number++) {
    const stats = lstatSync(numbered(number), { throwIfNoEntry: false })
    if (stats) tighten(numbered(number), stats)
  }

  const append = (lines: string): void => {
    if (file === undefined) {
      file = open()
      bytes = fstatSync(file).size
    }
    const data = Buffer.from(lines)
    const written = writeSync(file, data)
    bytes += written
    if (written < data.length) throw new Error('written in part')
  }

  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
    bytes = 0
  }

  return {
    write(lines) {
      try {
        if (bytes > 0 && bytes + Buffer.byteLength(lines) > largestBytes) rotate()
        // A line that broke off in the middle must not swallow the next one.
        const note =
          lost > 0
            ? `${JSON.stringify({ level: 40, time: new Date().toISOString(), msg: `${lost} log entries could not be written` })}\n`
            : ''
        append((broken ? '\n' : '') + note + lines)
        lost = 0
        broken = false
      } catch {
        lost += 1
        broken = true
      }
    },
    close,
  }
}
