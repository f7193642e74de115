import type { Ask } from '../../core/types.ts'
import type { Moment } from '../../text/times.ts'
import type { Message } from '../message.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { decisionLines, snoozedLine } from './decision.ts'
import { messageOf } from './parts.ts'

/** What became of an ask, where its own message says the rest. */
export function renderBeside(ask: Ask, moment: Moment): Message {
  const line = ask.state === 'open' ? snoozedLine(ask, moment) : decisionLines(ask, moment)
  return messageOf(compose([[...line, '\n', oneLine(ask.title, 300)]]), { silent: true })
}
