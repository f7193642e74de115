/** A place in one line that counts columns: tabs reach to the next multiple of four and may be used up in part. */
export interface Cursor {
  text: string
  at: number
  end: number
  /** Columns before `at`, from the beginning of the line. */
  column: number
  /** Columns of a tab before `at` that are still to be used. */
  owed: number
}

const SPACE = 32
const TAB = 9

/** Columns of blanks before the next character that is none. */
export function indentOf(cursor: Cursor): number {
  let columns = cursor.owed
  for (let at = cursor.at; at < cursor.end; at++) {
    const code = cursor.text.charCodeAt(at)
    if (code === SPACE) columns++
    else if (code === TAB) columns += 4 - ((cursor.column + columns - cursor.owed) % 4)
    else break
  }
  return columns
}

/** Moves over at most `columns` columns of blanks. */
export function skipColumns(cursor: Cursor, columns: number): void {
  let left = columns
  const owed = Math.min(left, cursor.owed)
  cursor.owed -= owed
  left -= owed
  while (left > 0 && cursor.at < cursor.end) {
    const code = cursor.text.charCodeAt(cursor.at)
    if (code !== SPACE && code !== TAB) return
    const width = code === TAB ? 4 - (cursor.column % 4) : 1
    cursor.at++
    cursor.column += width
    if (width > left) cursor.owed = width - left
    left -= width
  }
}

/** Moves over `characters` that are no blanks. */
export function skipCharacters(cursor: Cursor, characters: number): void {
  cursor.at += characters
  cursor.column += characters
}

/** The rest of the line from the next character that is not a blank. */
export function restOf(cursor: Cursor): string {
  let at = cursor.at
  while (at < cursor.end && (cursor.text.charCodeAt(at) === SPACE || cursor.text.charCodeAt(at) === TAB)) at++
  return cursor.text.slice(at, cursor.end)
}
