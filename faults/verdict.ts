import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ask, BatonEvent } from '../src/core/types.ts'
import { openStore } from '../src/store/store.ts'
import type { FaultHome } from './home.ts'
import type { Jobs } from './jobs.ts'
import type { Person } from './person.ts'
import { commandOf, processesWith } from './processes.ts'
import { readWitness } from './witness.ts'

const STATUS_LINE = /^\*\*Status:\*\* done \d{4}-\d\d-\d\dT\d\d:\d\dZ\n/gm

/** What people did, as far as the verdict needs it. */
type Acted = Pick<Person, 'answers' | 'contradictions'>

/** Everything that is wrong with a house after its jobs were to be done, seen from the outside first. */
export function findFaults(home: FaultHome, jobs: Jobs, person: Acted): string[] {
  return [
    ...witnessFaults(home, jobs),
    ...fileFaults(home, jobs),
    ...storeFaults(home, jobs, person),
    ...person.contradictions.map((what) => `an act counted twice: ${what}`),
    ...processesWith('BATON_REHEARSAL_JOURNAL', home.journal).map(
      (pid) => `a process is left: ${pid} ${commandOf(pid)}`,
    ),
  ]
}

function witnessFaults({ journal }: FaultHome, { titles }: Jobs): string[] {
  const { starts, ends, overlaps } = readWitness(journal)
  const order = starts.map(({ title }) => titles.indexOf(title)).filter((index) => index !== -1)
  return [
    ...overlaps.map((line) => `worked on by two at once: ${line}`),
    ...titles.filter((title) => !ends.some((end) => end.title === title)).map((title) => `lost: ${title} never ended`),
    ...order.flatMap((index, i) =>
      i > 0 && index < (order[i - 1] as number) ? [`reordered or repeated: ${titles[index]} after a later one`] : [],
    ),
  ]
}

function fileFaults(home: FaultHome, { text, titles, files }: Jobs): string[] {
  const marked = readFileSync(home.tasksFile, 'utf8')
  const marks = marked.match(STATUS_LINE)?.length ?? 0
  return [
    ...(marks === titles.length ? [] : [`${marks} of ${titles.length} tasks are noted as done in the file`]),
    ...(marked.replace(STATUS_LINE, '') === text ? [] : ['the task file changed in other places']),
    ...[...files].flatMap(([path, content]) => {
      const file = join(home.projectDir, path)
      return existsSync(file) && readFileSync(file, 'utf8') === content ? [] : [`done without its work: ${path}`]
    }),
  ]
}

function storeFaults({ stateDir }: FaultHome, { titles }: Jobs, person: Acted): string[] {
  const store = openStore<unknown>(stateDir)
  try {
    const { read } = store
    const runs = read.runs()
    const run = runs[0]
    if (runs.length !== 1 || !run) return [`${runs.length} runs were queued for one start`]
    const tasks = read.tasks(run.id)
    const asks = read.asksOfRun(run.id)
    return [
      ...(tasks.length === titles.length ? [] : [`${tasks.length} of ${titles.length} tasks are in the store`]),
      ...tasks.filter((task) => task.phase !== 'done').map((task) => `task ${task.number} is ${task.phase}`),
      ...asks.flatMap((ask) => {
        const given = person.answers.get(ask.id)
        if (ask.state === 'open') return [`still open: ${ask.title}`]
        if (ask.state === 'withdrawn' && !given && isAskedAgain(ask, asks)) return []
        if (ask.state === 'withdrawn') return [`withdrawn: ${ask.title} (${ask.withdrawnBecause})`]
        if (!given) return [`answered by nobody: ${ask.title}`]
        const same =
          ask.answer?.choice === given.choice && JSON.stringify(ask.answer.answers) === JSON.stringify(given.answers)
        return same ? [] : [`another answer was stored: ${ask.title}`]
      }),
      ...eventFaults(read.events({ limit: 1_000_000 })),
    ]
  } finally {
    store.close()
  }
}

/** What comes up just as the daemon is being ended goes with its process, and the next one asks it again. */
export function isAskedAgain(ask: Ask, asks: readonly Ask[]): boolean {
  return asks.some(({ id, taskId, title, state }) => {
    const isSame = taskId === ask.taskId && title === ask.title
    return id !== ask.id && isSame && state !== 'withdrawn'
  })
}

/** The history must be one that a person can follow: every end once, every interrupted attempt told once. */
export function eventFaults(events: readonly BatonEvent[]): string[] {
  const faults: string[] = []
  const once = new Map<string, number>()
  let live: number | undefined
  for (const { type, task, taskId, askId, runId } of events) {
    if (type === 'task.done' || type === 'run.ended' || type === 'run.queued' || type === 'ask.answered') {
      const what = `${type} ${type === 'ask.answered' ? askId : type === 'task.done' ? taskId : runId}`
      once.set(what, (once.get(what) ?? 0) + 1)
    }
    if (type === 'task.started' || type === 'task.continued') {
      if (live !== undefined) faults.push(`task ${live} was interrupted and nobody was told`)
      live = task
    } else if (type === 'attempt.ended') live = undefined
    else if (type === 'task.interrupted') {
      if (live === undefined) faults.push(`task ${task} was told to be interrupted and was not`)
      live = undefined
    }
  }
  for (const [what, times] of once) if (times > 1) faults.push(`${what} happened ${times} times`)
  return faults
}
