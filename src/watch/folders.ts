import { type FSWatcher, watch } from 'node:fs'

/** Folders that are watched for changes. */
export interface Folders {
  /** Watches these and no others. */
  watch: (folders: Iterable<string>) => void
  close: () => void
}

/**
 * Calls `onChange` soon after something changed in a folder. Only a hint: where the system cannot watch (no such folder
 * yet, a network disk, too many watchers), looking again from time to time has to do.
 */
export function watchFolders(onChange: () => void): Folders {
  const watchers = new Map<string, FSWatcher>()
  const drop = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const add = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, onChange)
      watcher.on('error', () => drop(folder))
      watchers.set(folder, watcher)
    } catch {
      // Tried again with the next look.
    }
  }
  return {
    watch(folders) {
      const wanted = new Set(folders)
      for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder)
      for (const folder of wanted) if (!watchers.has(folder)) add(folder)
    },
    close() {
      for (const folder of [...watchers.keys()]) drop(folder)
    },
  }
}

/** The folder in which files that match a pattern can first appear: what is before its first sign. */
export function folderOfPattern(pattern: string): string {
  const fixed = pattern.split(/[*?[{]/)[0] ?? ''
  const end = fixed.lastIndexOf('/')
  return end === -1 ? '.' : fixed.slice(0, end) || '/'
}
