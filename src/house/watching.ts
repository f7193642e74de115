import { resolve } from 'node:path'
import type { Config } from '../config/types.ts'
import type { Views } from '../daemon/views.ts'
import { queuedTasks } from '../watch/queued.ts'
import { createWatch, type Watch, type WatchPorts } from '../watch/watch.ts'
import { findTaskFiles, shownPath } from './find-files.ts'

/** What the watch over task files is put together from. */
export interface WatchingOptions {
  config: Config
  view: Views
  meta: WatchPorts['meta']
  note: (text: string, about: { queue: string; data?: Record<string, unknown> }) => void
  onError: (error: unknown) => void
}

/** Offers new and changed task files of the projects that want it; undefined where none does. */
export function createWatching({ config, view, meta, note, onError }: WatchingOptions): Watch | undefined {
  const { home } = config
  const projects = config.projects.filter(({ watch }) => watch)
  if (projects.length === 0) return undefined
  const patternsOf = (name: string) => projects.find((project) => project.name === name)?.tasks ?? []
  return createWatch({
    home,
    projects,
    findFiles: (project) => findTaskFiles(home, patternsOf(project)).map((path) => shownPath(home, path)),
    read: async (_project, file) => {
      const [{ readTaskFile }, { formatProblems }] = await Promise.all([
        import('../taskfile/read.ts'),
        import('../taskfile/report.ts'),
      ])
      const { specs, problems } = await readTaskFile(resolve(home, file), file)
      const errors = problems.filter(({ severity }) => severity === 'error')
      return { specs, problems: errors.map((problem) => formatProblems([problem])) }
    },
    queued: (project, file) => queuedTasks(view, project, file),
    meta,
    onOffer: ({ project, file, newTasks, titles }) => {
      const what = newTasks === 1 ? '1 new task' : `${newTasks} new tasks`
      note(`${what} in ${file}: ${titles.join(', ')}. Start with /start ${file}, or leave it for later.`, {
        queue: project,
        data: { about: 'watch', file },
      })
    },
    onBroken: ({ project, file, problems }) => {
      note(`${file} cannot be run as it is:\n${problems.join('\n')}`, {
        queue: project,
        data: { about: 'watch', file, level: 'warning' },
      })
    },
    onError,
  })
}
