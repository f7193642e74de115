import { usd } from '../text/amounts.ts'
import { shortened } from '../text/cut.ts'
import { showUnseen } from '../text/unseen.ts'
import type { Notification } from './notification.ts'

const MARKS: Record<Notification['type'], string> = {
  session_start: '▶️',
  task_start: '▶️',
  task_complete: '✅',
  task_failed: '❌',
  session_complete: '🏁',
  question: '❓',
  info: 'ℹ️',
  success: '✅',
  warning: '⚠️',
  error: '❌',
}

/** A notification as lines for a chat; the first is the headline. */
export function chatLines({ type, message, data }: Notification): [head: string, ...rest: string[]] {
  const head = `${MARKS[type]} ${cutForReceiver(message, 500)}`
  switch (type) {
    case 'question':
      return [
        head,
        ...(data.description === undefined ? [] : [cutForReceiver(`Claude: ${data.description}`, 400)]),
        ...(data.text === undefined || data.text === message ? [] : [cutForReceiver(data.text, 1_200)]),
        ...(data.remark === undefined ? [] : [cutForReceiver(`Claude Code: ${data.remark}`, 400)]),
        ...(data.options && data.options.length > 0 ? [showUnseen(`Options: ${data.options.join(' · ')}`).text] : []),
      ]
    case 'task_complete':
      return [
        head,
        ...(data.result === undefined ? [] : [cutForReceiver(data.result, 600)]),
        ...(data.total_tasks === undefined ? [] : [`${data.completed} of ${data.total_tasks} done`]),
      ]
    case 'task_failed':
      return [
        head,
        ...(data.error === undefined || message.includes(data.error) ? [] : [cutForReceiver(data.error, 600)]),
      ]
    case 'session_complete': {
      const spent = Number(data.cost_usd ?? 0)
      return spent > 0 ? [head, `Cost: ${usd(spent)}`] : [head]
    }
    default:
      return [head]
  }
}

/** Longer texts are cut: receivers refuse what is too large, and the whole text is in the log. */
const LONGEST = 8_000

/** Any value as a text that a receiver takes. */
export const cutForReceiver = (value: unknown, longest = LONGEST): string => shortened(String(value), longest)
