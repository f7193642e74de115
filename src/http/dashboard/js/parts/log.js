// A log as it grows, with search and filter. It is read by places in the file, so nothing of it is missed.

import { h, icon, say } from '../dom.js'
import { plural } from '../format.js'
import { soon } from '../soon.js'
import { entriesOf, entryElement, FILTERS } from './log-lines.js'

const MOST_SHOWN = 3_000
const LOOK_MS = 1_000
const NEAR_END_PX = 60
const MOST_SEARCHED = 200_000
const TYPING_MS = 150

/** @param isFollowing a log of the page that changes its task */
export function createLog(app, { title, attempt, isFollowing = false, find = '' }) {
  const { api, state } = app
  const lines = h('div', { class: 'log-lines', tabindex: '0', role: 'log', 'aria-live': 'off', 'aria-label': title })
  const search = h('input', { class: 'input', type: 'search', placeholder: 'Search', 'aria-label': 'Search the log' })
  search.value = find
  let isLookedFor = find !== ''
  const filter = h(
    'select',
    { class: 'input small', 'aria-label': 'Show' },
    Object.entries(FILTERS).map(([value, { label }]) => h('option', { value }, label)),
  )
  const newest = h('button', { class: 'button small newest', type: 'button', hidden: true }, icon('down'), 'Newest')
  const earlier = h('button', { class: 'button small quiet', type: 'button', hidden: true }, 'Load earlier')
  const turn = (name, label, step) =>
    h(
      'button',
      { class: 'button small quiet', type: 'button', hidden: true, 'aria-label': label, on: { click: () => go(step) } },
      icon(name),
    )
  const steps = [turn('up', 'Previous hit', -1), turn('down', 'Next hit', 1)]
  const note = h('p', { class: 'muted small', role: 'status' })
  const element = h(
    'section',
    { class: 'card', 'aria-label': title, hidden: isFollowing },
    h('header', {}, h('h2', {}, title), note, earlier),
    h('div', { class: 'log-tools' }, search, steps, filter),
    h('div', { class: 'log' }, lines, newest),
  )

  let task
  let entries = []
  let from = 0
  let next
  let reading = false
  let isLive = false

  const query = () => search.value.trim().toLowerCase()
  const isWanted = (entry) => {
    const { kinds } = FILTERS[filter.value]
    return !kinds || kinds.includes(entry.kind)
  }
  const isHit = (entry) => query() === '' || entry.text.toLowerCase().includes(query())
  const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_END_PX
  const toEnd = () => {
    lines.scrollTop = lines.scrollHeight
    newest.hidden = true
  }
  const hits = () => [...lines.querySelectorAll('mark')]
  const tell = (count) => {
    const found = query() === '' ? 0 : hits().length
    const at = hits().indexOf(lines.querySelector('mark.here')) + 1
    const isNarrowed = filter.value !== 'all'
    if (query() !== '') say(note, found === 0 ? 'No hits' : `${at} of ${plural(found, 'hit')}`)
    else say(note, isNarrowed ? `${count} of ${plural(entries.length, 'entry', 'entries')}` : '')
    for (const step of steps) step.hidden = found === 0
    earlier.hidden = from === 0
  }
  /** Scrolls to a hit, `step` on from the one where one is; the newest comes first. */
  const go = (step) => {
    const all = hits()
    const at = all.indexOf(lines.querySelector('mark.here'))
    for (const one of all) one.classList.remove('here')
    const hit = all.at(at < 0 ? -1 : (at + step) % all.length)
    if (hit) {
      hit.classList.add('here')
      // Who comes from a search sees what was found, wherever on the page the log is.
      if (isLookedFor) element.scrollIntoView()
      isLookedFor = false
      lines.scrollTop += hit.getBoundingClientRect().top - lines.getBoundingClientRect().top - lines.clientHeight / 3
    }
    tell(lines.childElementCount)
  }
  const showAll = () => {
    let wanted = entries.filter(isWanted)
    // What is around the hits stays, as long as all of it can be shown.
    if (wanted.length > MOST_SHOWN) wanted = wanted.filter(isHit).slice(-MOST_SHOWN)
    lines.replaceChildren(...wanted.map((entry) => entryElement(entry, query())))
    if (entries.length === 0) lines.append(h('p', { class: 'note' }, 'Nothing written yet.'))
    tell(wanted.length)
    if (query() === '') toEnd()
    else go(0)
  }
  /** A search looks through the whole log, not only through what has been loaded. */
  const searchAll = soon(async () => {
    const mine = task
    showAll()
    while (query() !== '' && from > 0 && entries.length < MOST_SEARCHED) {
      const part = await api.get(address({ before: from, bytes: 1_000_000 })).catch(() => undefined)
      if (!part || mine !== task || part.from === from) return
      entries = [...entriesOf(part.text), ...entries]
      from = part.from
      if (part.from === 0 || entries.length >= MOST_SEARCHED) showAll()
    }
  }, TYPING_MS)
  const append = (more) => {
    const wasAtEnd = isAtEnd()
    if (entries.length === 0) lines.replaceChildren()
    entries.push(...more)
    lines.append(...more.filter(isWanted).map((entry) => entryElement(entry, query())))
    while (lines.childElementCount > MOST_SHOWN) lines.firstElementChild.remove()
    tell(lines.childElementCount)
    if (wasAtEnd && query() === '') toEnd()
    else newest.hidden = false
  }

  const address = (place) => {
    const parts = new URLSearchParams({ ...(attempt !== undefined && { attempt }), ...place })
    return `/api/sessions/${encodeURIComponent(task.run)}/tasks/${task.number}/log?${parts}`
  }
  /** Reads on until the end of the file, one reading at a time. */
  const readOn = async () => {
    if (!task || reading) return
    reading = true
    const mine = task
    try {
      for (let more = true; more; ) {
        const part = await api.get(address(next === undefined ? {} : { after: next }))
        if (mine !== task) return
        isLive = part.live
        if (next === undefined) {
          entries = entriesOf(part.text)
          from = part.from
          showAll()
          if (query() !== '') searchAll()
        } else if (part.text !== '') append(entriesOf(part.text))
        more = next !== undefined && part.next > next && part.next < part.size
        next = part.next
      }
    } catch {
      // Away for a moment: the next look reads on from the same place.
    } finally {
      reading = false
    }
    if (mine !== task) readOn()
  }

  search.addEventListener('input', searchAll)
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    go(event.shiftKey ? -1 : 1)
  })
  filter.addEventListener('change', showAll)
  newest.addEventListener('click', () => {
    toEnd()
    lines.focus()
  })
  lines.addEventListener('scroll', () => {
    if (isAtEnd()) newest.hidden = true
  })
  earlier.addEventListener('click', async () => {
    const part = await api.get(address({ before: from, bytes: 1_000_000 }))
    const place = lines.scrollHeight
    entries = [...entriesOf(part.text), ...entries]
    from = part.from
    showAll()
    lines.scrollTop = lines.scrollHeight - place
  })
  app.shortcut('/', 'Search the log', () => search.focus())
  const timer = setInterval(() => {
    if (isLive && !document.hidden) readOn()
  }, LOOK_MS)
  app.keep(() => {
    clearInterval(timer)
    task = undefined
  })
  app.keep(
    state.onEvent((event) => {
      const isAboutIt = task && event.runId === task.run && event.task === task.number
      if (isAboutIt || event.type === 'back') readOn()
    }),
  )

  return {
    element,
    /** Shows the log of a task from now on; undefined: of none. */
    follow(wanted) {
      element.hidden = isFollowing && !wanted
      if (wanted?.run === task?.run && wanted?.number === task?.number) return
      task = wanted
      entries = []
      next = undefined
      from = 0
      lines.replaceChildren()
      readOn()
    },
  }
}
