import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { shortened } from '../text/cut.ts'
import { HttpFailure } from './failure.ts'

/**
 * The name, seen from home and with links followed, of a task file that a request names. It must be a Markdown or JSON file
 * inside home: a program with the token may start what the user keeps there, and read nothing else through our messages.
 * Throws HttpFailure.
 */
export async function taskFileInHome(home: string, named: string): Promise<string> {
  const missing = () => new HttpFailure(404, 'no-such-file', `There is no task file ${shown(named)}.`)
  if (named.includes('\0')) throw missing()
  const base = await realpath(home)
  const lexical = resolve(base, named)
  if (!isInside(base, lexical)) throw outside(named)
  const real = await realpath(lexical).catch(() => undefined)
  if (real === undefined) throw missing()
  if (!isInside(base, real)) throw outside(named)
  const name = relative(base, real).split(sep).join('/')
  // What begins with a dot is state and secrets, and no place for tasks.
  if (name.split('/').some((part) => part.startsWith('.'))) throw outside(named)
  const isFile = (await stat(real).catch(() => undefined))?.isFile() === true
  if (!isFile || !/\.(md|markdown|json)$/i.test(name)) {
    throw new HttpFailure(400, 'no-task-file', `${shown(named)} is not a Markdown or JSON file.`)
  }
  return name
}

function isInside(base: string, path: string): boolean {
  const way = relative(base, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const outside = (named: string) =>
  new HttpFailure(400, 'outside-of-home', `${shown(named)} is not in Baton's home; task files must be there.`)

const shown = (name: string): string => JSON.stringify(shortened(name, 200))
