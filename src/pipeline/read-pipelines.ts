import { join } from 'node:path'
import type { PipelineConfig } from '../config/types.ts'
import type { TaskSpec } from '../core/types.ts'
import { pipelineFilesIn } from '../files/pipeline-files.ts'
import { readPlainSync } from '../files/plain.ts'
import { shownPath } from '../sources/files/find-files.ts'
import { readTrigger } from '../taskfile/fields/trigger.ts'
import { parseTaskFile } from '../taskfile/parse.ts'
import type { ParsedFile } from '../taskfile/parsed.ts'
import { planRun } from '../taskfile/plan/plan.ts'
import { unknownRole } from '../taskfile/plan/unknown-role.ts'
import type { Problem } from '../taskfile/problem.ts'
import { matchesBranch } from './branches.ts'

/** A pipeline as its file has it. */
export interface Pipeline {
  /** As shown to people; what it is known by. */
  file: string
  push: string[]
  parsed: ParsedFile
}

/** Pipelines with everything that is wrong about them. */
export interface Pipelines {
  all: Pipeline[]
  problems: Problem[]
}

const LARGEST_BYTES = 1_000_000

/** Reads the pipelines of a project. They stand beside config.yaml: what is pushed does not change them. */
export function readPipelines(
  { folder, environments }: Pick<PipelineConfig, 'folder' | 'environments'>,
  { home, roles }: { home: string; roles: readonly string[] },
): Pipelines {
  const names = pipelineFilesIn(folder)
  const all = names.map((name) => readPipeline(join(folder, name), shownPath(home, join(folder, name))))
  const problems = all.flatMap(({ pipeline, problems }) => [
    ...problems,
    ...pipeline.parsed.problems,
    ...planRun([pipeline.parsed], { order: 'written' }).problems,
    ...stepProblems(pipeline, environments, roles),
  ])
  return { all: all.map(({ pipeline }) => pipeline), problems }
}

function readPipeline(path: string, file: string): { pipeline: Pipeline; problems: Problem[] } {
  try {
    const text = readPlainSync(path, LARGEST_BYTES).toString('utf8')
    const { push, problems } = readTrigger(text, file)
    return { pipeline: { file, push, parsed: parseTaskFile(text, file) }, problems }
  } catch (error) {
    const message = `It cannot be read: ${error instanceof Error ? error.message : String(error)}`
    const parsed: ParsedFile = { file, specs: [], references: [], context: '', problems: [] }
    const problem: Problem = { file, line: 1, column: 1, severity: 'error', message }
    return { pipeline: { file, push: [], parsed }, problems: [problem] }
  }
}

/** What a step names must be there, and what makes no sense in a pipeline is said. */
function stepProblems(
  { parsed, push }: Pipeline,
  environments: PipelineConfig['environments'],
  roles: readonly string[],
): Problem[] {
  return parsed.specs.flatMap((spec) => {
    const at = { file: parsed.file, line: spec.origin.line ?? 1, column: 1 }
    const refused = (message: string, hint: string): Problem => ({ ...at, severity: 'error', message, hint })
    const found: Problem[] = []
    const environment = spec.deploy === undefined ? undefined : environments[spec.deploy]
    const known = Object.keys(environments).join(', ')
    if (spec.deploy !== undefined && !environment)
      found.push(refused(`There is no environment ${spec.deploy}`, `config.yaml has: ${known}.`))
    if (environment && environment.branches.length > 0 && !push.some((one) => mayMeet(environment.branches, one)))
      found.push({
        ...at,
        severity: 'warning',
        message: `No branch of this pipeline may be deployed to ${environment.name}`,
        hint: `It takes ${environment.branches.join(', ')}.`,
      })
    found.push(...unknownRole(spec, parsed.file, roles))
    if (spec.branch !== undefined)
      found.push(refused('A step cannot have a Branch', 'It works on the commit that was pushed: remove Branch.'))
    if (spec.artifact && !spec.run)
      found.push(refused('Only a step with Run builds something', 'Move Artifact to the step that builds it.'))
    return found
  })
}

const mayMeet = (patterns: readonly string[], pushed: string): boolean =>
  /[*?[{]/.test(pushed) || matchesBranch(patterns, pushed)

/** Claude only looks where nothing says how its work would be checked. */
export const isReadOnly = ({ run, deploy, verify }: TaskSpec): boolean =>
  run === undefined && deploy === undefined && verify.length === 0
