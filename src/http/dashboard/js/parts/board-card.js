// A task as a card: what it is, how it is going, and the ways to do something about it.

import { h, icon, mark, say } from '../dom.js'
import { ago, clockOrDay, duration, firstLine, money } from '../format.js'
import { taskAddress } from '../router.js'
import { chip, setChip } from './status.js'

/** A card that `fillCard` fills, as one line of a column. */
export function cardRow(first, { runId, answer, askOf, more }) {
  let task = first
  const parts = {
    number: h('span', { class: 'number numbers' }),
    title: h('a', { class: 'title' }),
    grip: h('button', { class: 'tool grip', type: 'button', on: { click: () => more(task) } }, icon('grip')),
    more: h('button', { class: 'tool', type: 'button', on: { click: () => more(task) } }, icon('more')),
    said: h('p', { class: 'said' }),
    chip: chip('queued'),
    facts: h('span', { class: 'facts-line muted numbers' }),
    answer: h(
      'button',
      { class: 'button small primary', type: 'button', on: { click: () => answer(askOf(task)) } },
      'Answer',
    ),
  }
  const row = h(
    'li',
    {},
    h(
      'div',
      { class: 'task-card' },
      h('div', { class: 'head' }, parts.number, parts.title, parts.grip, parts.more),
      parts.said,
      h('div', { class: 'foot' }, parts.chip, parts.facts, parts.answer),
    ),
  )
  row.fill = (next) => {
    task = next
    mark(parts.title, 'href', taskAddress(runId, task.id))
  }
  row.parts = parts
  return row
}

export function fillCard(row, task, { askOf, liveOf, canMove, ticker }, column) {
  row.fill(task)
  const { parts } = row
  const ask = askOf(task)
  const live = liveOf(task)
  const card = row.firstElementChild
  card.dataset.status = task.status
  say(parts.number, String(task.id))
  say(parts.title, task.title)
  const hasGrip = column === 'queued' && canMove()
  parts.grip.hidden = !hasGrip
  mark(parts.grip, 'aria-label', `Move task ${task.id}`)
  mark(parts.more, 'aria-label', `More about task ${task.id}`)
  say(parts.said, saidOf(task, ask, live))
  card.classList.toggle('talks', Boolean(live) && !ask)
  // The column says it already, unless it holds several.
  parts.chip.hidden = column !== 'failed'
  setChip(parts.chip, task.status)
  say(parts.facts, factsOf(task, ask, live, ticker.now()))
  parts.answer.hidden = !ask
  mark(parts.answer, 'aria-label', `Answer task ${task.id}`)
}

/** The one line that matters now. */
function saidOf(task, ask, live) {
  if (ask) return ask.shown.title
  if (live) return live.activity
  if (task.blocked_by.length > 0) return `Blocked by task ${task.blocked_by.join(', ')}`
  if (task.result) return firstLine(task.result)
  return task.depends_on.length > 0 ? `After task ${task.depends_on.join(', ')}` : ''
}

function factsOf(task, ask, live, now) {
  const since = (iso) => now - new Date(iso)
  const tookMs =
    task.started_at && task.completed_at ? new Date(task.completed_at) - new Date(task.started_at) : undefined
  const cost = task.cost_usd + (live?.cost_usd ?? 0)
  return [
    task.lane !== null && !task.completed_at && !ask && `lane ${task.lane}`,
    ask && ago(since(ask.openedAt)),
    live && !ask && duration(since(live.started_at)),
    task.commit?.slice(0, 8),
    !task.completed_at && !live && !ask && task.type,
    tookMs !== undefined && duration(tookMs),
    task.completed_at && clockOrDay(new Date(task.completed_at).getTime()),
    task.priority !== 'medium' && !task.completed_at && `${task.priority} priority`,
    !ask && cost > 0 && money(cost),
    !ask && task.attempts > 1 && `${task.attempts} attempts`,
  ]
    .filter(Boolean)
    .join('  ·  ')
}
