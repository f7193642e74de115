import { randomBytes, randomUUID } from 'node:crypto'

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A short random id, 80 bits, without letters that look alike. */
export function newId(): string {
  return [...randomBytes(16)].map((byte) => LETTERS[byte % LETTERS.length]).join('')
}

/** In the order of their codes, so that what is written with them sorts as text. */
const DIGITS = [...LETTERS].sort()

/** Id of a run, which is also the name of its log folder: shows the second, and sorts by the millisecond. */
export function newRunId(ms: number): string {
  const date = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
  // Two digits of 32 hold the thousand milliseconds of a second.
  const part = date.getMilliseconds()
  const order = `${DIGITS[part >> 5]}${DIGITS[part & 31]}`
  return `${day}-${time}-${order}${newId().slice(0, 4)}`
}

/** What names a log folder that Baton made: the id of a run. */
export const RUN_FOLDER = /^\d{4}-\d\d-\d\d-\d{6}-\w+$/

export { randomUUID as newUuid }
