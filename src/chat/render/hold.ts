import type { Hold } from '../../core/types.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { clockTime, type Moment } from '../../text/times.ts'
import type { Message } from '../message.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { heading, messageOf } from './parts.ts'

const HEADLINES: Record<Hold['why'], string> = {
  limit: 'The usage limit',
  overload: 'Claude’s service is overloaded',
  disk: 'The disk is full',
  budget: 'The budget is used up',
  kept: 'No new tasks for now',
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The same message once it is over; `isOver`: the time ran out, and no person wanted something else. */
export function renderReleased(
  { text, at, isOver }: { text: string; at: number; isOver: boolean },
  moment: Moment,
): Message {
  const what = capital(oneLine(text, 150))
  const time = clockTime(at, moment)
  const headline = isOver ? `${what}: resumed at ${time}` : `${what}: wait ended at ${time}`
  return messageOf(compose([heading(isOver ? '▶️' : '⚪️', headline)]), { silent: true })
}

/** The queue waits until a time: for what, until when, and that nothing is lost. */
export function renderHold(
  { hold, task }: { hold: Hold; task?: Pick<TaskView, 'number' | 'title'> },
  moment: Moment,
): Message {
  const until = `resumes at ${clockTime(hold.until, moment)}`
  const isNamed = hold.why === 'limit'
  const fitted = compose([
    [
      ...heading('⏳', `${isNamed ? capital(oneLine(hold.text, 150)) : HEADLINES[hold.why]}; ${until}`),
      isNamed ? '' : `\n${oneLine(hold.text, 300)}`,
    ],
    hold.why === 'kept' && ['/resume to start new tasks sooner.'],
    task !== undefined &&
      hold.why !== 'kept' && [
        `Task ${task.number} (${oneLine(task.title, 120)}) will pick up where it left off; no retry is used.`,
      ],
  ])
  return messageOf(fitted, { silent: true })
}
