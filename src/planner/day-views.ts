import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TaskSpec } from '../core/types.ts'
import type { StatusView, TaskView, Views } from '../daemon/views.ts'
import type { DayTask, EveningProject, EveningView } from './evening.ts'
import type { MorningProject, MorningView } from './morning.ts'
import { noteOf } from './notes.ts'

export interface DayPorts {
  /** Absolute; names of files are seen from here. */
  home: string
  view: Pick<Views, 'status' | 'runs' | 'tasks' | 'openAsks'>
  projects: readonly string[]
  /** The task files of a project, as shown to people. */
  findFiles: (project: string) => readonly string[]
  read: (project: string, file: string) => Promise<{ specs: readonly TaskSpec[]; problems: readonly string[] }>
  /** The schedule's next starts, soonest first. */
  next: () => { at: number; files?: string[]; project: string }[]
  /** The calendar day of a time, `YYYY-MM-DD`, and its time of day; in the zone of the user. */
  dayOf: (ms: number) => string
  timeOf: (ms: number) => string
}

/** Looks up what the morning's message needs. */
export async function lookInTheMorning(day: string, ports: DayPorts): Promise<MorningView> {
  const { view, dayOf, timeOf } = ports
  const next = ports.next().filter(({ at }) => dayOf(at) === day)
  return {
    day,
    projects: await Promise.all(ports.projects.map((name) => morningOf(day, name, ports))),
    next: next.map(({ at, ...start }) => ({ ...start, time: timeOf(at) })),
    asks: view.openAsks().map(({ title }) => title),
  }
}

async function morningOf(
  day: string,
  name: string,
  { home, view, projects, findFiles, read }: DayPorts,
): Promise<MorningProject> {
  const files: MorningProject['files'] = []
  for (const file of findFiles(name)) {
    if (!(await isFile(resolve(home, file)))) continue
    const { specs, problems } = await read(name, file)
    const [problem] = problems
    const titles = problem === undefined ? specs.filter(({ done }) => !done).map(({ title }) => title) : []
    if (problem !== undefined || titles.length > 0)
      files.push({ file, titles, ...(problem !== undefined && { problem }) })
  }
  const { current } = view.status(name)
  const isPlanned = files.some(({ file }) => file.includes(day))
  const note = isPlanned ? undefined : await noteOf(home, day, projects.length > 1 ? name : undefined)
  return {
    name,
    files,
    ...(current && { working: `Task ${current.number}: ${current.title}` }),
    ...(note !== undefined && { note }),
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )

/** Runs that are looked through for what happened on a day. */
const RUNS = 100

/** Looks up what the evening's message needs. */
export function lookInTheEvening(day: string, ports: DayPorts): EveningView {
  const { view, timeOf, dayOf } = ports
  const [next] = ports.next()
  const time = next && (dayOf(next.at) === day ? timeOf(next.at) : `${dayOf(next.at)} ${timeOf(next.at)}`)
  return {
    day,
    projects: ports.projects.map((name) => eveningOf(day, name, ports)),
    asks: view.openAsks().map(({ title }) => title),
    ...(next &&
      time !== undefined && { next: { time, project: next.project, ...(next.files && { files: next.files }) } }),
  }
}

function eveningOf(day: string, name: string, { view, dayOf }: DayPorts): EveningProject {
  const status = view.status(name)
  const runs = view.runs({ queue: name, limit: RUNS })
  const ended = runs
    .filter(({ endedAt, createdAt }) => endedAt === undefined || dayOf(endedAt) >= day || dayOf(createdAt) >= day)
    .flatMap((run) => view.tasks(run.id).map((task) => ({ task, canRetry: run.id === status.run?.id })))
    .filter(({ task: { endedAt } }) => endedAt !== undefined && dayOf(endedAt) === day)
    .sort((a, b) => (a.task.endedAt ?? 0) - (b.task.endedAt ?? 0))
  const of = (...wanted: TaskView['status'][]): DayTask[] =>
    ended
      .filter(({ task }) => wanted.includes(task.status))
      .map(({ task, canRetry }) => ({
        number: task.number,
        title: task.title,
        ...(task.result !== undefined && { why: task.result }),
        canRetry,
      }))
  const held = heldBy(status)
  return {
    name,
    done: of('done'),
    failed: of('failed'),
    others: of('skipped', 'blocked'),
    left: leftIn(status),
    ...(held !== undefined && { held }),
    costUsd: status.todayUsd,
  }
}

function leftIn({ run, queuedRuns }: StatusView): number {
  return [run, ...queuedRuns].reduce((sum, one) => {
    if (!one || one.endedAt !== undefined) return sum
    const { queued, running, waiting, verifying } = one.counts
    return sum + queued + running + waiting + verifying
  }, 0)
}

function heldBy({ paused, hold }: StatusView): string | undefined {
  if (paused) return 'paused'
  return hold?.text
}
