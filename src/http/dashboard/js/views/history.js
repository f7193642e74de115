// Every run, newest first, a page at a time.

import { h, keyed, mark, say } from '../dom.js'
import { duration, money, runName, when } from '../format.js'
import { chip, meter, setChip, setMeter } from '../parts/status.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

const PAGE = 40

export async function historyView(app) {
  const { api, state, toasts } = app
  const list = h('ul', { class: 'runs' })
  const more = h('button', { class: 'button', type: 'button', hidden: true }, 'Show more')
  const empty = h('p', { class: 'body muted', hidden: true }, 'No runs yet.')
  const draw = keyed(list, emptyRow, { update: fillRow, keyOf: (run) => run.session_id })
  let runs = []
  let next = 0

  const load = (offset, limit) => api.get(`/api/sessions?offset=${offset}&limit=${limit}`)
  const put = (answer, before = []) => {
    const known = new Set(before.map((run) => run.session_id))
    // A run that began meanwhile moves the others on by one.
    runs = [...before, ...answer.sessions.filter((run) => !known.has(run.session_id))]
    draw(runs)
    next = answer.next
    more.hidden = next === null
    empty.hidden = runs.length > 0
  }
  more.addEventListener('click', () => {
    const before = list.lastElementChild
    load(next, PAGE)
      .then((answer) => {
        put(answer, runs)
        before?.nextElementSibling?.querySelector('a')?.focus()
      })
      .catch(toasts.failed)
  })
  const again = soon(() => {
    load(0, Math.max(PAGE, Math.min(runs.length, 1_000)))
      .then((answer) => put(answer))
      .catch(() => undefined)
  }, 400)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      if (event.type === 'back' || /^(run|task|attempt)\./.test(event.type)) again()
    }),
  )
  put(await load(0, PAGE))
  const element = h(
    'div',
    {},
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'History')),
    h('section', { class: 'card', 'aria-label': 'Runs' }, list, empty),
    h('p', { class: 'row', 'aria-live': 'polite' }, more),
  )
  return { title: 'History', element }
}

function emptyRow(run) {
  const parts = {
    name: h('span', { class: 'name' }),
    chip: chip('queued'),
    meter: meter(run),
    facts: h('span', { class: 'muted small numbers' }),
  }
  const link = h('a', {}, h('span', { class: 'row' }, parts.name, parts.chip), parts.meter, parts.facts)
  const item = h('li', {}, link)
  item.parts = { link, ...parts }
  return item
}

function fillRow({ parts }, run) {
  const tookMs = run.started_at && run.completed_at ? new Date(run.completed_at) - new Date(run.started_at) : undefined
  const facts = [
    when(run.started_at ?? run.created_at),
    `${run.completed_tasks} of ${run.total_tasks} done`,
    run.counts.failed > 0 && `${run.counts.failed} failed`,
    tookMs !== undefined && duration(tookMs),
    money(run.cost_usd),
    run.reason,
  ]
  mark(parts.link, 'href', runAddress(run.session_id))
  say(parts.name, runName(run))
  setChip(parts.chip, run.status)
  setMeter(parts.meter, run)
  say(parts.facts, facts.filter(Boolean).join('  ·  '))
}
