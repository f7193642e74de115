// Every run, newest first, a page at a time.

import { h, keyed, mark, say } from '../dom.js'
import { doneOf, duration, firstLine, money, plural, runName, when } from '../format.js'
import { marked } from '../parts/marked.js'
import { chip, meter, setChip, setMeter, statusChoice } from '../parts/status.js'
import { runAddress, taskAddress } from '../router.js'
import { soon } from '../soon.js'

const PAGE = 40
const TYPING_MS = 300

export async function historyView(app) {
  const { api, state, toasts } = app
  const list = h('ul', { class: 'runs' })
  const more = h('button', { class: 'button', type: 'button', hidden: true }, 'Show more')
  const empty = h('p', { class: 'body muted', hidden: true }, 'No runs yet.')
  const search = createSearch(app, (isSearching) => (all.hidden = isSearching))
  const draw = keyed(list, emptyRow, { update: fillRow, keyOf: (run) => run.session_id })
  const all = h(
    'div',
    {},
    h('section', { class: 'card', 'aria-label': 'Runs' }, list, empty),
    h('p', { class: 'row', 'aria-live': 'polite' }, more),
  )
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
    search.element,
    all,
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
    doneOf(run),
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

/** Looks through all runs; while it is used its hits stand in the place of the runs. */
function createSearch(app, onSearching) {
  const { api, state } = app
  const input = h('input', {
    class: 'input',
    type: 'search',
    placeholder: 'Tasks and logs',
    'aria-label': 'Search the history',
    maxlength: '200',
  })
  const which = statusChoice()
  const found = h('p', { class: 'muted small', role: 'status' })
  const list = h('ul', { class: 'hits' })
  const card = h('section', { class: 'card', 'aria-label': 'Search results', hidden: true }, list)
  let turn = 0
  const look = async () => {
    const mine = ++turn
    const words = input.value.trim()
    const isSearching = words !== '' || which.value !== ''
    if (isSearching) say(found, 'Searching…')
    const query = new URLSearchParams({
      ...(words && { q: words }),
      ...(which.value && { status: which.value }),
      project: state.get().overview.project,
    })
    try {
      const answer = isSearching && (await api.get(`/api/search?${query}`))
      if (mine !== turn) return
      onSearching(isSearching)
      list.replaceChildren(...(answer ? answer.hits.map((hit) => hitRow(hit, words)) : []))
      card.hidden = list.childElementCount === 0
      say(found, answer ? summaryOf(answer) : '')
    } catch (error) {
      if (mine === turn) say(found, error.message)
    }
  }
  const lookSoon = soon(look, TYPING_MS)
  input.addEventListener('input', lookSoon)
  which.addEventListener('change', look)
  app.keep(lookSoon.cancel)
  app.keep(() => void turn++)
  app.shortcut('/', 'Search the history', () => input.focus())
  return { element: h('div', { class: 'stack search' }, h('div', { class: 'filters' }, input, which, found), card) }
}

function summaryOf({ hits, complete, machines_away: away = [] }) {
  const found =
    hits.length === 0
      ? complete
        ? 'Nothing found.'
        : 'Nothing found in the newest runs.'
      : complete
        ? `${plural(hits.length, 'task')} found`
        : `The newest ${plural(hits.length, 'task')} found; there may be more`
  return away.length === 0 ? found : `${found.replace(/\.$/, '')}; ${away.join(', ')} did not answer`
}

function hitRow(hit, words) {
  const mark = (text) => marked(text, words.toLowerCase())
  const address = taskAddress(hit.session_id, hit.task)
  const isLog = hit.where === 'log'
  const where = hit.where === 'log' ? 'in the log' : hit.where === 'result' ? 'in the result' : undefined
  const facts = [hit.machine, runName(hit), when(hit.at), where].filter(Boolean).join('  ·  ')
  return h(
    'li',
    {},
    h(
      'a',
      { href: isLog ? `${address}/find/${encodeURIComponent(words)}` : address },
      h(
        'span',
        { class: 'row' },
        h('span', { class: 'name' }, `Task ${hit.task}: `, mark(hit.title)),
        chip(hit.status),
      ),
      hit.text && h('span', { class: `text ${isLog ? 'mono' : ''}` }, mark(isLog ? hit.text : firstLine(hit.text))),
      h('span', { class: 'muted small numbers' }, facts),
    ),
  )
}
