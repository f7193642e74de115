import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { NotPlain, readPlain } from '../files/plain.ts'

/** Notes to plan from stand here, seen from home; those of one of several projects in a folder of its name. */
export const NOTES_FOLDER = 'daily'

const LARGEST_BYTES = 200_000

/** The note of a day, seen from home: `daily/2026-11-22.md`, also with words behind the date; undefined when there is none. */
export async function noteOf(home: string, day: string, project?: string): Promise<string | undefined> {
  const folders = project === undefined ? [NOTES_FOLDER] : [`${NOTES_FOLDER}/${project}`, NOTES_FOLDER]
  for (const folder of folders) {
    const names = await readdir(join(home, folder)).catch(() => [])
    const name = names.filter((one) => one.startsWith(day) && /\.(md|txt)$/i.test(one)).sort()[0]
    if (name !== undefined) return `${folder}/${name}`
  }
  return undefined
}

/** The text of a note; throws with words for people. */
export async function readNote(home: string, file: string): Promise<string> {
  const path = resolve(home, file)
  if (relative(home, path).startsWith('..')) throw new Error(`${file} is not in ${home}.`)
  const text = await readPlain(path, LARGEST_BYTES).then(String, (error: unknown) => {
    if (!(error instanceof NotPlain) || error.what !== 'large') throw new Error(`There is no note ${file}.`)
    const kB = Math.round(error.bytes / 1000)
    throw new Error(`${file} is too long to plan from (${kB} kB, at most ${LARGEST_BYTES / 1000}).`)
  })
  if (text.trim() === '') throw new Error(`${file} is empty.`)
  return text
}
