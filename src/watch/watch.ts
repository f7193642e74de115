import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { KeptValues } from '../core/kept-values.ts'
import type { TaskSpec } from '../core/types.ts'
import { createChanging } from './changing.ts'
import { folderOfPattern, watchFolders } from './folders.ts'
import { createWatchMemory } from './memory.ts'
import { compare, type Reading } from './seen.ts'

/** New tasks in a file. */
export interface FoundTasks {
  project: string
  /** As shown to people. */
  file: string
  newTasks: number
  /** Tasks in the file that are not done, new or not. */
  total: number
  /** Of the new tasks. */
  titles: string[]
}

/** A file that cannot be run as it is. */
export interface Broken {
  project: string
  file: string
  /** Lines for people. */
  problems: readonly string[]
}

export interface WatchPorts {
  /** Absolute; names of files are seen from here. */
  home: string
  /** Those to watch, with the patterns of their task files. */
  projects: readonly { name: string; tasks: readonly string[] }[]
  /** The task files of a project, as shown to people; names of files that are not there do no harm. */
  findFiles: (project: string) => readonly string[]
  read: (project: string, file: string) => Promise<Reading>
  /** Says of a file's tasks whether somebody knows of them: in the queue already, or written by Baton. */
  known: (project: string, file: string) => (spec: TaskSpec) => boolean
  meta: KeptValues
  /** These two are called inside the transaction that notes them as announced, so they must not wait. */
  onFound: (found: FoundTasks) => void
  onBroken: (broken: Broken) => void
  onError: (error: unknown) => void
  /** A file must stay as it is for this long before it is read: editors write in several steps. */
  settleMs?: number
  /** A file that cannot be run is often one that is still being written: reported after this long. */
  brokenAfterMs?: number
  /** Looked at without any hint, for what no hint came for. */
  lookMs?: number
  /** Monotonic milliseconds. */
  now?: () => number
}

export interface Watch {
  start: () => void
  stop: () => Promise<void>
  /** A file as it is now was written by Baton, or for somebody who knows of it: it is no news. */
  settle: (project: string, file: string) => Promise<void>
}

/** After a hint: what belongs together comes together. */
const HINT_MS = 200

/**
 * Notices new and changed task files and offers each content once. The first look ever only remembers what is there; a
 * later one, also after a restart, finds what was written meanwhile.
 */
export function createWatch(ports: WatchPorts): Watch {
  const { home, projects, onError } = ports
  const { settleMs = 2_000, brokenAfterMs = 60_000, lookMs = 30_000, now = () => performance.now() } = ports
  const memory = createWatchMemory(ports.meta)
  const changing = createChanging(settleMs)
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  let running = false
  let isHinted = false

  const compareNow = async (project: string, file: string, signature: string) => {
    const reading = await ports.read(project, file)
    const found = compare(memory.of(project, file), signature, reading, ports.known(project, file))
    return { ...found, problems: reading.problems }
  }

  const lookAt = async (project: string, file: string, isFirst: boolean): Promise<void> => {
    const id = `${project} ${file}`
    const signature = await signatureOf(resolve(home, file))
    if (signature === undefined || signature === memory.of(project, file)?.signature) changing.forget(id)
    else if (isFirst) memory.remember(project, file, (await compareNow(project, file, signature)).seen)
    else if (changing.isSettled(id, signature, now())) await tell(id, { project, file }, signature)
  }

  const tell = async (id: string, { project, file }: { project: string; file: string }, signature: string) => {
    const { seen, fresh, open, broken, problems } = await compareNow(project, file, signature)
    // Written again while it was read: then it is read again, too.
    if ((await signatureOf(resolve(home, file))) !== signature) return
    if (broken && changing.later(id, brokenAfterMs, now())) return
    memory.remember(project, file, seen, () => {
      if (fresh.length > 0) ports.onFound({ project, file, newTasks: fresh.length, total: open, titles: fresh })
      if (broken) ports.onBroken({ project, file, problems })
    })
    changing.forget(id)
  }

  const look = async () => {
    isHinted = false
    const folders = new Set<string>()
    for (const { name, tasks } of projects) {
      const isFirst = memory.isNew(name)
      const files = ports.findFiles(name)
      for (const pattern of tasks) folders.add(resolve(home, folderOfPattern(pattern)))
      for (const file of files) {
        folders.add(dirname(resolve(home, file)))
        await lookAt(name, file, isFirst).catch(onError)
      }
      memory.looked(name, files)
    }
    if (running) folderWatch.watch(folders)
  }

  const lookSoon = () => {
    working = working
      .then(look)
      .catch(onError)
      .then(() => plan())
  }
  const plan = () => {
    clearTimeout(timer)
    const waitMs = isHinted ? HINT_MS : Math.min(lookMs, Math.max(1, changing.nextInMs(now()) ?? lookMs))
    if (running) timer = setTimeout(lookSoon, waitMs)
  }
  const folderWatch = watchFolders(() => {
    if (isHinted) return
    isHinted = true
    plan()
  })

  return {
    start() {
      if (running || projects.length === 0) return
      running = true
      lookSoon()
    },
    async stop() {
      running = false
      clearTimeout(timer)
      await working
      folderWatch.close()
    },
    settle(project, file) {
      working = working
        .then(async () => {
          const signature = await signatureOf(resolve(home, file))
          if (signature !== undefined) memory.remember(project, file, (await compareNow(project, file, signature)).seen)
        })
        .catch(onError)
      return working
    },
  }
}

/** Undefined when it is not there, empty, or no file. */
async function signatureOf(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path)
    return stats.isFile() && stats.size > 0 ? `${stats.size} ${stats.mtimeMs} ${stats.ino}` : undefined
  } catch {
    return undefined
  }
}
