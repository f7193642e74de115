import { resolve } from 'node:path'
import { originText } from '../core/origin.ts'
import type { Task } from '../core/types.ts'
import { isFolder } from '../files/real-path.ts'
import { WorkspaceError } from './workspace.ts'

/**
 * The folder that a task works in: that of the tree, or the task's own inside it or anywhere it names. Throws
 * WorkspaceError where it is missing.
 */
export function taskFolder(tree: string, { spec }: Pick<Task, 'spec'>): string {
  const folder = resolve(tree, spec.directory ?? '.')
  if (isFolder(folder)) return folder
  const named =
    spec.directory === undefined ? '"project:" in config.yaml' : `"Directory:" of the task (${originText(spec.origin)})`
  throw new WorkspaceError(`The folder to work in does not exist: ${folder}. Create it, or fix ${named}.`)
}
