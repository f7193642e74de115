// The latest events, newest first.

import { h, keyed } from '../dom.js'
import { clockOrDay } from '../format.js'

const SHOWN = 14
/** Implied by what follows them. */
const LEFT_OUT = new Set(['attempt.started', 'attempt.ended', 'task.verifying', 'ask.parked', 'grant.used'])

export function createHappened() {
  const list = h('ol', { class: 'happened' })
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'happened-title', hidden: true },
    h('header', {}, h('h2', { id: 'happened-title' }, 'Activity')),
    list,
  )
  let several = false
  const show = keyed(
    list,
    (event) =>
      h(
        'li',
        { data: { seq: event.seq } },
        h('time', { datetime: new Date(event.at).toISOString() }, clockOrDay(event.at)),
        h(
          'span',
          {},
          event.machine ? `${event.machine} · ` : '',
          several && event.queue ? `${event.queue} · ` : '',
          event.type === 'ask.opened' ? `Asked: ${event.text}` : event.text,
        ),
      ),
    { keyOf: (event) => `${event.machine ?? ''} ${event.seq}` },
  )
  return {
    element,
    update(events, isOneOfSeveral) {
      several = isOneOfSeveral
      element.hidden = events.length === 0
      show(events.filter((event) => !LEFT_OUT.has(event.type)).slice(0, SHOWN))
    },
  }
}
