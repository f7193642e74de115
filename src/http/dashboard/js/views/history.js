// Every run, newest first, a page at a time.

import { h } from '../dom.js'
import { duration, money, runName, when } from '../format.js'
import { chip, meter } from '../parts/status.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

const PAGE = 40

export async function historyView(app) {
  const { api, state, toasts } = app
  const list = h('ul', { class: 'runs' })
  const more = h('button', { class: 'button', type: 'button', hidden: true }, 'Show more')
  const empty = h('p', { class: 'body muted', hidden: true }, 'Nothing has run yet.')
  let shown = 0
  let next = 0

  const load = (offset, limit) => api.get(`/api/sessions?offset=${offset}&limit=${limit}`)
  const put = (answer, from) => {
    if (from === 0) list.replaceChildren()
    list.append(...answer.sessions.map(row))
    shown = from + answer.sessions.length
    next = answer.next
    more.hidden = next === null
    empty.hidden = shown > 0
  }
  more.addEventListener('click', () => {
    const before = list.lastElementChild
    load(next, PAGE)
      .then((answer) => {
        put(answer, shown)
        before?.nextElementSibling?.querySelector('a')?.focus()
      })
      .catch(toasts.failed)
  })
  const again = soon(() => {
    // Not under somebody's fingers.
    if (list.contains(document.activeElement)) return
    load(0, Math.max(PAGE, Math.min(shown, 1_000)))
      .then((answer) => put(answer, 0))
      .catch(() => undefined)
  }, 1_000)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      if (event.type.startsWith('run.') || event.type.startsWith('task.')) again()
    }),
  )
  put(await load(0, PAGE), 0)
  const element = h(
    'div',
    {},
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'History')),
    h('section', { class: 'card', 'aria-label': 'Runs' }, list, empty),
    h('p', { class: 'row', 'aria-live': 'polite' }, more),
  )
  return { title: 'History', element }
}

function row(run) {
  const tookMs = run.started_at && run.completed_at ? new Date(run.completed_at) - new Date(run.started_at) : undefined
  const facts = [
    when(run.started_at ?? run.created_at),
    `${run.completed_tasks} of ${run.total_tasks} done`,
    run.counts.failed > 0 && `${run.counts.failed} failed`,
    tookMs !== undefined && duration(tookMs),
    money(run.cost_usd),
    run.reason,
  ]
  return h(
    'li',
    {},
    h(
      'a',
      { href: runAddress(run.session_id) },
      h('span', { class: 'row' }, h('span', { class: 'name' }, runName(run)), chip(run.status)),
      meter(run),
      h('span', { class: 'muted small numbers' }, facts.filter(Boolean).join('  ·  ')),
    ),
  )
}
