// What a run came to, as it is read in a minute.

import { h } from '../dom.js'

const SHOWN_LINES = 10

/** A card that stays hidden until the run has ended. */
export function runSummaryCard() {
  const body = h('div', { class: 'body run-summary' })
  const element = h(
    'section',
    { class: 'card', 'aria-label': 'Summary', hidden: true },
    h('header', {}, h('h2', {}, 'Summary')),
    body,
  )
  return {
    element,
    show(parts) {
      element.hidden = parts.length === 0
      body.replaceChildren(...parts.flatMap(part))
    },
  }
}

function part({ heading, lines }) {
  const shown = lines.length > SHOWN_LINES ? lines.slice(0, SHOWN_LINES - 1) : lines
  const left = lines.length - shown.length
  return [
    h('h3', {}, heading),
    h(
      'ul',
      {},
      shown.map((line) => h('li', {}, line)),
      left > 0 && h('li', { class: 'muted' }, `… and ${left} more in the report`),
    ),
  ]
}
