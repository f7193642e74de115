import type { RunView, TaskView } from '../../daemon/api/views.ts'
import { doneOf } from '../../text/amounts.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { TaskListView } from '../views.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { bar, RUN_MARK, TASK_MARK } from './marks.ts'
import { heading, messageOf } from './parts.ts'

/** Tasks on one page. */
const PAGE_SIZE = 12

/** The list of a run's tasks, a page at a time. */
export function renderTaskList({ run, tasks, page, asked }: TaskListView): Message {
  const pages = Math.max(1, Math.ceil(tasks.length / PAGE_SIZE))
  const shown = Math.min(Math.max(0, page), pages - 1)
  const rows = tasks.slice(shown * PAGE_SIZE, (shown + 1) * PAGE_SIZE)
  const done = tasks.filter((task) => task.status === 'done').length
  const fitted = compose([
    [...heading('📋', 'Tasks', run.files.join(', ')), '\n', `${bar(done, tasks.length)} ${doneOf(done, tasks.length)}`],
    { text: rows.map((task) => row(task, run, asked)).join('\n'), as: (text) => [text], keep: 'head' },
  ])
  return messageOf(fitted, { silent: true, buttons: [pageButtons(run.id, shown, pages)] })
}

function row(task: TaskView, run: RunView, asked: string[]): string {
  const note =
    task.status === 'blocked' && task.blockedBy?.length ? ` · blocked by\u00A0${task.blockedBy.join(', ')}` : ''
  const [mark, waits] = task.status === 'waiting' ? waiting(asked.includes(task.id), run) : [TASK_MARK[task.status], '']
  return `${mark} ${task.number} · ${oneLine(task.title, 90)}${note}${waits}`
}

function waiting(isAsked: boolean, run: RunView): [mark: string, words: string] {
  if (isAsked) return [TASK_MARK.waiting, ' · waiting for you']
  return run.status === 'paused' ? [RUN_MARK.paused, ' · paused'] : ['⏳', ' · waiting']
}

function pageButtons(runId: string, page: number, pages: number): Button[] {
  if (pages === 1) return []
  const to = (text: string, target: number): Button => ({
    text,
    data: encodeTap({ kind: 'tasks', runId, page: target }),
  })
  return [
    ...(page > 0 ? [to('‹ Previous', page - 1)] : []),
    ...(page < pages - 1 ? [to(`Next (${page + 2} of ${pages}) ›`, page + 1)] : []),
  ]
}
