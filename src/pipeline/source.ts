import type { PipelineConfig } from '../config/types.ts'
import type { PlannedTask, PushedCommit, TaskSpec } from '../core/types.ts'
import type { Planned } from '../daemon/commands/resolve-command.ts'
import type { Source } from '../sources/source.ts'
import { planRun } from '../taskfile/plan/plan.ts'
import { formatProblems } from '../taskfile/report.ts'
import { matchesBranch } from './branches.ts'
import type { ShowChanges } from './changes.ts'
import { isReadOnly, type Pipeline, type Pipelines } from './read-pipelines.ts'

/** What a start needs to say of a push: all of it, as one text. */
export const refOfPush = (push: PushedCommit): string => JSON.stringify(push)

/** Pipelines as a source of tasks: a push is a run, and its steps are tasks. */
export function createPushSource(config: PipelineConfig, read: () => Pipelines, changes: ShowChanges): Source {
  return {
    name: 'push',
    async plan({ from }): Promise<Planned> {
      const [ref] = from?.refs ?? []
      if (ref === undefined)
        return {
          problems: 'A push starts a pipeline. To start one by hand: /deploy ENVIRONMENT.',
        }
      const push = JSON.parse(ref) as PushedCommit
      if (push.how === 'rollback') return rollback(config, push)
      const { all, problems } = read()
      const pipeline = all.find(({ file }) => file === push.file)
      if (!pipeline) return { problems: `There is no pipeline ${push.file} any more.` }
      const wrong = problems.filter(({ file, severity }) => file === push.file && severity === 'error')
      if (wrong.length > 0) return { problems: formatProblems(wrong) }
      const tasks = await withChanges(stepsFor(pipeline, push, config), push, changes)
      return { tasks, files: [push.file], total: tasks.length, alreadyDone: 0, push }
    },
    // What was done is kept in the state; pipelines are read, and never written to.
    settled: async () => ({ isRewritten: false }),
  }
}

/** A step that only looks gets what there is to look at. */
async function withChanges(tasks: PlannedTask[], push: PushedCommit, changes: ShowChanges): Promise<PlannedTask[]> {
  if (!tasks.some(({ spec }) => spec.readOnly)) return tasks
  const shown = await changes(
    push,
    tasks.flatMap(({ spec }) => spec.deploy ?? []),
  )
  if (shown === undefined) return tasks
  return tasks.map((task) => {
    const { spec } = task
    return spec.readOnly ? { ...task, spec: { ...spec, instruction: `${spec.instruction}\n\n${shown}` } } : task
  })
}

/** The steps that a push makes: without those of environments that its branch is not deployed to, or that nobody asked for. */
function stepsFor({ parsed }: Pipeline, push: PushedCommit, { environments }: PipelineConfig): PlannedTask[] {
  const { tasks } = planRun([{ ...parsed, specs: parsed.specs.map((spec) => ({ ...spec, done: false })) }], {
    order: 'written',
  })
  const isLeftOut = ({ deploy }: TaskSpec) => {
    if (deploy === undefined) return false
    if (push.environment !== undefined) return deploy !== push.environment
    const branches = environments[deploy]?.branches ?? []
    return branches.length > 0 && !matchesBranch(branches, push.branch)
  }
  const out = new Set(tasks.filter(({ spec }) => isLeftOut(spec)).map(({ number }) => number))
  for (let before = -1; before !== out.size; ) {
    before = out.size
    for (const { number, dependsOn } of tasks) if (dependsOn.some((other) => out.has(other))) out.add(number)
  }
  const kept = tasks.filter(({ number }) => !out.has(number))
  const wanted = push.environment === undefined ? undefined : neededFor(kept, push.environment)
  return kept
    .filter(({ number }) => wanted?.has(number) ?? true)
    .map((task, position) => ({ ...task, position, spec: stepOf(task.spec, push, environments) }))
}

/** The steps that deploy to an environment, and what they depend on. */
function neededFor(tasks: readonly PlannedTask[], environment: string): Set<number> {
  const needed = new Set(tasks.filter(({ spec }) => spec.deploy === environment).map(({ number }) => number))
  for (const number of needed)
    for (const before of tasks.find((task) => task.number === number)?.dependsOn ?? []) needed.add(before)
  return needed
}

function stepOf(spec: TaskSpec, push: PushedCommit, environments: PipelineConfig['environments']): TaskSpec {
  const { file, branch, sha } = push
  const environment = spec.deploy === undefined ? undefined : environments[spec.deploy]
  const asked = push.how === 'push' ? '' : ` ${Date.now()}`
  return {
    ...spec,
    origin: { source: 'push', ref: `${file}, ${spec.title}, ${branch} at ${sha.slice(0, 8)}${asked}` },
    // A command that failed once is a fact about the commit; what went out is never sent twice.
    ...((spec.run || environment) && { retries: 0 }),
    ...(environment && { run: environment.deploy }),
    ...(isReadOnly(spec) && { readOnly: true as const }),
  }
}

/** A rollback is a run of one step. */
function rollback({ environments }: PipelineConfig, push: PushedCommit): Planned {
  const environment = environments[push.environment ?? '']
  if (!environment) return { problems: `There is no environment ${push.environment}.` }
  const { rollback, name } = environment
  if (!rollback) return { problems: `${name} has no \`rollback\` in config.yaml.` }
  const to = push.release ?? push.sha.slice(0, 8)
  const spec: TaskSpec = {
    origin: { source: 'push', ref: `rollback of ${name} ${Date.now()}` },
    title: `Roll ${name} back to ${to}`,
    priority: 'high',
    criteria: [],
    verify: [],
    instruction: '',
    run: rollback,
    deploy: name,
    retries: 0,
    context: '',
    done: false,
  }
  return { tasks: [{ spec, number: 1, position: 0, dependsOn: [] }], files: [], total: 1, alreadyDone: 0, push }
}
