import { join } from 'node:path'
import type { Config, ProjectConfig } from '../../config/types.ts'
import type { Command } from '../../core/commands/commands.ts'
import type { Planned } from '../../daemon/commands/resolve-command.ts'
import { privateFolder, writePrivate } from '../../files/private.ts'
import { parseTaskFile } from '../../taskfile/parse.ts'
import type { ParsedFile } from '../../taskfile/parsed.ts'
import { type Plan, planRun } from '../../taskfile/plan/plan.ts'
import { unknownRole } from '../../taskfile/plan/unknown-role.ts'
import type { Problem } from '../../taskfile/problem.ts'
import { formatProblems } from '../../taskfile/report.ts'
import { readDoubtfully } from './doubts.ts'
import { findTaskFiles, shownPath } from './find-files.ts'

type Start = Extract<Command, { type: 'start' }>

/** The tasks of a run with everything that is wrong about their files. */
export interface TaskPlan extends Plan {
  /** As shown to people. */
  files: string[]
  /** Named files that do not exist. */
  missing: string[]
}

/** What is needed of the configuration; `roles` absent: nobody knows which there are. */
type Home = Pick<Config, 'home' | 'stateDir'> & Partial<Pick<Config, 'roles'>>

/** Reads and plans task files; every problem of every file comes back at once. */
export async function planTaskFiles(
  config: Home,
  project: ProjectConfig,
  command: Omit<Start, 'type'>,
): Promise<TaskPlan> {
  const { home } = config
  const paths = command.inline
    ? [keepInline(config, command.inline)]
    : findTaskFiles(home, command.files ?? project.tasks)
  const parsed: ParsedFile[] = command.inline
    ? [parseTaskFile(command.inline.text, shownPath(home, paths[0] as string))]
    : await Promise.all(paths.map((path) => readDoubtfully(config.stateDir, path, shownPath(home, path))))
  const plan = planRun(parsed, {
    order: project.order,
    ...(command.all !== undefined && { all: command.all }),
    ...(command.only && { only: command.only }),
  })
  const missing = parsed
    .filter((file) => file.problems.some((p) => /no such file/i.test(p.message)))
    .map((file) => file.file)
  return {
    ...plan,
    files: parsed.map((file) => file.file),
    missing,
    problems: inOrder(
      [
        ...parsed.flatMap((file) => [...file.problems, ...deploysHere(file), ...rolesIn(file, config)]),
        ...plan.problems,
      ],
      parsed.map((file) => file.file),
    ),
  }
}

/** Only what was pushed is deployed, and only a pipeline knows what that is. */
function deploysHere({ file, specs }: ParsedFile): Problem[] {
  return specs
    .filter(({ deploy }) => deploy !== undefined)
    .map(({ deploy, origin }) => ({
      ...{ file, line: origin.line ?? 1, column: 1, severity: 'error' as const },
      message: `A task file cannot deploy to ${deploy}`,
      hint: 'Move the task to a file in pipelines/, which starts when something is pushed (docs/pipelines.md).',
    }))
}

const rolesIn = ({ file, specs }: ParsedFile, { roles }: Home): Problem[] =>
  roles ? specs.flatMap((spec) => unknownRole(spec, file, Object.keys(roles))) : []

/** As one reads: file by file and down the lines; what belongs to no file comes last. */
function inOrder(problems: Problem[], files: string[]): Problem[] {
  const place = ({ file }: Problem) => (files.includes(file) ? files.indexOf(file) : files.length)
  return problems.toSorted((a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column)
}

/** What came from a program has no lines that anybody has seen. */
function ofRequest({ path, message, hint }: Problem): string {
  return `${path === undefined ? '' : `body.${path}: `}${message}.${hint === undefined ? '' : ` ${hint}`}`
}

/** Tasks that came as text get a file of their own, so that what is done can be noted in it like anywhere else. */
function keepInline(
  { stateDir }: Pick<Config, 'stateDir'>,
  { name, text, form }: NonNullable<Start['inline']>,
): string {
  const dir = join(stateDir, 'inline')
  privateFolder(dir)
  const file = join(dir, `${name.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'tasks'}.${form ?? 'md'}`)
  writePrivate(file, text)
  return file
}

/** The plan as an act needs it: refused as a whole when anything is wrong. */
export async function planned(config: Home, project: ProjectConfig, command: Start): Promise<Planned> {
  const plan = await planTaskFiles(config, project, command)
  const errors = plan.problems.filter((problem: Problem) => problem.severity === 'error')
  if (errors.length > 0) {
    const [missing] = plan.missing
    if (command.inline?.form === 'json') return { problems: errors.map(ofRequest).join('\n') }
    return { problems: formatProblems(errors), ...(missing !== undefined && { noSuchFile: missing }) }
  }
  const { tasks, files, total, alreadyDone, machine } = plan
  return { tasks, files, total, alreadyDone, ...(machine !== undefined && { machine }) }
}
