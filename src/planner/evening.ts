import { plural, usd } from '../text/amounts.ts'
import { shortened, someOf } from '../text/cut.ts'
import { type DayButton, type DayMessage, type DaySection, dayName } from './day-message.ts'

/** What the evening's message is made of. */
export interface EveningView {
  day: string
  projects: EveningProject[]
  /** Titles of what waits for an answer. */
  asks: string[]
  /** The next start; the time as people read it. */
  next?: { time: string; files?: string[]; project: string }
}

export interface EveningProject {
  name: string
  /** Of this day. */
  done: DayTask[]
  failed: DayTask[]
  /** Skipped and blocked ones. */
  others: DayTask[]
  undone: DayTask[]
  /** Tasks that are still to do in the open run. */
  left: number
  /** Why nothing is running, when nothing is: paused, a limit. */
  held?: string
  costUsd: number
}

export interface DayTask {
  runId: string
  number: number
  title: string
  /** The failure, or why it was skipped, blocked or undone. */
  why?: string
  /** It belongs to the latest run, so that it can still be tried again. */
  canRetry: boolean
}

const MOST_TASKS = 10
/** Buttons for tasks of a kind. */
const MOST_BUTTONS = 3

/** What was done on the day, what failed, what waits, and what it cost. */
export function eveningText({ day, projects, asks, next }: EveningView): DayMessage {
  const isOne = projects.length === 1
  const sections: DaySection[] = []
  const buttons: DayButton[] = []
  for (const project of projects) {
    const { name, done, failed, others, undone, left, held } = project
    const lines = [
      ...someOf(
        done.map(({ number, title }) => `✓ ${number}: ${title}`),
        MOST_TASKS,
      ),
      ...someOf(
        [
          ...failed.map((task) => `✗ ${line(task)}`),
          ...others.map((task) => `– ${line(task)}`),
          ...undone.map((task) => `← ${line(task)}`),
        ],
        MOST_TASKS,
      ),
      ...(left > 0 ? [`${plural(left, 'task')} still to do${held === undefined ? '' : ` (${held})`}`] : []),
    ]
    if (lines.length > 0) sections.push({ ...(!isOne && { heading: name }), lines })
    const again = (word: string, tasks: readonly DayTask[]) => {
      for (const { number, runId, canRetry } of tasks.slice(0, MOST_BUTTONS)) {
        const label = `${word} ${number}${isOne ? '' : ` (${name})`}`
        if (canRetry) buttons.push({ label, does: { type: 'retry', project: name, task: number, runId } })
      }
    }
    again('Retry', failed)
    again('Redo', undone)
  }
  if (asks.length > 0) {
    sections.push({ heading: 'Waiting for you', lines: someOf(asks, MOST_TASKS) })
    buttons.push({ label: 'Show questions', does: { type: 'asks' } })
  }
  const costUsd = projects.reduce((sum, project) => sum + project.costUsd, 0)
  const last = [
    ...(costUsd > 0 ? [`Cost today: ${usd(costUsd)}`] : []),
    ...(next
      ? [`Next start: ${next.time} ${next.files?.join(', ') ?? (isOne ? 'all task files' : next.project)}`]
      : []),
  ]
  if (last.length > 0) sections.push({ lines: last })
  return { kind: 'evening', day, title: `${dayName(day)}: ${summary(projects)}`, sections, buttons }
}

function summary(projects: readonly EveningProject[]): string {
  const count = (of: (project: EveningProject) => readonly unknown[]) =>
    projects.reduce((sum, project) => sum + of(project).length, 0)
  const parts = [
    [count(({ done }) => done), 'done'],
    [count(({ failed }) => failed), 'failed'],
    [count(({ others }) => others), 'skipped'],
    [count(({ undone }) => undone), 'undone'],
  ].filter(([n]) => n !== 0)
  return parts.length === 0 ? 'nothing was done' : parts.map(([n, what]) => `${n} ${what}`).join(', ')
}

function line({ number, title, why }: DayTask): string {
  const first = why === undefined ? '' : shortened(why.split('\n')[0] ?? '', 160)
  return first === '' ? `${number}: ${title}` : `${number}: ${title}: ${first}`
}
