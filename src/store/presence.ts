import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { LOCK_FILE } from './lock.ts'
import { DATABASE_FILE } from './open.ts'

/** Knows whether a state folder, and what is open of it, is still where it was. */
export interface Presence {
  /** What became of it; undefined while all is as it should be. */
  lost: () => Lost | undefined
  /** Only after the databases are closed: closing a descriptor gives up the locks that the process has on the file. */
  close: () => void
}

/** In words: for the user, and for everybody, without a path. */
export interface Lost {
  what: string
  short: string
}

/** SQLite keeps writing to files that nobody will ever find again, so that these are looked for by their names. */
const OPEN_FILES = [LOCK_FILE, DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`]

/** Where SQLite keeps the `application_id` in the first page. */
const MARK_AT = 68

/** Remembers the folder and the open files as they are now. `mark`: the `application_id` of the database, once it is there. */
export function holdPresence(dir: string, mark?: number): Presence {
  const names = ['', ...OPEN_FILES.filter((name) => existsSync(join(dir, name)))]
  // Compared with what is open, and not with numbers noted once: on some file systems these change.
  const held = names.map((name) => ({
    name,
    path: name === '' ? dir : join(dir, name),
    file: openSync(join(dir, name), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)),
  }))
  const content = watchContent(held.find(({ name }) => name === DATABASE_FILE)?.file, mark)
  return {
    lost() {
      for (const { name, path, file } of held) {
        const what = became(path, file)
        if (!what) continue
        const { verb, to } = what
        return {
          what: `The ${name === '' ? 'state folder' : 'file'} ${path} was ${verb}${to === undefined ? '' : ` to ${to}`}`,
          short: `The state folder, or a file in it, was ${verb}`,
        }
      }
      const verb = content()
      if (verb === undefined) return undefined
      return {
        what: `The file ${join(dir, DATABASE_FILE)} was ${verb}`,
        short: `A file in the state folder was ${verb}`,
      }
    },
    close() {
      for (const { file } of held.splice(0)) closeSync(file)
    },
  }
}

function became(path: string, file: number): { verb: string; to?: string } | undefined {
  let there: Stats | undefined
  try {
    there = statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // A folder that cannot be looked into for another reason may still be the same.
    if (!/^(ENOTDIR|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined
  }
  const held = fstatSync(file)
  if (there && there.ino === held.ino && there.dev === held.dev) return undefined
  const now = whereNow(file)
  if (now !== undefined && now !== path) return { verb: 'moved', to: now }
  return { verb: there ? 'replaced' : 'removed' }
}

/** Where an open file is now, if the system says so and it still exists. */
function whereNow(file: number): string | undefined {
  try {
    const path = readlinkSync(`/proc/self/fd/${file}`)
    return path.endsWith(' (deleted)') ? undefined : path
  } catch {
    return undefined
  }
}

/** What was done to the content of the database by others: it never shrinks, and keeps its mark, while it is ours. */
function watchContent(file: number | undefined, mark: number | undefined): () => string | undefined {
  let largest = 0
  let isMarked = false
  const bytes = Buffer.alloc(4)
  const look = () => {
    if (file === undefined) return undefined
    const { size } = fstatSync(file)
    if (size < largest) return 'truncated'
    largest = size
    const isOurs = readSync(file, bytes, 0, 4, MARK_AT) === 4 && bytes.readInt32BE() === mark
    isMarked ||= isOurs
    return isMarked && !isOurs ? 'overwritten' : undefined
  }
  // What is done to it before it is first asked about counts, too.
  look()
  return look
}
