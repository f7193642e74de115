import { resolve } from 'node:path'
import type { TellCard } from '../chat/cards/tell.ts'
import type { Config } from '../config/types.ts'
import type { Views } from '../daemon/api/views.ts'
import { newId } from '../daemon/ids.ts'
import { NOTES_FOLDER } from '../planner/notes.ts'
import { wasAdded } from '../sources/files/added-tasks.ts'
import { readFileText } from '../sources/files/file-text.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { plural } from '../text/amounts.ts'
import { createNoteWatch } from '../watch/notes.ts'
import { queuedTasks } from '../watch/queued.ts'
import { createWatch, type Watch, type WatchPorts } from '../watch/watch.ts'
import { brokenCard, foundCard, noteCard } from './cards.ts'

/** What the watch over files is put together from. */
export interface WatchingOptions {
  config: Config
  view: Views
  meta: WatchPorts['meta']
  note: (text: string, about: { queue: string; data?: Record<string, unknown> }) => void
  /** The phone, where there is one. */
  tellCard?: TellCard
  onError: (error: unknown) => void
  /** How long a file must have been left alone before it is announced; tests take less. */
  pace?: Pick<WatchPorts, 'settleMs' | 'brokenAfterMs'>
}

/** Offers new and changed task files of the projects that want it; undefined where none does. */
export function createWatching(options: WatchingOptions): Watch | undefined {
  const { config, view, meta, note, tellCard, onError, pace } = options
  const { home } = config
  const projects = config.projects.filter(({ watch }) => watch)
  if (projects.length === 0) return undefined
  const patternsOf = (name: string) => projects.find((project) => project.name === name)?.tasks ?? []
  return createWatch({
    home,
    projects,
    findFiles: (project) => findTaskFiles(home, patternsOf(project)).map((path) => shownPath(home, path)),
    read: (_project, file) => readFileText(config, file),
    known: (project, file) => {
      const isQueued = queuedTasks(view, project, file)
      const isOwn = wasAdded(meta, project, resolve(home, file))
      return (spec) => isQueued(spec) || isOwn(spec)
    },
    meta,
    onFound: (found) => {
      const { project, file, newTasks, titles } = found
      const what = plural(newTasks, 'new task')
      note(`${what} in ${file}: ${titles.join(', ')}. Start them now, or leave them for later.`, {
        queue: project,
        data: { about: 'watch', file },
      })
      tellCard?.(foundCard(newId(), found))
    },
    onBroken: (broken) => {
      const { project, file, problems } = broken
      note(`${file} cannot run as it is:\n${problems.join('\n')}`, {
        queue: project,
        data: { about: 'watch', file, level: 'warning' },
      })
      tellCard?.(brokenCard(newId(), broken))
    },
    onError,
    ...pace,
  })
}

/** Offers to plan from new and changed notes of the projects that want it; undefined where none does. */
export function createNoteWatching(
  options: Pick<WatchingOptions, 'config' | 'meta' | 'onError' | 'pace'> & { tellCard: TellCard },
): Watch | undefined {
  const { config, meta, tellCard, onError, pace } = options
  const { home, projects } = config
  const isOne = projects.length === 1
  const watched = projects.flatMap(({ name, watch }, i) => {
    const own = isOne ? [] : [`${NOTES_FOLDER}/${name}/*.md`]
    return watch ? [{ name, notes: i === 0 ? [`${NOTES_FOLDER}/*.md`, ...own] : own }] : []
  })
  if (watched.length === 0) return undefined
  return createNoteWatch({
    home,
    projects: watched,
    findFiles: (patterns) => findTaskFiles(home, patterns).map((path) => shownPath(home, path)),
    meta,
    onNote: (one) => tellCard(noteCard(newId(), one)),
    onError,
    ...(pace?.settleMs !== undefined && { settleMs: pace.settleMs }),
  })
}
