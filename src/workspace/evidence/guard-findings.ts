import { posix, relative } from 'node:path'
import type { ProjectConfig } from '../../config/types.ts'
import type { FileChange, Finding, Task } from '../../core/types.ts'
import { textChanges, textsCalled } from '../../git/diff/texts.ts'
import { locate } from '../../git/repository.ts'
import { findings as gitFindings } from '../../proof/guard/git.ts'
import { findTampering } from '../../proof/guard/guard.ts'

export interface Attempted {
  task: Task
  cwd: string
  /** Checkpoints around all that the task changed. */
  from: string
  to: string
  files: FileChange[]
  gitWrites: string[]
  /** Further tasks of the run that are still to be checked. */
  others: readonly Task[]
}

/** What the attempts at a task did to its tests, checks and rules, and with git; nothing when the guard is off. */
export async function guardFindings(project: ProjectConfig, attempted: Attempted): Promise<Finding[]> {
  if (project.guard === 'off') return []
  try {
    return await look(project, attempted)
  } catch (error) {
    // What could not be looked at is not assumed to be good.
    const why = error instanceof Error ? error.message : String(error)
    return [{ kind: 'unread', weight: 'ask', text: `What the work did to tests and checks could not be read: ${why}` }]
  }
}

async function look(project: ProjectConfig, attempted: Attempted): Promise<Finding[]> {
  const { task, cwd, from, to, files, gitWrites, others } = attempted
  const found = gitFindings(gitWrites)
  if (files.length === 0) return found
  const located = await locate(cwd)
  const folder = 'repository' in located ? relative(located.repository.root, cwd).split('\\').join('/') : ''
  const { changes, isWhole } = await textChanges({ cwd, from, to }, files)
  const commands = [
    ...new Set([task, ...others].flatMap(({ spec }) => spec.verify)),
    ...project.verify.map(({ run }) => run),
  ]
  const scripts =
    commands.length === 0
      ? new Map<string, string>()
      : await textsCalled({ cwd, commit: from }, (path) =>
          /(^|\/)(package\.json|[Mm]akefile|GNUmakefile)$|\.(sh|bash)$/.test(path),
        )
  const inChecks = findTampering(changes, {
    commands,
    folder,
    before: (path) => scripts.get(posix.normalize(path)),
  })
  const unread: Finding[] = isWhole
    ? []
    : [
        {
          kind: 'unread',
          weight: 'tell',
          text: 'Some changed files are too large, too many or binary, and were not checked.',
        },
      ]
  return [...inChecks, ...found, ...unread]
}
