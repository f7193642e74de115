import { type FSWatcher, watch } from 'node:fs'
import { DATABASE_FILE } from '../../store/open.ts'
import type { Reader } from '../../store/read.ts'

/** A commit that the file system does not announce is found within this time; one that it announces, at once. */
const LOOK_MS = 500
/** Where the file system announces nothing (network shares, some containers): the look costs microseconds. */
const CLOSE_LOOK_MS = 50
/** This many commits in a row came unannounced: a single one may have been found just before its announcement. */
const UNANNOUNCED = 2
/** One commit is several writes: they are looked at together. */
const SETTLE_MS = 2

/** The watching of a folder, as `node:fs` does it; other processes' writes into it are announced by file name. */
export type WatchFolder = (folder: string, onChange: (file: string | null) => void) => Pick<FSWatcher, 'on' | 'close'>

const watchFolder: WatchFolder = (folder, onChange) =>
  watch(folder, { persistent: false }, (_event, file) => onChange(file))

/**
 * Calls `onCommit` after every commit of another process on the database in `folder`. The file system wakes it, so that an
 * idle daemon sleeps; a slow clock looks as well, and becomes a fast one once it has found what was not announced.
 * Returns what ends the watching.
 */
export function watchCommits(
  read: Pick<Reader, 'dataVersion'>,
  folder: string,
  onCommit: () => void,
  watching: WatchFolder = watchFolder,
): () => void {
  let version = read.dataVersion()
  let settling: NodeJS.Timeout | undefined
  let watcher: ReturnType<WatchFolder> | undefined
  let clock: NodeJS.Timeout | undefined
  let hasEnded = false

  const look = (): boolean => {
    if (hasEnded) return false
    const current = read.dataVersion()
    if (current === version) return false
    version = current
    onCommit()
    return true
  }
  let unannounced = 0
  const lookSoon = () => {
    unannounced = 0
    settling ??= setTimeout(() => {
      settling = undefined
      look()
    }, SETTLE_MS)
  }
  const everySoOften = (ms: number) =>
    setInterval(() => {
      if (look() && watcher !== undefined && ++unannounced >= UNANNOUNCED) lookClosely()
    }, ms)

  function lookClosely(): void {
    // A listener may end the watching.
    if (hasEnded) return
    watcher?.close()
    watcher = undefined
    clearInterval(clock)
    clock = everySoOften(CLOSE_LOOK_MS)
  }

  try {
    watcher = watching(folder, (file) => {
      if (file === null || file.startsWith(DATABASE_FILE)) lookSoon()
    })
    watcher.on('error', lookClosely)
    clock = everySoOften(LOOK_MS)
  } catch {
    // No watches left, or a file system without them.
    lookClosely()
  }
  return () => {
    // The database may be closed next: an announcement that was under way finds nothing to look at.
    hasEnded = true
    watcher?.close()
    clearInterval(clock)
    clearTimeout(settling)
  }
}
