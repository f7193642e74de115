// A log as it grows, with search and filter. It is read by places in the file, so nothing of it is missed.

import { h, icon, say } from '../dom.js'
import { plural } from '../format.js'
import { entriesOf, entryElement, FILTERS } from './log-lines.js'

const MOST_SHOWN = 3_000
const LOOK_MS = 1_000
const NEAR_END_PX = 60

/** @param isFollowing a log of the page that changes its task */
export function createLog(app, { title, attempt, isFollowing = false }) {
  const { api, state } = app
  const lines = h('div', { class: 'log-lines', tabindex: '0', role: 'log', 'aria-live': 'off', 'aria-label': title })
  const search = h('input', { class: 'input', type: 'search', placeholder: 'Search', 'aria-label': 'Search the log' })
  const filter = h(
    'select',
    { class: 'input small', 'aria-label': 'Show' },
    Object.entries(FILTERS).map(([value, { label }]) => h('option', { value }, label)),
  )
  const newest = h('button', { class: 'button small newest', type: 'button', hidden: true }, icon('down'), 'Newest')
  const earlier = h('button', { class: 'button small quiet', type: 'button', hidden: true }, 'Load earlier')
  const note = h('p', { class: 'muted small', role: 'status' })
  const element = h(
    'section',
    { class: 'card', 'aria-label': title, hidden: isFollowing },
    h('header', {}, h('h2', {}, title), note, earlier),
    h('div', { class: 'log-tools' }, search, filter),
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
    return (!kinds || kinds.includes(entry.kind)) && (query() === '' || entry.text.toLowerCase().includes(query()))
  }
  const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_END_PX
  const toEnd = () => {
    lines.scrollTop = lines.scrollHeight
    newest.hidden = true
  }
  const tell = (count) => {
    const isNarrowed = query() !== '' || filter.value !== 'all'
    say(note, isNarrowed ? `${count} of ${plural(entries.length, 'entry', 'entries')}` : '')
    earlier.hidden = from === 0
  }
  const showAll = () => {
    const wanted = entries.filter(isWanted).slice(-MOST_SHOWN)
    lines.replaceChildren(...wanted.map((entry) => entryElement(entry, query())))
    if (entries.length === 0) lines.append(h('p', { class: 'note' }, 'Nothing written yet.'))
    tell(wanted.length)
    toEnd()
  }
  const append = (more) => {
    const wasAtEnd = isAtEnd()
    if (entries.length === 0) lines.replaceChildren()
    entries.push(...more)
    lines.append(...more.filter(isWanted).map((entry) => entryElement(entry, query())))
    while (lines.childElementCount > MOST_SHOWN) lines.firstElementChild.remove()
    tell(lines.childElementCount)
    if (wasAtEnd) toEnd()
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

  search.addEventListener('input', showAll)
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
