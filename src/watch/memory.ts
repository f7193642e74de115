import type { KeptValues } from '../core/kept-values.ts'
import type { Seen } from './seen.ts'

/** What was seen of the files of each project. */
export interface WatchMemory {
  /** The project was never looked at. */
  isNew: (project: string) => boolean
  of: (project: string, file: string) => Seen | undefined
  /** Stores what was seen together with what `also` stores. */
  remember: (project: string, file: string, seen: Seen, also?: () => void) => void
  /** The project was looked at; these are its files now. */
  looked: (project: string, files: readonly string[]) => void
}

/** Files that are gone are remembered for a while: an editor, or a change of branches, brings them back. */
const GONE = 200

export function createWatchMemory(meta: KeptValues): WatchMemory {
  const projects = new Map<string, Record<string, Seen>>()
  const keyOf = (project: string) => `watch:${project}`
  const load = (project: string): Record<string, Seen> | undefined => {
    const files = projects.get(project) ?? meta.get<Record<string, Seen>>(keyOf(project))
    if (files) projects.set(project, files)
    return files
  }
  const store = (project: string, files: Record<string, Seen>, also?: () => void) => {
    meta.transaction(() => {
      meta.set(keyOf(project), files)
      also?.()
    })
    projects.set(project, files)
  }
  return {
    isNew: (project) => load(project) === undefined,
    of: (project, file) => load(project)?.[file],
    remember: (project, file, seen, also) => {
      // At the end, so that the order says what was seen last.
      const { [file]: _, ...others } = load(project) ?? {}
      store(project, { ...others, [file]: seen }, also)
    },
    looked(project, files) {
      const known = load(project)
      if (!known) return store(project, {})
      const gone = Object.keys(known).filter((file) => !files.includes(file))
      const forget = new Set(gone.slice(0, Math.max(0, gone.length - GONE)))
      if (forget.size > 0)
        store(project, Object.fromEntries(Object.entries(known).filter(([file]) => !forget.has(file))))
    },
  }
}
