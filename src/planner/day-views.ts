import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TaskSpec } from '../core/types.ts'
import type { StatusView, TaskView, Views } from '../daemon/api/views.ts'
import { HOUR_MS } from '../text/durations.ts'
import type { DayTask, EveningProject, EveningView } from './evening.ts'
import type { MorningProject, MorningView } from './morning.ts'
import { noteOf } from './notes.ts'

export interface DayPorts {
  /** Absolute; names of files are seen from here. */
  home: string
  view: Pick<Views, 'status' | 'task' | 'endedTasks' | 'tasksLeft' | 'openIdentities' | 'openAsks'>
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

/** A day somewhere on the earth begins so much before, and ends so much after, the same day in London. */
const EARLIEST_MS = 14 * HOUR_MS
const LATEST_MS = (24 + 12) * HOUR_MS

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

function eveningOf(day: string, name: string, ports: DayPorts): EveningProject {
  const status = ports.view.status(name)
  const ended = endedOn(day, name, ports)
  const of = (...wanted: TaskView['status'][]): DayTask[] =>
    ended
      .filter(({ task }) => wanted.includes(task.status))
      .map(({ task, runId }) => ({
        runId,
        number: task.number,
        title: task.title,
        ...(task.result !== undefined && { why: task.result }),
        canRetry: runId === status.run?.id,
      }))
  const held = heldBy(status)
  return {
    name,
    done: of('done'),
    failed: of('failed'),
    others: of('skipped', 'blocked'),
    undone: of('undone'),
    left: ports.view.tasksLeft(name),
    ...(held !== undefined && { held }),
    costUsd: status.todayUsd,
  }
}

/**
 * The tasks that came to an end on a day, each once however many runs it was in: what it came to last counts, and one that
 * runs again has not ended.
 */
function endedOn(day: string, queue: string, { view, dayOf }: DayPorts): { task: TaskView; runId: string }[] {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const ended = view.endedTasks({ queue, from: midnight - EARLIEST_MS, to: midnight + LATEST_MS })
  const last = new Map<string, (typeof ended)[number]>()
  for (const one of ended) {
    if (dayOf(one.at) !== day) continue
    // In the order of their last ends.
    last.delete(one.identity)
    last.set(one.identity, one)
  }
  const open = view.openIdentities(queue)
  return [...last.values()].flatMap(({ runId, number, identity }) => {
    const task = open.has(identity) ? undefined : view.task(runId, number)
    return task ? [{ task, runId }] : []
  })
}

function heldBy({ paused, hold }: StatusView): string | undefined {
  if (paused) return 'paused'
  return hold?.text
}
