import type { BatonEvent, EventType } from '../../core/types.ts'
import { moment } from '../../text/times.ts'
import { cleanLine } from './clean.ts'

/** Already shown by others, or of no use to a reader of lines. */
const UNTOLD: ReadonlySet<EventType> = new Set(['attempt.started', 'attempt.ended', 'ask.parked', 'run.started'])

/** What was printed comes after the first line: that is for the log, for whoever is asked, and for Claude. */
const WITH_OUTPUT: ReadonlySet<EventType> = new Set(['task.checked', 'task.retrying', 'task.failed'])

/** An event as one stable line with its local time; undefined for what is not shown. */
export function eventLine(event: BatonEvent): string | undefined {
  if (UNTOLD.has(event.type)) return undefined
  return `${moment(event.at)}  ${eventText(event)}`
}

/** The words of an event in one line: whose it is, what happened, and what exactly was granted. */
export function eventText(event: BatonEvent): string {
  const [first = ''] = event.text.split('\n')
  const text = cleanLine(WITH_OUTPUT.has(event.type) ? first : event.text)
  const named = event.task === undefined || new RegExp(`\\btask ${event.task}\\b`, 'i').test(text)
  const isGrant = event.type === 'grant.given' || event.type === 'grant.used'
  const call = isGrant ? callOf(event.data?.input) : undefined
  const about = call === undefined || text.includes(call) ? '' : `: ${call}`
  return `${named ? '' : `Task ${event.task}: `}${text}${about}`
}

/** The command or file of a granted call: its title alone says too little. The whole input is in the event. */
function callOf(input: unknown): string | undefined {
  const { command, file_path: path, url } = (input ?? {}) as Record<string, unknown>
  const call = [command, path, url].find((value) => typeof value === 'string')
  return call === undefined ? undefined : cleanLine(String(call))
}
