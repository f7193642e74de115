// A task as one line of a list.

import { h, keyed, mark, say } from '../dom.js'
import { duration, firstLine, money } from '../format.js'
import { taskAddress } from '../router.js'
import { chip, isOver, setChip } from './status.js'

/** A line with its parts, to be filled by `fillRow`. */
export function emptyRow(isWide = false) {
  const parts = {
    number: h('span', { class: 'number' }),
    title: h('span', { class: 'title' }),
    chip: chip('queued'),
    more: isWide ? h('span', { class: 'more' }) : undefined,
  }
  const link = h('a', { class: 'task-row' }, parts.number, parts.title, parts.chip, parts.more)
  link.parts = parts
  return link
}

export function fillRow(link, task, runId, isCurrent) {
  const { parts } = link
  mark(link, 'href', taskAddress(runId, task.id))
  mark(link, 'aria-current', isCurrent ? 'true' : undefined)
  link.classList.toggle('ended', isOver(task.status))
  say(parts.number, String(task.id))
  say(parts.title, task.title)
  setChip(parts.chip, task.status)
  if (parts.more) say(parts.more, moreOf(task))
}

function moreOf(task) {
  const tookMs =
    task.started_at && task.completed_at ? new Date(task.completed_at) - new Date(task.started_at) : undefined
  const parts = [
    task.type,
    task.priority !== 'medium' && `${task.priority} priority`,
    task.depends_on.length > 0 && `after ${task.depends_on.join(', ')}`,
    tookMs !== undefined && duration(tookMs),
    task.cost_usd > 0 && money(task.cost_usd),
    task.result && firstLine(task.result),
  ]
  return parts.filter(Boolean).join('  ·  ')
}

/** A short list of tasks that is kept up. */
export function taskList() {
  const element = h('ol', { class: 'tasks' })
  let context = {}
  const show = keyed(element, () => h('li', {}, emptyRow()), {
    update: (item, task) => fillRow(item.firstElementChild, task, context.runId, task.id === context.current),
  })
  return {
    element,
    update(tasks, runId, current) {
      context = { runId, current }
      show(tasks)
    },
  }
}
