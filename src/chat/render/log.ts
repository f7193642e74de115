import { italic, pre } from '../../text/document/nodes.ts'
import { duration } from '../../text/durations.ts'
import type { Moment } from '../../text/times.ts'
import { encodeTap } from '../callback.ts'
import type { Message } from '../message.ts'
import type { LogView } from '../views.ts'
import { readable } from './clean.ts'
import { compose } from './compose.ts'
import { heading, messageOf } from './parts.ts'

/** The answer to /logs: the end in the chat, the whole as a document. */
export function renderLog({ task, lines, whole, isCut, updatedAt }: LogView, moment: Moment): Message {
  const headline = task ? `Log of task ${task.number}` : 'Log'
  const age = updatedAt === undefined ? '' : `\nlast line ${duration(moment.now - updatedAt)} ago`
  const name = task ? `task-${task.number}.log` : 'baton.log'
  const isWhole = whole !== undefined && whole !== ''
  const text = readable(lines.join('\n'))
  const fitted = compose([
    [...heading('📄', headline, task?.title), age],
    text === '' ? ['The log is still empty.'] : { text, as: (shown) => [pre(shown)], keep: 'tail' },
    isWhole && [italic(`${isCut ? 'As much of it as fits' : 'All of it'} is in ${name}, above.`)],
  ])
  return messageOf(fitted, {
    silent: true,
    ...(isWhole && { document: { name, caption: `${headline}, ${isCut ? 'its end' : 'whole'}`, content: whole } }),
    buttons: task ? [[{ text: 'Refresh', data: encodeTap({ kind: 'log', taskId: task.id }) }]] : [],
  })
}
