import { distance } from 'fastest-levenshtein'
import type { TaskNumber } from '../../core/types.ts'
import { shortened } from '../../text/cut.ts'
import type { FileTask } from '../file-task.ts'
import { numberFrom } from '../markdown/sections.ts'
import type { Reference } from '../parsed.ts'
import type { Problem } from '../problem.ts'

/** A task with its place in the order written, across the run's files. */
export interface NumberedTask {
  spec: FileTask
  /** 1-based. */
  number: number
  references: Reference[]
}

/** Why a name is not a task's, for people. */
export type Unresolved = Pick<Problem, 'message' | 'hint'>

export interface Resolver {
  /** The number of the task with this key in the same file. */
  keyed: (from: NumberedTask, key: string) => number | undefined
  /** The number of the task that a name means; nothing when no task has it. */
  find: (from: NumberedTask, name: string) => number | Unresolved | undefined
  /** What to say of a name that no task has. */
  explain: (name: string) => Unresolved
}

/**
 * Finds the task that a name in Depends On means. A number is the N of `Task N: …` in the same file, else that of `N. …`,
 * else the number in the run; anything else is a title, first of the same file, in any letter case. `other.md#Task 2` looks into another
 * file of the run.
 */
export function resolverFor(tasks: NumberedTask[]): Resolver {
  const files = Map.groupBy(tasks, ({ spec }) => spec.origin.file)
  const byFile = new Map([...files].map(([file, own]) => [file, indexOf(own)]))
  const everywhere = indexOf(tasks)
  const keys = new Map(tasks.map(({ spec, number }) => [`${spec.origin.file}\n${spec.origin.ref}`, number]))

  const find: Resolver['find'] = (from, name) => {
    const elsewhere = otherFile(name)
    if (elsewhere) {
      const [file, ...others] = filesCalled([...files.keys()], elsewhere.path)
      return file === undefined || others.length > 0 ? undefined : one(look(byFile.get(file)!, elsewhere.name), name)
    }
    const here = one(look(byFile.get(from.spec.origin.file)!, name), name)
    if (here !== undefined) return here
    const number = taskNumber(name)
    if (number === undefined) return one(look(everywhere, name), name)
    return typeof number === 'number' && number >= 1 && number <= tasks.length ? number : undefined
  }
  const explain: Resolver['explain'] = (name) => {
    const elsewhere = otherFile(name)
    const found = elsewhere ? filesCalled([...files.keys()], elsewhere.path) : []
    return elsewhere && found.length !== 1 ? noFile(elsewhere.path, found) : unknown(name, tasks)
  }
  return { keyed: (from, key) => keys.get(`${from.spec.origin.file}\n${key}`), find, explain }
}

function otherFile(name: string): { path: string; name: string } | undefined {
  const found = /^(.+\.\w+)#(.+)$/.exec(name)
  return found ? { path: found[1]!, name: found[2]!.trim() } : undefined
}

interface Index {
  numbers: Map<TaskNumber, NumberedTask[]>
  /** By the number in front of a title: `3. Add a login`. Two phases may begin with 1 each: it counts where nothing else does. */
  leading: Map<TaskNumber, NumberedTask[]>
  titles: Map<string, NumberedTask[]>
}

function indexOf(tasks: NumberedTask[]): Index {
  const headed = tasks.filter(({ spec }) => spec.headingNumber !== undefined)
  const titles = Map.groupBy(tasks, ({ spec }) => folded(spec.title))
  for (const task of tasks) {
    const key = folded(task.spec.origin.ref)
    if (!titles.has(key)) titles.set(key, [task])
  }
  // A check box may be named without the headings above it.
  const bare = Map.groupBy(
    tasks.filter(({ spec }) => spec.origin.form === 'checkbox'),
    ({ spec }) => folded(spec.title.split(' › ').at(-1)!),
  )
  for (const [title, named] of bare) if (!titles.has(title)) titles.set(title, named)
  const led = tasks.flatMap((task) => {
    const lead = task.spec.headingNumber === undefined ? leadingNumber(task.spec.title.split(' › ').at(-1)!) : undefined
    return lead ? [{ task, ...lead }] : []
  })
  for (const [title, found] of Map.groupBy(led, ({ name }) => folded(name)))
    if (!titles.has(title))
      titles.set(
        title,
        found.map(({ task }) => task),
      )
  const leading = new Map(
    [...Map.groupBy(led, ({ number }) => number)].map(([number, found]) => [number, found.map(({ task }) => task)]),
  )
  return { numbers: Map.groupBy(headed, ({ spec }) => spec.headingNumber!), leading, titles }
}

