import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { NotPlain } from './plain.ts'

/**
 * What Baton keeps for its user alone: folders 700 and files 600, whatever the umask. What people ask of Claude, and what
 * it answers, is no business of others on the machine.
 */

const FOLDER = 0o700
const FILE = 0o600

/** Makes a folder, with those above it, or gives it these rights when it is there. */
export function privateFolder(path: string): void {
  if (!makeFolder(path)) tighten(path, lstatSync(path))
}

/** One by one: under some umasks nothing could be made in a folder that has not yet got its rights. False: it was there. */
function makeFolder(path: string, hasParent = false): boolean {
  try {
    mkdirSync(path, { mode: FOLDER })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !hasParent) {
      makeFolder(dirname(path))
      return makeFolder(path, true)
    }
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false
    throw error
  }
  chmodSync(path, FOLDER)
  return true
}

/** Takes all rights of others from a file or folder; one of somebody else's is left as it is. */
export function tighten(path: string, stats: Stats): void {
  const wanted = stats.isDirectory() ? FOLDER : FILE
  if (!(stats.isDirectory() || stats.isFile()) || (stats.mode & 0o077) === 0) return
  try {
    chmodSync(path, (stats.mode & 0o7700) | wanted)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPERM' && code !== 'ENOENT' && code !== 'EROFS') throw error
  }
}

/**
 * Opens a file to be appended to, and makes it when there is none. Never waits, follows no link, and throws NotPlain when
 * it is anything but a plain file.
 */
export function openPrivateAppend(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, FILE)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new NotPlain('special', `${path} is not a plain file`)
    if ((stats.mode & 0o777) !== FILE && stats.uid === process.getuid?.()) fchmodSync(file, FILE)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/**
 * Writes a file as a whole: at any moment the old or the new one is there. Where a folder, a link, a pipe or a device
 * stands, nothing is written and NotPlain says so.
 */
export function writePrivate(path: string, content: string | Uint8Array): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) {
    const what = there.isDirectory() ? 'folder' : there.isSymbolicLink() ? 'link' : 'special'
    const words = what === 'special' ? 'not a plain file' : `a ${what}`
    throw new NotPlain(what, `${path} is ${words}; nothing is written there. Move it away.`)
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}`)
  const file = openSync(temporary, 'wx', FILE)
  try {
    fchmodSync(file, FILE)
    writeFileSync(file, content)
    fsyncSync(file)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

/** Makes an empty file that is the user's alone when there is none, for whoever opens it by its name and asks for no rights. */
export function privateFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  // Not opened when it is there: closing it would take away SQLite's locks on it, which belong to the process.
  if (there) {
    tighten(path, there)
    return
  }
  try {
    closeSync(openSync(path, 'wx', FILE))
    chmodSync(path, FILE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
