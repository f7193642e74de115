import type { NotificationType } from '../config/types.ts'
import { wholeText } from '../core/asks/asks.ts'
import type { Ask, BatonEvent } from '../core/types.ts'
import type { RunView, Views } from '../daemon/api/views.ts'
import { plural } from '../text/amounts.ts'
import { mixedWords } from '../text/scripts.ts'
import { showUnseen } from '../text/unseen.ts'
import { cutForReceiver } from './chat-text.ts'
import type { Notification, NotificationData } from './notification.ts'
import type { RunProgress } from './progress.ts'

export interface Looks {
  view: Pick<Views, 'run' | 'fullTask' | 'ask'>
  progress: RunProgress
}

/** What an event says to other systems, with what belongs to it. */
export function notificationOf(event: BatonEvent, type: NotificationType, { view, progress }: Looks): Notification {
  const run = event.runId === undefined ? undefined : view.run(event.runId)
  const task = event.taskId === undefined ? undefined : view.fullTask(event.taskId)
  const ask = event.askId === undefined ? undefined : view.ask(event.askId)
  const data: NotificationData = {
    project: event.queue,
    ...(event.runId !== undefined && { session_id: event.runId }),
    ...(run && filesOf(run)),
    ...(event.task !== undefined && { task_id: event.task }),
    ...(task && { task_title: see(task.spec.title) }),
    ...(run && { completed: progress.completed(event), total_tasks: run.total }),
    ...moreOf(event, type, run, ask),
  }
  return { type, message: see(messageOf(event, type, data)), timestamp: new Date(event.at).toISOString(), data }
}

/** A person may decide by these words, wherever the receiver shows them. Options stay as they are: they are answered with. */
const see = (words: string): string => showUnseen(words).text

function mixedNote(ask: Ask): string {
  const words = mixedWords(wholeText(ask))
  return words.length === 0 ? '' : `\nLetters from several scripts in one word: ${see(words.join('; '))}`
}

const filesOf = ({ files }: RunView) => ({ ...(files[0] !== undefined && { task_file: files[0] }), task_files: files })

function messageOf(event: BatonEvent, type: NotificationType, { total_tasks, task_files }: NotificationData): string {
  if (type !== 'session_start' || total_tasks === undefined) return event.text
  const from = task_files && task_files.length > 0 ? ` from ${task_files.join(', ')}` : ''
  return `Started: ${plural(total_tasks, 'task')}${from}`
}

function moreOf(
  event: BatonEvent,
  type: NotificationType,
  run: RunView | undefined,
  ask: Ask | undefined,
): Partial<NotificationData> {
  const data = event.data ?? {}
  if (type === 'session_start') return { auto_approve: run?.autoApprove ?? false }
  if (type === 'session_complete' && run) {
    const { counts, costUsd } = run
    // A run that was continued after this had still been stopped at that time.
    return {
      status: String(data.state ?? run.status),
      ...endCounts(data, counts),
      cost_usd: Number(data.costUsd ?? costUsd),
    }
  }
  const found =
    Array.isArray(data.findings) && data.findings.length > 0
      ? { findings: data.findings.map((finding) => cutForReceiver(finding)) }
      : {}
  if (type === 'task_failed')
    return { error: cutForReceiver(data.result ?? event.text), cost_usd: data.costUsd, ...found }
  if (type === 'task_complete')
    return {
      ...(data.result !== undefined && { result: cutForReceiver(data.result) }),
      cost_usd: data.costUsd,
      ...found,
    }
  if (ask && type === 'question') return askData(ask)
  if (type === 'error' || type === 'warning') return { error: event.text, event: event.type }
  return { event: event.type }
}

function endCounts(data: Record<string, unknown>, counts: RunView['counts']) {
  const count = (name: 'failed' | 'skipped' | 'blocked' | 'undone') => Number(data[name] ?? counts[name])
  return { failed: count('failed'), skipped: count('skipped'), blocked: count('blocked'), undone: count('undone') }
}

function askData(ask: Ask): Partial<NotificationData> {
  const question = ask.questions?.[0]
  return {
    ask_id: ask.id,
    kind: ask.kind,
    question: see(ask.title),
    text: cutForReceiver(`${see(ask.text)}${mixedNote(ask)}`),
    ...(ask.description !== undefined && { description: cutForReceiver(see(ask.description)) }),
    ...(ask.remark !== undefined && { remark: cutForReceiver(see(ask.remark)) }),
    options: question ? question.options.map(({ label }) => label) : ask.options.map(({ label }) => label),
    ...(ask.questions && ask.questions.length > 1 && { questions: ask.questions }),
  }
}
