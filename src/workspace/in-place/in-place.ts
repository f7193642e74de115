import { lazy } from '../../lazy.ts'
import { createEvidence } from '../evidence/evidence.ts'
import type { EvidencePorts } from '../evidence/evidence-ports.ts'
import type { TaskNotes } from '../finish.ts'
import { taskFolder } from '../task-folder.ts'
import type { Workspace } from '../workspace.ts'
import type { UndoPorts } from './undo.ts'

/** What working in the project's own tree needs. */
export interface InPlacePorts extends EvidencePorts {
  meta: UndoPorts['meta']
  notes: TaskNotes
}

/** The project's own tree: one task at a time changes it, and its work is where the user wants it at once. */
export function createInPlace({ meta, notes, ...ports }: InPlacePorts): Workspace {
  const { project, attempts, exclude, onError } = ports
  const marked = project.mark ? notes : undefined
  const undoing = lazy(() => import('./undo.ts'))
  const undoPorts: UndoPorts = { attempts, meta, exclude, notes: marked }
  return {
    kind: 'in_place',
    ...createEvidence(ports),
    recover: async () => [],
    open: async (task) => ({ folder: taskFolder(project.path, task), env: {} }),
    land: async () => ({ kind: 'landed' }),
    finish: async (task, isFull) => {
      const commit = async (problems: string[]) =>
        project.commit === 'per-task' && task.firstCheck !== 'passed'
          ? (await import('./commit.ts')).commitChanges(project, task, attempts(task.id), problems)
          : undefined
      return (await import('../finish.ts')).finishTask({ notes: marked, commit, onError }, task, isFull)
    },
    previewUndo: async (task) => (await undoing()).previewTaskUndo(undoPorts, task),
    undo: async (task, agreed) => (await undoing()).undoTask(undoPorts, task, agreed),
    discard: async () => undefined,
  }
}
