import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'

/**
 * Why a program could not be started. The system has one word for many causes: ENOENT also where the working folder or the
 * interpreter of a script is missing, and EACCES for a program that is nowhere, when one folder of PATH may not be searched.
 */
export interface NotStarted {
  how: 'missing' | 'closed-folder' | 'not-executable' | 'no-interpreter' | 'working-folder'
  /** What is the case, without a full stop. */
  text: string
  /** What helps, unless it is to install the program. */
  todo?: string
}

/** What is at a path that somebody would start. `closed`: a folder on the way there may not be searched. */
export type PathKind = 'program' | 'plain-file' | 'folder' | 'closed' | 'nothing'

export interface StartPlace {
  /** Of the environment that the program is given. */
  path: string | undefined
  cwd: string
}

/** What systems search where there is no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin'

/** Looks for the cause after a start has failed. Undefined: as far as can be seen, it could be started. */
export function whyNotStarted(
  program: string,
  { path, cwd }: StartPlace,
  standing: (path: string) => PathKind = pathKindAt,
): NotStarted | undefined {
  const closedFolder = (at: string): string =>
    standing(dirname(at)) === 'closed' ? closedFolder(dirname(at)) : dirname(at)
  const here = standing(cwd)
  if (here === 'nothing') return { how: 'working-folder', text: `the folder ${cwd} does not exist` }
  if (here === 'plain-file') return { how: 'working-folder', text: `${cwd} is not a folder` }
  if (here === 'closed' || standing(join(cwd, 'any')) === 'closed') {
    return { how: 'working-folder', text: `the folder ${cwd} cannot be entered: no permission` }
  }
  const isPath = program.includes('/')
  const found = placesFor(program, { path, cwd }).map((at) => ({ at, is: standing(at) }))

  const startable = found.find(({ is }) => is === 'program')
  if (startable) {
    const interpreter = interpreterOf(startable.at)
    if (interpreter === undefined || standing(interpreter) === 'program') return undefined
    const text = `${startable.at} is there, but ${interpreter}, named in its first line, ${
      standing(interpreter) === 'nothing' ? 'was not found' : 'cannot be run'
    }`
    return { how: 'no-interpreter', text, todo: `Install ${interpreter}, or correct the first line.` }
  }
  const unfit = found.find(({ is }) => is === 'plain-file' || is === 'folder')
  if (unfit?.is === 'folder') {
    return { how: 'not-executable', text: `${unfit.at} is a folder`, todo: 'Name the program in it.' }
  }
  if (unfit) {
    return {
      how: 'not-executable',
      text: `${unfit.at} is not executable`,
      todo: `Make it executable: chmod +x ${unfit.at}`,
    }
  }
  const closed = found.find(({ is }) => is === 'closed')
  if (closed) {
    const folder = closedFolder(closed.at)
    const whose = isPath ? folder : `${folder}${folder === dirname(closed.at) ? ' of PATH' : ''}`
    const text = `${program} was not found; the folder ${whose} cannot be searched (no permission), so it may be there`
    return { how: 'closed-folder', text, todo: `If it is in ${folder}, get permission to search that folder.` }
  }
  return {
    how: 'missing',
    text: isPath ? `${program} was not found` : `${program} was not found in any folder of PATH`,
  }
}

/** Where the program stands that a start would take; undefined: there is none. */
export function placeOf(program: string, place: StartPlace): string | undefined {
  return placesFor(program, place).find((at) => pathKindAt(at) === 'program')
}

function placesFor(program: string, { path, cwd }: StartPlace): string[] {
  if (program.includes('/')) return [resolve(cwd, program)]
  return (path ?? USUAL_PATH).split(delimiter).map((folder) => resolve(cwd, folder, program))
}

/** True for what the system says when a program was not started; an exit code, or a limit that it hit, is none. */
export function isStartError(code: unknown): boolean {
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)
}

/** What is at a path. */
export function pathKindAt(path: string): PathKind {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return 'folder'
    if (!found.isFile()) return 'plain-file'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'closed' : 'nothing'
  }
  try {
    accessSync(path, constants.X_OK)
    return 'program'
  } catch {
    return 'plain-file'
  }
}

/** What the kernel reads of a first line. */
const FIRST_LINE_BYTES = 256

/** The program in the first line of a script; undefined for what is none, or may be run without being readable. */
function interpreterOf(path: string): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const buffer = Buffer.alloc(FIRST_LINE_BYTES)
    const bytes = readSync(file, buffer, 0, FIRST_LINE_BYTES, 0)
    const named = /^#![ \t]*([^\s\0]+)/.exec(buffer.toString('utf8', 0, bytes))?.[1]
    return named !== undefined && isAbsolute(named) ? named : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
