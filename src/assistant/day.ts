import type { TellCard } from '../chat/cards/tell.ts'
import type { Config } from '../config/types.ts'
import type { Views } from '../daemon/api/views.ts'
import type { DayMessage } from '../planner/day-message.ts'
import { type DayPorts, lookInTheEvening, lookInTheMorning } from '../planner/day-views.ts'
import { eveningText } from '../planner/evening.ts'
import { morningText } from '../planner/morning.ts'
import { createDaily, type Daily, type DailyPorts } from '../schedule/daily.ts'
import { datedName, dayIn } from '../schedule/dated-name.ts'
import { readFileText } from '../sources/files/file-text.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { dayCard } from './cards.ts'

/** What the messages of the day are put together from. */
export interface DayOptions {
  config: Config
  view: Views
  nextStarts: DayPorts['next']
  meta: DailyPorts<DayMessage>['meta']
  tellCard: TellCard
  onError: (error: unknown) => void
  now?: () => number
}

/** What looking at the day needs. */
export function dayPorts(config: Config, view: Views, nextStarts: DayPorts['next'] = () => []): DayPorts {
  const { home, timezone, projects } = config
  const patternsOf = (name: string) => projects.find((project) => project.name === name)?.tasks ?? []
  return {
    home,
    view,
    projects: projects.map(({ name }) => name),
    findFiles: (project) => findTaskFiles(home, patternsOf(project)).map((path) => shownPath(home, path)),
    read: (_project, file) => readFileText(config, file),
    next: nextStarts,
    dayOf: (ms) => dayIn(ms, timezone),
    timeOf: (ms) => datedName('{HH:mm}', ms, timezone),
  }
}

/** Says in the morning what is planned and in the evening what was done, when configured. */
export function createDay({ config, view, nextStarts, meta, tellCard, onError, now = Date.now }: DayOptions): Daily {
  const { timezone, daily } = config
  const ports = dayPorts(config, view, nextStarts)
  return createDaily<DayMessage>({
    minutes: daily,
    ...(timezone !== undefined && { timezone }),
    meta,
    now,
    compose: async (kind, day) =>
      kind === 'morning' ? morningText(await lookInTheMorning(day, ports)) : eveningText(lookInTheEvening(day, ports)),
    // The time is part of the name: one that is moved to later on the same day is a new message.
    send: (kind, message) => tellCard(dayCard(`${kind}.${message.day}.${daily[`${kind}Minute`] ?? 0}`, message)),
    onError,
  })
}
