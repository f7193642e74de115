import { plural } from '../text/amounts.ts'
import { someOf } from '../text/cut.ts'
import { type DayButton, type DayMessage, type DaySection, dayName } from './day-message.ts'

/** What the morning's message is made of. */
export interface MorningView {
  day: string
  projects: MorningProject[]
  /** Times as people read them. */
  next: { time: string; files?: string[]; project: string }[]
  /** Titles of what waits for an answer. */
  asks: string[]
}

export interface MorningProject {
  name: string
  /** Task files with open tasks, or that cannot be run. */
  files: { file: string; titles: string[]; problem?: string }[]
  /** The task that is worked on. */
  working?: string
  /** The note of the day, when there is no task file for the day yet. */
  note?: string
}

const MOST_TITLES = 8
/** Of more files only the numbers are given. */
const FEW_FILES = 3
const MOST_LINES = 30

/** What is planned for the day. */
export function morningText({ day, projects, next, asks }: MorningView): DayMessage {
  const isOne = projects.length === 1
  const sections: DaySection[] = []
  const buttons: DayButton[] = []
  let open = 0
  for (const { name, files, working, note } of projects) {
    const lines: string[] = working === undefined ? [] : [`Running: ${working}`]
    const today = files.filter(({ file, titles }) => file.includes(day) && titles.length > 0)
    const planned = today.length > 0 ? today : files.filter(({ titles }) => titles.length > 0)
    for (const { file, titles } of planned) {
      open += titles.length
      lines.push(`${plural(titles.length, 'task')} in ${file}`)
      if (planned.length <= FEW_FILES)
        lines.push(
          ...someOf(
            titles.map((title) => `• ${title}`),
            MOST_TITLES,
          ),
        )
    }
    const others = files.filter((one) => one.titles.length > 0 && !planned.includes(one))
    const left = others.reduce((sum, { titles }) => sum + titles.length, 0)
    if (left > 0) lines.push(`${plural(left, 'task')} open in ${plural(others.length, 'other file')}`)
    for (const { file, problem } of files) if (problem !== undefined) lines.push(`${file} cannot run: ${problem}`)
    if (note !== undefined) lines.push(`New note: ${note}`)
    if (lines.length > 0) sections.push({ ...(!isOne && { heading: name }), lines: someOf(lines, MOST_LINES) })
    const project = isOne ? '' : ` ${name}`
    if (planned.length > 0 && working === undefined)
      buttons.push({
        label: `Start${project}`,
        does: { type: 'start', project: name, files: planned.map(({ file }) => file) },
      })
    if (note !== undefined) buttons.push({ label: `Plan${project}`, does: { type: 'plan', project: name, note } })
  }
  if (next.length > 0)
    sections.push({
      heading: 'Starts automatically',
      lines: next.map(
        ({ time, files, project }) => `${time} ${files?.join(', ') ?? (isOne ? 'all task files' : project)}`,
      ),
    })
  if (asks.length > 0) {
    sections.push({ heading: 'Waiting for you', lines: someOf(asks, MOST_TITLES) })
    buttons.push({ label: 'Show questions', does: { type: 'asks' } })
  }
  if (sections.length === 0)
    sections.push({ lines: ['Nothing is planned. Send /plan and a few words, and Claude drafts a list.'] })
  const title = `${dayName(day)}: ${open === 0 ? 'no open tasks' : `${plural(open, 'task')} planned`}`
  return { kind: 'morning', day, title, sections, buttons }
}
