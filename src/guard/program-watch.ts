import { createStash } from '../files/stash.ts'
import { createFileLister } from '../protect/list-files.ts'
import { type Changed, type FileWatch, type SeenFiles, watchFiles } from '../protect/watch-files.ts'
import { type OwnConfig, programFiles, versionOf } from './places.ts'

/** What has become of the program since a watch over it began. */
export interface ProgramChanges {
  changed: Changed[]
  /** It is another version now: somebody has updated it. */
  isUpdated: boolean
}

/** The program as it was at one moment. */
interface ProgramLook {
  files: FileWatch
  version: string
}

/**
 * A look as old as this is as good as a new one: when one task ends and the next begins, the program need not be looked through twice.
 * What is changed in between is found at the end of the next task, like what is changed while it runs.
 */
const FRESH_MS = 1_000

/** Watches over the files of the program for all tasks of a process. Each watch ends with what has changed since it began. */
export function watchProgram(
  config: Pick<OwnConfig, 'program' | 'projects' | 'stateDir'>,
  cache: SeenFiles,
  nowMs: () => number = () => performance.now(),
): () => () => ProgramChanges {
  // A thousand files that are only needed again to be given back.
  const putAway = createStash(config.stateDir)
  const list = createFileLister()
  let last: { look: ProgramLook; atMs: number } | undefined

  // The version first: of an update in between, the files are known as the new ones, and nothing is given back.
  const look = (): ProgramLook => {
    const version = versionOf(config.program)
    const files = watchFiles(cache, putAway)
    files.remember(programFiles(config, list))
    return { files, version }
  }

  return () => {
    const before = last && nowMs() - last.atMs <= FRESH_MS ? last.look : look()
    return () => {
      const atMs = nowMs()
      const atFirst = versionOf(config.program)
      const changed = before.files.changed(programFiles(config, list))
      const version = versionOf(config.program)
      // What has changed is about to be given back as it was, or is half of an update.
      const isCalm = changed.length === 0 && atFirst === version
      last = isCalm ? { look: { files: before.files, version }, atMs } : undefined
      return { changed, isUpdated: version !== before.version }
    }
  }
}
