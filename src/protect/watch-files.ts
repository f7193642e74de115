import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { readPlainSync } from '../files/plain.ts'
import type { TakeBack } from '../files/stash.ts'

/** A file as it was; `undefined` where there was none. */
export interface Kept {
  bytes: Buffer
  mode: number
}

/** A file that is not as it was. */
export interface Changed {
  path: string
  before: Kept | undefined
  after: Kept | undefined
  /** When its inode was last touched, epoch ms; absent where it is gone. */
  at?: number
}

interface Seen {
  signature: string
  kept: Kept
}

/** Larger than any file of ours; one that has become larger is recognised by its size alone. */
const LARGEST_BYTES = 16 * 1024 * 1024

/** Remembers files and finds what has become of them. What did not change is not read again. */
export interface FileWatch {
  /** Remembers these as they are now, those that are not there as well. */
  remember: (paths: readonly string[]) => void
  /**
   * What has changed since, of those remembered and of `paths`, which are new where they were not. What a new link leads
   * to is not a file of ours: it may be anything.
   */
  changed: (paths?: readonly string[]) => Changed[]
  /** What is remembered. */
  remembered: () => Map<string, Kept | undefined>
}

/** Files that were read, by path: shared by all watches of a process, so that the program is read once. */
export type SeenFiles = Map<string, Seen>

/**
 * Makes a watch that remembers nothing yet.
 *
 * @param putAway takes contents that are too many to be held in memory
 */
export function watchFiles(cache: SeenFiles = new Map(), putAway?: (bytes: Buffer) => TakeBack): FileWatch {
  const before = new Map<string, Seen | undefined>()
  return {
    remember(paths) {
      const lend = putAway && oneRoom()
      for (const path of paths) before.set(path, look(path, cache, putAway, lend))
    },
    remembered: () => new Map([...before].map(([path, seen]) => [path, seen?.kept])),
    changed(paths = []) {
      return [...new Set([...before.keys(), ...paths])].flatMap((path) => {
        const [was, is] = [before.get(path), look(path, cache, putAway)]
        if (was?.signature === is?.signature) return []
        const same = was && is && was.kept.mode === is.kept.mode && was.kept.bytes.equals(is.kept.bytes)
        const at = lstatSync(path, { throwIfNoEntry: false })?.ctimeMs
        return same ? [] : [{ path, before: was?.kept, after: is?.kept, ...(at !== undefined && { at }) }]
      })
    },
  }
}

/** What is read and put away file by file, a whole program of some 20 MB, would lie around until it is collected. */
function oneRoom(): (bytes: number) => Buffer {
  let room = Buffer.allocUnsafeSlow(64 * 1024)
  return (bytes) => {
    if (room.length < bytes) room = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * room.length))
    return room
  }
}

function look(
  path: string,
  cache: SeenFiles,
  putAway?: (bytes: Buffer) => TakeBack,
  lend?: (bytes: number) => Buffer,
): Seen | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return undefined
  const signature = `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.mode}`
  const known = cache.get(path)
  if (known?.signature === signature) return known
  const bytes = contentOf(path, stats, lend)
  const seen = { signature, kept: putAway ? keptElsewhere(putAway(bytes), stats) : { bytes, mode: stats.mode } }
  cache.set(path, seen)
  return seen
}

const keptElsewhere = (take: TakeBack, { mode }: Stats): Kept => ({
  get bytes() {
    return take()
  },
  mode,
})

/** The bytes of a plain file; undefined where there is none. Never waits, never reads without end. */
export function contentAt(path: string): Buffer | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() ? contentOf(path, stats) : undefined
}

/** For anything but a plain file, words that distinguish one from another: nothing that is not a file is ever opened. */
function contentOf(path: string, stats: Stats, lend?: (bytes: number) => Buffer): Buffer {
  try {
    if (stats.isSymbolicLink()) return Buffer.from(LINK + readlinkSync(path))
    if (!stats.isFile()) return Buffer.from(stats.isDirectory() ? 'a folder' : 'no plain file')
    return stats.size > LARGEST_BYTES ? Buffer.from(`${stats.size} bytes`) : readPlainSync(path, LARGEST_BYTES, lend)
  } catch (error) {
    return Buffer.from(`cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

const LINK = 'link to '
const isLink = ({ mode }: Kept): boolean => (mode & 0o170000) === 0o120000
const isPlain = ({ mode }: Kept): boolean => (mode & 0o170000) === 0o100000

/** Somebody who writes at the very same time is made way for so often. */
const MOST_TRIES = 20

/**
 * Gives a file back as it was, with its rights. What is there now is put into `keepIn` first, so that nothing is lost,
 * whoever wrote it: also what appears while this works is never written over. Returns where that is, the newest last. Throws
 * what the file system says.
 */
export function giveBack({ path, before }: Pick<Changed, 'path' | 'before'>, keepIn: string): string[] {
  if (before && !isLink(before) && !isPlain(before)) throw new Error('it was not a plain file')
  const kept: string[] = []
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) kept.push(keep(path, keepIn))
    if (before === undefined || putBack(path, before)) return kept
  }
  throw new Error('somebody writes it again and again')
}

/** Moves what is there into the folder, whose names are not used twice. */
function keep(path: string, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const kept = freeName(folder, basename(path))
  move(path, kept)
  return kept
}

/** Never over anything; false where something has come to stand there. */
function putBack(path: string, before: Kept): boolean {
  mkdirSync(dirname(path), { recursive: true })
  try {
    if (isLink(before)) {
      symlinkSync(before.bytes.toString('utf8').slice(LINK.length), path)
      return true
    }
    const temporary = join(dirname(path), `.${basename(path)}.baton-${process.pid}`)
    rmSync(temporary, { force: true })
    try {
      writeFileSync(temporary, before.bytes, { mode: 0o600, flag: 'wx' })
      chmodSync(temporary, before.mode & 0o7777)
      giveName(temporary, path)
    } finally {
      rmSync(temporary, { force: true })
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Unlike a rename, a link never replaces a file. Where a disk has none, a copy that refuses to replace one does it. */
function giveName(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw error
    copyFileSync(temporary, path, constants.COPYFILE_EXCL)
  }
}

/** Also onto another disk, where it is a plain file or a link: nothing else is ever opened, and no link followed. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const stats = lstatSync(from)
    if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to)
    else if (stats.isFile()) copyFileSync(from, to, constants.COPYFILE_EXCL)
    else throw error
    rmSync(from)
  }
}

function freeName(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name}.${number}`)
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path
  }
}

/** Every plain file and link below a folder; folders are not followed through links. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}${sep}${entry.name}`
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
  } catch {
    return []
  }
}

/** The folder is there and may be written by us; what may not be, an agent that runs as us cannot change either. */
export const isOurs = (folder: string): boolean => {
  const found = existsSync(folder) ? statSync(folder) : undefined
  return found !== undefined && (process.getuid?.() === 0 || found.uid === process.getuid?.())
}
