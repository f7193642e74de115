import { join } from 'node:path'
import { isText, pathText } from '../bytes.ts'
import { git } from '../program.ts'
import type { Repository } from '../repository.ts'
import { headOf } from '../watch/head.ts'
import { operationIn } from '../watch/operation.ts'
import type { Unrecorded } from './classify-paths.ts'
import type { Recording } from './record.ts'

/** What a person should know about the state of the repository. */
export async function notesOnRepository(repository: Repository): Promise<string[]> {
  const [head, operation] = await Promise.all([headOf(repository), operationIn(repository.gitDir)])
  const notes: string[] = []
  if (!head.commit) notes.push('The repository has no commits yet.')
  else if (!head.branch) notes.push('HEAD is detached: no branch is checked out.')
  if (operation) notes.push(`In the middle of a ${operation}; it is left as it is.`)
  if (repository.gitDir !== repository.commonDir)
    notes.push('A linked worktree: its checkpoints are in the main repository.')
  if (repository.prefix)
    notes.push(`The project is a folder of a larger repository; all of ${repository.root} is recorded.`)
  return notes
}

const REASONS: Record<Unrecorded, string> = {
  large: 'too large',
  unreadable: 'not readable',
  special: 'neither a file, a link nor a folder',
  nested: 'a separate repository',
  refused: 'of a name that git refuses',
}

/** What is not recorded, or not whole. */
export async function notesOnRecording({ root }: Repository, recording: Recording): Promise<string[]> {
  const notes: string[] = []
  for (const [why, words] of Object.entries(REASONS)) {
    const paths = [...recording.unrecorded].filter(([, reason]) => reason === why).map(([path]) => pathText(path))
    if (paths.length > 0) notes.push(`Not recorded, and not restored by undo, because ${words}: ${some(paths)}`)
  }
  for (const path of recording.submodules.filter(isText)) {
    const cwd = join(root, pathText(path))
    const status = await git(['status', '--porcelain', '-z'], { cwd, accept: [0, 128] })
    if (status.stdout)
      notes.push(
        `The submodule ${pathText(path)} has its own changes; only its commit is recorded, and undo leaves it as it is.`,
      )
  }
  if (recording.sparse > 0)
    notes.push(`A sparse checkout: ${recording.sparse} files are not in the working tree and not recorded.`)
  return notes
}

function some(paths: string[]): string {
  const shown = paths.slice(0, 5).join(', ')
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown
}
