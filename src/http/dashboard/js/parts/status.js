// The states of tasks and runs, each with a word, a sign and a colour: never a colour alone.

import { h, icon, mark } from '../dom.js'

/** The ends that a task can come to. */
export const TASK_ENDS = ['done', 'failed', 'skipped', 'blocked', 'undone']

/** All that a task can be in, in the order of its life. */
const TASK_STATUSES = ['queued', 'running', 'waiting', 'verifying', 'merging', 'taken_over', ...TASK_ENDS]

export const isOver = (status) => TASK_ENDS.includes(status)

const TONES = {
  running: 'run',
  waiting: 'ask',
  verifying: 'check',
  merging: 'check',
  taken_over: 'ask',
  done: 'good',
  failed: 'bad',
  blocked: 'bad',
  paused: 'ask',
}

/** A status as people read it. */
const wordOf = (status) => status.replace('_', ' ')

/** A choice of one state, or of all. */
export const statusChoice = () =>
  h(
    'select',
    { class: 'input', 'aria-label': 'State' },
    h('option', { value: '' }, 'All states'),
    TASK_STATUSES.map((value) => h('option', { value }, wordOf(value))),
  )

/** A small sign with the state's word in it. */
export function chip(status) {
  const element = h('span', {})
  setChip(element, status)
  return element
}

/** @param isAsked something waits for a person's decision, and not only for time or for the queue */
export function setChip(element, status, isAsked = false) {
  const word = isAsked && status === 'waiting' ? 'waiting for you' : wordOf(status)
  if (element.textContent === word) return
  element.className = `chip ${TONES[status] ? `tone-${TONES[status]}` : ''} ${status === 'running' ? 'turning' : ''}`
  element.replaceChildren(icon(status), word)
}

/** How far a run is, as a bar that also has words. */
export function meter(run) {
  const element = h('div', { class: 'meter', role: 'img' })
  setMeter(element, run)
  return element
}

export function setMeter(element, { counts, total_tasks: total }) {
  const parts = [
    ['done', counts.done],
    ['failed', counts.failed + counts.blocked],
    ['passed', counts.skipped + counts.undone],
    ['waiting', counts.waiting + (counts.taken_over ?? 0)],
    ['busy', counts.running + counts.verifying + counts.merging],
  ].filter(([, count]) => count > 0)
  const words = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${wordOf(status)}`)
  mark(element, 'aria-label', `${total} tasks: ${words.join(', ')}`)
  element.replaceChildren(
    ...parts.map(([name, count]) => {
      const bar = h('i', { class: name })
      bar.style.width = `${(100 * count) / total}%`
      return bar
    }),
  )
}
