import { lazy } from '../../lazy.ts'
import type { ProjectWorktreePorts } from './project.ts'
import type { Worktrees } from './worktree.ts'

/** The worktrees of a project, loaded with git when the first of them is asked for: a daemon that waits needs neither. */
export function lazyWorktrees(ports: ProjectWorktreePorts): Omit<Worktrees, 'integrationBranch'> {
  const real = lazy(async () => (await import('./project.ts')).createProjectWorktrees(ports))
  return {
    kind: 'worktree',
    recover: async () => (await real()).recover(),
    before: async (...given) => (await real()).before(...given),
    after: async (...given) => (await real()).after(...given),
    open: async (...given) => (await real()).open(...given),
    land: async (...given) => (await real()).land(...given),
    finish: async (...given) => (await real()).finish(...given),
    previewUndo: async (...given) => (await real()).previewUndo(...given),
    undo: async (...given) => (await real()).undo(...given),
    discard: async (...given) => (await real()).discard(...given),
    landRun: async (...given) => (await real()).landRun(...given),
    unlanded: async (...given) => (await real()).unlanded(...given),
    list: async () => (await real()).list(),
    clean: async () => (await real()).clean(),
  }
}