function look({ numbers, leading, titles }: Index, name: string): NumberedTask[] {
  const number = taskNumber(name)
  return (
    (number === undefined ? undefined : (numbers.get(number) ?? leading.get(number))) ??
    titles.get(folded(withoutNumber(name))) ??
    []
  )
}

function one(found: NumberedTask[], name: string): number | Unresolved | undefined {
  if (found.length < 2) return found[0]?.number
  const places = found.slice(0, 5).map(({ spec }) => `${spec.origin.file}:${spec.origin.line}`)
  return {
    message: `Depends On names "${name}", but there are several`,
    hint: `${places.join(', ')}: give them different ${taskNumber(name) === undefined ? 'titles' : 'numbers'}.`,
  }
}

/** The number in `3`, `#3`, `Task 3`, `TASK-1.2`. */
function taskNumber(name: string): TaskNumber | undefined {
  const found = /^(?:task[\s_-]*)?#?\s*(\d{1,9}(?:\.\d{1,9}){0,5}[a-z]?)$/i.exec(name.trim())
  return found ? numberFrom(found[1]!) : undefined
}

/** The number in front of `3. Add a login`, `3) …`, `1.2 …`, `#3 – …`, and the title behind it. */
function leadingNumber(title: string): { number: TaskNumber; name: string } | undefined {
  const found =
    /^#?(\d{1,4}[a-z]?(?=[.):]|\s+[–—-]\s)|\d{1,4}(?:\.\d{1,4}){1,5})(?:[.):]\s+|\s+[–—-]\s+|\s+)(\S.*)$/.exec(title)
  return found ? { number: numberFrom(found[1]!), name: found[2]! } : undefined
}

/** `Task 3: Add a login` may be named with its number in front. */
function withoutNumber(name: string): string {
  return name.replace(/^task[\s_-]*#?\d[\d.]{0,20}[a-z]?\s*[:.)–—-]\s*/i, '')
}

function folded(name: string): string {
  return name.trim().replace(/\s+/g, ' ').replace(/[`*_]/g, '').toLowerCase()
}

function filesCalled(files: string[], path: string): string[] {
  const wanted = path.replace(/^\.\//, '')
  const exact = files.filter((file) => file === wanted)
  return exact.length > 0 ? exact : files.filter((file) => file.endsWith(`/${wanted}`))
}

function noFile(path: string, found: string[]): Unresolved {
  const several = {
    message: `Depends On names the file ${path}, but there are several`,
    hint: `${found.join(', ')}: write the whole path.`,
  }
  return found.length > 0
    ? several
    : { message: `Depends On names the file ${path}, which is not in this run`, hint: 'Run both files together.' }
}

/** Comparing with more titles than this takes longer than the hint is worth. */
const mostCompared = 1_000

function unknown(name: string, tasks: NumberedTask[]): Unresolved {
  const message = `Depends On names "${shortened(name, 81)}", but there is no such task`
  const near = didYouMean(
    name,
    tasks.map(({ spec }) => spec.title),
  )
  return { message, hint: `${near}Name tasks by number or title, with commas between them.` }
}

/** `Did you mean "Add a login"? `, where one of these names is near enough to be meant; else nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const wanted = folded(name).slice(0, 100)
  let best: { name: string; far: number } | undefined
  for (const other of names.slice(0, mostCompared)) {
    const far = distance(wanted, folded(other).slice(0, 100))
    if (!best || far < best.far) best = { name: other, far }
  }
  // Of a short name nearly everything is two letters away.
  const isNear = best && best.far < wanted.length && best.far <= Math.max(2, wanted.length / 3)
  return isNear ? `Did you mean "${best!.name}"? ` : ''
}
