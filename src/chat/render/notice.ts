import type { Ask } from '../../core/types.ts'
import { code, type Node } from '../../text/document/nodes.ts'
import { duration } from '../../text/durations.ts'
import type { Moment } from '../../text/times.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import { snoozeTimes } from './buttons.ts'
import { oneLine, readable } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { heading, messageOf } from './parts.ts'

/** A plain answer or notice: `text` may have several lines. */
export function renderNotice(
  text: string,
  options: { mark?: string; title?: string; silent?: boolean; buttons?: Button[][]; below?: MessageSection } = {},
): Message {
  const { mark, title, silent = false, buttons, below } = options
  const head = title === undefined ? [] : [heading(mark ?? 'ℹ️', title)]
  const prefix = title === undefined && mark !== undefined ? `${mark} ` : ''
  const fitted = compose([...head, { text: `${prefix}${readable(text)}`, as: (shown) => [shown], keep: 'ends' }, below])
  return messageOf(fitted, { silent, ...(buttons && { buttons }) })
}

/** Sent when an ask has been open for long; its own message, which has the buttons, is a tap away. */
export function renderReminder(ask: Ask, moment: Moment): Message {
  return messageOf(
    compose([
      [...heading('⏰', 'Still waiting for you'), '\n', oneLine(ask.title, 300)],
      [`Asked ${duration(moment.now - ask.openedAt)} ago.`],
    ]),
    { buttons: [[{ text: 'Show it', data: encodeTap({ kind: 'show', askId: ask.id }) }], snoozeTimes(ask.id)] },
  )
}

/** While nobody is allowed yet, the bot answers anyone with their own id and nothing else. */
export function renderOwnId(userId: string, variable: string): Message {
  const nodes: Node[] = [
    'Your numeric id is ',
    code(userId),
    '.\n\nTo give yourself access to this bot, add it to ',
    code('.env'),
    ' as ',
    code(`${variable}=${userId}`),
    ' and restart Baton.',
  ]
  return messageOf({ nodes }, { silent: true })
}
