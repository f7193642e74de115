// What a run came to, as it is read in a minute.

import { h, say } from '../dom.js'
import { plural } from '../format.js'

const SHOWN_LINES = 10

/** A card that stays hidden until the run has ended; merged work is landed from it. */
export function runSummaryCard({ api, toasts }, runId) {
  const body = h('div', { class: 'body run-summary' })
  const land = h('button', { class: 'button primary', type: 'button', on: { click: landRun } })
  const foot = h('div', { class: 'body', hidden: true }, land)
  const element = h(
    'section',
    { class: 'card', 'aria-label': 'Summary', hidden: true },
    h('header', {}, h('h2', {}, 'Summary')),
    body,
    foot,
  )
  async function landRun() {
    land.disabled = true
    try {
      toasts.done(await api.command('land', { session_id: runId }))
    } catch (error) {
      toasts.failed(error)
    } finally {
      land.disabled = false
    }
  }
  return {
    element,
    show({ parts, landed_tasks: landed }) {
      element.hidden = parts.length === 0
      foot.hidden = landed === 0
      say(land, `Land ${plural(landed, 'task')}`)
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
