import type { Receiver } from '../config/types.ts'
import type { Pace } from '../outbox/carrier.ts'
import { discordMessage } from './discord.ts'
import type { Content, Notification } from './notification.ts'
import { slackMessage } from './slack.ts'

/** One request: its body, and how many of the waiting items are in it. */
export interface Batch {
  body: string
  count: number
}

/** Slack takes a message a second, Discord thirty a minute; what waits meanwhile is put into one. */
const PACES: Record<Receiver['format'], Pace> = {
  n8n: { together: 1, gapMs: 0 },
  json: { together: 1, gapMs: 0 },
  slack: { together: 20, gapMs: 1_100 },
  discord: { together: 20, gapMs: 2_100 },
}

export const paceOf = (format: Receiver['format']): Pace => PACES[format]

/** Wraps the first of what waits; `contents` is not empty. */
export function batchOf(format: Receiver['format'], contents: readonly Content[]): Batch {
  if (format === 'slack' || format === 'discord') {
    const { body, count } = (format === 'slack' ? slackMessage : discordMessage)(contents.flatMap(notificationIn))
    return { body: JSON.stringify(body), count }
  }
  const [first] = contents
  return { body: JSON.stringify(first && ('event' in first ? first.event : first.notification)), count: 1 }
}

const notificationIn = (content: Content): Notification[] => ('notification' in content ? [content.notification] : [])
