// The tasks that run beside each other: what it is, what it does, since when, and what it has used.

import { h, keyed, mark, say } from '../dom.js'
import { duration, money, plural } from '../format.js'
import { taskAddress } from '../router.js'

/** A list of live tasks that is kept up; drawn again with every tick by whoever shows it. */
export function laneList() {
  const element = h('ul', { class: 'lanes' })
  let now = 0
  const draw = keyed(element, emptyLane, {
    keyOf: ({ task }) => task,
    update: (item, { session_id, task, title, activity, started_at, turns, cost_usd, lane }) => {
      const { parts } = item
      say(parts.use, [lane && `lane ${lane}`, plural(turns, 'turn'), money(cost_usd)].filter(Boolean).join('  ·  '))
      say(parts.number, String(task))
      say(parts.title, title)
      mark(parts.title, 'href', taskAddress(session_id, task))
      say(parts.since, duration(now - new Date(started_at)))
      say(parts.activity, activity)
    },
  })
  return {
    element,
    update(lives, at) {
      now = at
      draw(lives.toSorted((a, b) => a.task - b.task))
    },
  }
}

function emptyLane() {
  const parts = {
    number: h('span', { class: 'number numbers' }),
    title: h('a', { class: 'title' }),
    since: h('span', { class: 'since numbers' }),
    activity: h('span', { class: 'activity-line' }),
    use: h('span', { class: 'use-line numbers' }),
  }
  const item = h('li', {}, parts.number, parts.title, parts.since, parts.activity, parts.use)
  item.parts = parts
  return item
}

/** On the first page: what runs besides the task that is shown large. */
export function createLanes(app) {
  const list = laneList()
  const title = h('h2', { id: 'lanes-title' })
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'lanes-title', hidden: true },
    h('header', {}, title),
    h('div', { class: 'body' }, list.element),
  )
  let others = []
  app.keep(app.ticker.on((now) => element.hidden || list.update(others, now)))
  return {
    element,
    update({ lives, live, running }) {
      const laneOf = (number) => running.find(({ id }) => id === number)?.lane
      others = lives.filter(({ task }) => task !== live?.task).map((one) => ({ ...one, lane: laneOf(one.task) }))
      element.hidden = others.length === 0
      say(title, live ? 'Also running' : 'Running')
      list.update(others, app.ticker.now())
    },
  }
}
