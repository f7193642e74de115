import type { PlannedTask, Priority, TaskSpec } from '../../core/types.ts'
import type { ParsedFile } from '../parsed.ts'
import type { Problem, ProblemPlace } from '../problem.ts'
import { circlesOf } from './circles.ts'
import { machineOf } from './machine.ts'
import { type NumberedTask, type Resolver, resolverFor, type Unresolved } from './references.ts'

export interface PlanOptions {
  order: 'written' | 'priority'
  /** Run the done ones again. */
  all?: boolean
  /** Numbers of the only tasks to run. */
  only?: number[]
}

export interface Plan {
  /** The tasks to run, in the order of work. */
  tasks: PlannedTask[]
  /** Tasks in the files, done ones too. */
  total: number
  /** Those that are left out because they are done. */
  alreadyDone: number
  /** Which machine they are for; absent: the one that starts them. */
  machine?: string
  problems: Problem[]
}

/**
 * Puts the tasks of some files into a run: numbers them in the order written, done ones too, finds what each one waits
 * for, and orders them. A file that is named twice counts once. `position` follows the order only: that a task waits for
 * others, wherever they are, is the queue's concern.
 */
export function planRun(files: ParsedFile[], options: PlanOptions): Plan {
  const problems: Problem[] = []
  const tasks = numbered(files)
  const waits = dependencies(tasks, problems)
  problems.push(...circlesOf(tasks, waits))
  const wanted = wantedNumbers(tasks.length, options.only, problems)
  const inRun = (number: number) => wanted.has(number) && (options.all === true || !tasks[number - 1]!.spec.done)
  const chosen = tasks.filter(({ number }) => inRun(number))
  if (options.only) problems.push(...missingDependencies(chosen, tasks, waits, inRun))
  const { machine, problems: apart } = machineOf(chosen)
  problems.push(...apart)
  return {
    ...(machine !== undefined && { machine }),
    tasks: ordered(chosen, options.order).map(({ spec, number }, position) => ({
      spec,
      number,
      position,
      dependsOn: waits[number - 1]!.filter(inRun),
    })),
    total: tasks.length,
    alreadyDone: options.all ? 0 : tasks.filter(({ number, spec }) => wanted.has(number) && spec.done).length,
    problems,
  }
}

function numbered(files: ParsedFile[]): NumberedTask[] {
  const once = new Map(files.map((file) => [file.file, file]))
  return [...once.values()]
    .flatMap((file) => file.specs.map((spec, index) => ({ spec, references: file.references[index] ?? [] })))
    .map((task, index) => ({ ...task, number: index + 1 }))
}

/** A list of more helps nobody. */
const mostProblems = 200

/** For each task the numbers of those it depends on, ascending and each once. */
function dependencies(tasks: NumberedTask[], problems: Problem[]): number[][] {
  const resolver = resolverFor(tasks)
  return tasks.map((task) => {
    const found = new Set<number>()
    for (let index = 0; index < task.references.length; ) {
      const { key } = task.references[index]!
      const known = key === undefined ? undefined : resolver.keyed(task, key)
      const { resolved, next } = known ? { resolved: known, next: index + 1 } : longestName(task, index, resolver)
      if (typeof resolved === 'number') found.add(resolved)
      else if (problems.length < mostProblems)
        problems.push({ ...task.references[index]!.place, severity: 'error', ...resolved })
      index = next
    }
    return [...found].sort((a, b) => a - b)
  })
}

/** Titles may have commas themselves: the most parts that make one, and at least one part. */
const mostParts = 4

function longestName(
  task: NumberedTask,
  from: number,
  { find, explain }: Resolver,
): { resolved: number | Unresolved; next: number } {
  const most = task.references[from]!.whole ? 1 : mostParts
  const parts = task.references.slice(from, from + most).map(({ name }) => name)
  for (let count = parts.length; count > 0; count--) {
    const resolved = find(task, parts.slice(0, count).join(', '))
    if (resolved !== undefined) return { resolved, next: from + count }
  }
  return { resolved: explain(parts[0]!), next: from + 1 }
}

/** The place of an option of the command line. */
const onlyOption: ProblemPlace = { file: '--only', line: 0, column: 0 }

function wantedNumbers(total: number, only: number[] | undefined, problems: Problem[]): Set<number> {
  if (!only) return new Set(Array.from({ length: total }, (_, index) => index + 1))
  for (const number of new Set(only)) {
    if (Number.isInteger(number) && number >= 1 && number <= total) continue
    const hint =
      total === 0
        ? 'There are no tasks.'
        : total === 1
          ? 'There is only task 1.'
          : `The tasks are numbered from 1 to ${total}.`
    problems.push({ ...onlyOption, severity: 'error', message: `There is no task ${number}`, hint })
  }
  return new Set(only)
}

/** One problem for each chosen task that waits for one that is neither done nor chosen; the hint names all it takes. */
function missingDependencies(
  chosen: NumberedTask[],
  tasks: NumberedTask[],
  waits: number[][],
  inRun: (number: number) => boolean,
): Problem[] {
  const isMissing = (number: number) => !inRun(number) && !tasks[number - 1]!.spec.done
  const needed = new Set(chosen.flatMap(({ number }) => waits[number - 1]!.filter(isMissing)))
  // A set hands out what is added while it is walked through: this reaches what the missing ones wait for in turn.
  for (const number of needed) for (const next of waits[number - 1]!.filter(isMissing)) needed.add(next)
  const hint = `Add ${[...needed].sort((a, b) => a - b).join(',')} to --only.`
  return chosen.flatMap(({ number, references }) => {
    const missing = waits[number - 1]!.filter(isMissing).map((other) => `task ${other}`)
    if (missing.length === 0) return []
    const message = `Task ${number} depends on ${missing.join(', ')}: neither done nor selected`
    return [{ ...(references[0]?.place ?? onlyOption), severity: 'error', message, hint } satisfies Problem]
  })
}

const rank: Record<Priority, number> = { high: 0, medium: 1, low: 2 }

function ordered(tasks: NumberedTask[], order: PlanOptions['order']): NumberedTask[] {
  const rankOf = ({ spec }: { spec: TaskSpec }) => rank[spec.priority]
  return order === 'written' ? tasks : tasks.toSorted((a, b) => rankOf(a) - rankOf(b) || a.number - b.number)
}
