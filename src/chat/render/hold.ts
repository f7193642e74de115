import type { Hold } from '../../core/types.ts'
import type { TaskView } from '../../daemon/views.ts'
import { bold } from '../../text/document/nodes.ts'
import { duration } from '../../text/durations.ts'
import type { Message } from '../message.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { heading, messageOf } from './parts.ts'
import { clockTime, type Moment } from './time.ts'

const HEADLINES: Record<Hold['why'], string> = {
  limit: 'The usage limit is reached',
  overload: 'Claude’s service is overloaded',
  disk: 'The disk is full',
  budget: 'The budget is used up',
  kept: 'No new task starts for now',
}

/** The queue waits by itself: why, until when, and that nothing is lost. */
export function renderHold(
  { hold, task }: { hold: Hold; task?: Pick<TaskView, 'number' | 'title'> },
  moment: Moment,
): Message {
  const left = hold.until - moment.now
  const fitted = compose([
    [...heading('⏳', HEADLINES[hold.why]), '\n', oneLine(hold.text, 300)],
    left > 0
      ? ['It goes on by itself at ', bold(clockTime(hold.until, moment)), `, in ${duration(left)}.`]
      : ['It goes on now.'],
    hold.why === 'kept' && ['/resume starts them all the same.'],
    task !== undefined &&
      hold.why !== 'kept' && [
        `Task ${task.number} (${oneLine(task.title, 120)}) continues where it stands. Nothing is lost, and no retry is spent.`,
      ],
  ])
  return messageOf(fitted)
}
