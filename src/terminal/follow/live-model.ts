import { basename } from 'node:path'
import { actorText } from '../../core/actors.ts'
import type { BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { Live, StatusView, TaskView } from '../../daemon/api/views.ts'
import { when } from '../../text/times.ts'
import { cleanLine } from '../show/clean.ts'
import type { Doing, LiveScreen, LiveTask } from '../show/live-view.ts'
import { withoutProcess } from '../show/without-process.ts'

/** The queue as the live view needs it, kept in memory: a long queue is read once and then only what changed. */
export interface LiveModel {
  /** Takes over what an event changed; gives the task it is about. */
  take: (event: BatonEvent) => TaskView | undefined
  setLives: (lives: Live[]) => void
  screen: () => Omit<LiveScreen, 'prompt' | 'notice' | 'input' | 'hints'>
}

/** `runId`: one run among others; absent: the current one. */
export function createLiveModel(
  { view }: Pick<DaemonApi, 'view'>,
  { queue, runId, now, redact }: { queue: string; runId?: string; now: () => number; redact: (text: string) => string },
): LiveModel {
  const startedAt = now()
  const show = (text: string) => cleanLine(redact(text))
  let status: StatusView = view.status(queue)
  let lives = status.lives
  let shownId: string | undefined
  let tasks: LiveTask[] = []
  let places = new Map<number, number>()

  const line = ({ number, title, status, startedAt, endedAt, costUsd }: TaskView): LiveTask => ({
    number,
    title: show(title),
    status,
    costUsd,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  })

  const load = () => {
    shownId = runId ?? status.run?.id
    tasks = shownId === undefined ? [] : view.tasks(shownId).map(line)
    places = new Map(tasks.map(({ number }, i) => [number, i]))
  }
  load()
  const lookAtRun = () => (runId === undefined ? status.run : view.run(runId))
  let run = lookAtRun()

  const refresh = (number: number): TaskView | undefined => {
    const task = shownId === undefined ? undefined : view.task(shownId, number)
    const at = places.get(number)
    if (task && at !== undefined) tasks[at] = line(task)
    return task
  }

  /** What an event changed is read when it is shown: events come faster than anybody reads. */
  let isStale = false
  const lookAgain = () => {
    isStale = false
    const before = status.running.map(({ number }) => number)
    status = view.status(queue)
    run = lookAtRun()
    if (runId === undefined && status.run?.id !== shownId) load()
    for (const number of new Set([...before, ...status.running.map(({ number }) => number)])) refresh(number)
  }

  /** Why nothing is running. */
  const idleness = (): Pick<LiveScreen, 'whyIdle' | 'isHeld'> => {
    const { current, hold, paused } = status
    if (runId !== undefined && status.run?.id !== runId) return { whyIdle: 'waiting for the runs before it' }
    if (paused?.mode === 'now')
      return { whyIdle: `paused by ${show(actorText(paused.by))}; resume to continue`, isHeld: true }
    if (hold && hold.until > now())
      return { whyIdle: `paused until ${when(hold.until, now())}: ${show(hold.text)}`, isHeld: true }
    if (current?.takenOver)
      return {
        whyIdle: `taken over by ${show(actorText(current.takenOver.by))}; release ${current.number} hands it back`,
      }
    const whyIdle = current && withoutProcess(current.status)
    return whyIdle === undefined ? {} : { whyIdle }
  }

  const words = ({ activity, turns, lastOutputAt }: Live): Doing => ({ activity: show(activity), turns, lastOutputAt })

  /** The other lanes, and what waits beside them. */
  const beside = (at: number): Pick<LiveScreen, 'others'> => {
    const told = tasks.flatMap(({ number, status: of }, place): [number, Doing][] => {
      if (place === at) return []
      const hasProcess = of === 'running' || of === 'verifying'
      const live = hasProcess && lives.find(({ task, runId: run }) => task === number && run === shownId)
      if (live) return [[number, words(live)]]
      const activity = withoutProcess(of)
      return activity === undefined ? [] : [[number, { activity, turns: 0, lastOutputAt: now() }]]
    })
    return told.length > 0 ? { others: new Map(told) } : {}
  }

  const focus = () => {
    const number = runId !== undefined && status.run?.id !== runId ? undefined : status.current?.number
    const at = number === undefined ? undefined : places.get(number)
    if (at !== undefined) return at
    const open = tasks.findIndex((task) => task.status === 'queued')
    return open < 0 ? tasks.length - 1 : open
  }

  return {
    take(event) {
      isStale = true
      if (event.task === undefined || (event.runId !== undefined && event.runId !== shownId)) return undefined
      return refresh(event.task)
    },
    setLives(value) {
      lives = value
    },
    screen: () => {
      if (isStale) lookAgain()
      const doing = lives.find(({ taskId }) => taskId === status.current?.id)
      const files = run?.files ?? []
      const others = files.length > 1 ? ` + ${files.length - 1} more` : ''
      return {
        files: show(`${files.length === 1 ? files[0] : basename(files[0] ?? '')}${others}`),
        tasks,
        focus: focus(),
        startedAt,
        costUsd: run?.costUsd ?? 0,
        ...(doing && { doing: words(doing) }),
        ...beside(focus()),
        ...idleness(),
      }
    },
  }
}
