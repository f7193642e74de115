import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { State } from '../../core/state.ts'
import { privateFile, privateFolder, writePrivate } from '../../files/private.ts'
import { RESCUED } from '../../files/rescued.ts'
import { DATABASE_FILE } from '../../store/open.ts'
import type { Lost, Presence } from '../../store/presence.ts'

/** Often enough to notice it within a second, and no more often: an idle daemon sleeps. */
const LOOK_MS = 600

/** Looks whether the state folder is still there, and reports it once when it does not. Returns what ends it. */
export function watchState(presence: Presence, onLost: (lost: Lost) => void, everyMs = LOOK_MS): () => void {
  const clock = setInterval(() => {
    const what = presence.lost()
    if (what === undefined) return
    clearInterval(clock)
    onLost(what)
  }, everyMs)
  clock.unref()
  return () => clearInterval(clock)
}

/** Saves what is still known of a lost state folder beside the place where it was. */
export interface Rescue {
  /** The folder that it is saved into. */
  folder: string
  /** Saves it as it is now; a second call saves it as it is then. */
  save: () => Promise<void>
}

/** Where a rescue takes its content from. */
export interface RescuePorts {
  /** What is in memory; needs no database. */
  known: () => unknown
  backup: (file: string) => Promise<void>
  /** What was in the state folder beside the database. */
  files?: Readonly<Record<string, string>>
}

/** For people: it needs no database to be read, and is there when the database cannot be saved. */
const KNOWN_FILE = 'rescued.json'

/** Prepares such a folder; nothing is written before `save`. */
export function prepareRescue(stateDir: string, at: number, { known, backup, files = {} }: RescuePorts): Rescue {
  const stamp = new Date(at).toISOString().replace(/[:.]/g, '-')
  const folder = join(dirname(stateDir), `${RESCUED}${stamp}`)
  const database = join(folder, DATABASE_FILE)
  return {
    folder,
    async save() {
      privateFolder(folder)
      // Not part of the user's project, nor of a commit.
      writePrivate(join(folder, '.gitignore'), '*\n')
      writePrivate(join(folder, KNOWN_FILE), `${JSON.stringify(known(), undefined, 2)}\n`)
      for (const [name, content] of Object.entries(files)) writePrivate(join(folder, name), content)
      const fresh = `${database}.new`
      rmSync(fresh, { force: true })
      privateFile(fresh)
      try {
        await backup(fresh)
        renameSync(fresh, database)
      } finally {
        rmSync(fresh, { force: true })
      }
    },
  }
}

/** The rows in memory, as lists that people can read. */
export function knownRows(states: Iterable<State>): unknown {
  return [...states].map(({ queue, runs, tasks, attempts, asks, grants }) => {
    const [allRuns, allTasks, allAttempts, allAsks, allGrants] = [runs, tasks, attempts, asks, grants].map((rows) => [
      ...rows.values(),
    ])
    return { queue, runs: allRuns, tasks: allTasks, attempts: allAttempts, asks: allAsks, grants: allGrants }
  })
}
