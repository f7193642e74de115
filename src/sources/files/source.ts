import { resolve } from 'node:path'
import type { Config, ProjectConfig } from '../../config/types.ts'
import type { Task } from '../../core/types.ts'
import { isFileTask } from '../../taskfile/file-task.ts'
import type { Settled, Source } from '../source.ts'
import type { FileGuard } from './file-guard.ts'
import { fileOf } from './find-files.ts'
import { markTask, unmarkTask } from './marks.ts'

/** What a project's task files need to be a source. */
export interface FileSourcePorts {
  config: Pick<Config, 'home' | 'stateDir'>
  project: ProjectConfig
  /** Who watches over changes that Baton did not make. */
  guard: FileGuard
}

/** The task files of a project. */
export function createFileSource({ config, project, guard }: FileSourcePorts): Source {
  const { home, stateDir } = config
  return {
    name: 'files',
    async plan(command, by) {
      guard.look()
      const found = await guard.alone(async () => (await import('./plan-files.ts')).planned(config, project, command))
      // Whoever starts a file by hand has seen to it.
      if ('files' in found && by.surface !== 'schedule')
        for (const file of found.files) guard.settle(resolve(home, file), { started: true })
      return found
    },
    async settled({ spec }: Pick<Task, 'spec'>, doneAt): Promise<Settled> {
      if (!isFileTask(spec)) return { problem: `it does not come from a task file but from ${spec.origin.source}` }
      const file = fileOf(home, spec)
      const written = await guard.writing(file, () =>
        doneAt === undefined ? unmarkTask(stateDir, file, spec) : markTask(stateDir, file, spec, doneAt),
      )
      if ('problem' in written) return written
      if (doneAt !== undefined) guard.settle(file, { mark: spec.origin.ref })
      return { isRewritten: 'isRewritten' in written && written.isRewritten === true }
    },
  }
}
