// A list of any length, of which only the lines in view (and some around) exist.

import { h, mark } from '../dom.js'

const PAGE = 100
const AROUND_ROWS = 8

/**
 * Lines of one height over a list that is loaded by pages. A line belongs to its task wherever that moves: it keeps its
 * element, and the keyboard stays on it.
 * @param load gives `{tasks, total}` for `{offset, limit}`
 * @param scroller what scrolls the list; absent: the page
 * @param onLost the line that had the keyboard is gone from the list
 */
export function windowed({ label, rowPx, load, make, fill, onTotal, onLost = () => {}, scroller }) {
  const element = h('ol', { class: 'window', 'aria-label': label })
  const pages = new Map()
  const rows = new Map()
  let total = 0
  let turn = 0
  let scheduled = false

  const taskAt = (index) => pages.get(Math.floor(index / PAGE))?.tasks?.[index % PAGE]
  const indexOf = (id) => {
    for (const [page, { tasks = [] }] of pages) {
      const place = tasks.findIndex((task) => task.id === id)
      if (place >= 0) return page * PAGE + place
    }
    return -1
  }
  const setTotal = (count) => {
    total = count
    element.style.height = `${count * rowPx}px`
    onTotal(count)
  }
  /** One reading of a page at a time; what became stale meanwhile is read again by the drawing that follows. */
  const fetchPage = (page) => {
    const entry = pages.get(page) ?? {}
    pages.set(page, entry)
    entry.loading ??= read(page, entry)
    return entry.loading
  }
  const read = async (page, entry) => {
    const mine = turn
    entry.stale = false
    try {
      const answer = await load({ offset: page * PAGE, limit: PAGE })
      if (mine !== turn) return
      entry.tasks = answer.tasks
      setTotal(answer.total)
    } catch {
      // Away: the next look tries again.
      entry.stale = true
      return
    } finally {
      entry.loading = undefined
    }
    await draw()
  }
  const visible = () => {
    const frame = scroller?.getBoundingClientRect() ?? { top: 0, height: innerHeight }
    const top = element.getBoundingClientRect().top - frame.top
    const first = Math.max(0, Math.floor(-top / rowPx) - AROUND_ROWS)
    const last = Math.min(total - 1, Math.ceil((frame.height - top) / rowPx) + AROUND_ROWS)
    return { first, last }
  }
  const put = (row, index, task) => {
    row.style.transform = `translateY(${index * rowPx}px)`
    mark(row, 'aria-posinset', index + 1)
    mark(row, 'aria-setsize', total)
    fill(row, task, index)
  }
  const draw = () => {
    scheduled = false
    const { first, last } = visible()
    // Whether an empty list is still empty stands on its first page.
    const needed = new Set(total === 0 ? [0] : [])
    const wanted = []
    const there = new Set()
    for (let index = first; index <= last; index++) {
      needed.add(Math.floor(index / PAGE))
      const task = taskAt(index)
      // Pages of different moments may both have it.
      if (!task || there.has(task.id)) continue
      there.add(task.id)
      wanted.push([task.id, index, task])
    }
    const focused = document.activeElement
    let lost
    for (const [id, row] of rows) {
      if (there.has(id)) continue
      const index = indexOf(id)
      // The line that has the focus stays while it is on the list, or the keyboard would fall off it.
      if (index >= 0 && row.contains(focused)) wanted.push([id, index, taskAt(index)])
      else {
        if (row.contains(focused)) lost = id
        row.remove()
        rows.delete(id)
      }
    }
    let before = element.firstElementChild
    for (const [id, index, task] of wanted.sort((a, b) => a[1] - b[1])) {
      const row = rows.get(id) ?? make(task)
      rows.set(id, row)
      put(row, index, task)
      if (row === before) before = before.nextElementSibling
      else element.insertBefore(row, before)
    }
    if (focused !== document.activeElement && element.contains(focused)) focused.focus({ preventScroll: true })
    if (lost !== undefined) onLost(lost)
    return Promise.all([...needed].filter((page) => pages.get(page)?.stale !== false).map(fetchPage))
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(draw)
  }
  const scrolls = scroller ?? window
  scrolls.addEventListener('scroll', schedule, { passive: true })
  addEventListener('resize', schedule, { passive: true })

  const restart = () => {
    turn++
    pages.clear()
    rows.clear()
    element.replaceChildren()
    fetchPage(0)
  }
  return {
    element,
    restart,
    shown: restart,
    total: () => total,
    /** The task in a place, if it was loaded; its place, or -1; its line, if it is there. */
    taskAt,
    indexOf,
    rowOf: (id) => rows.get(id),
    /** The lines in view are asked for again, and what is shown stays until the answer is there; settles then. */
    refresh() {
      for (const entry of pages.values()) entry.stale = true
      return draw()
    },
    /** The same tasks with other surroundings: another second, another word of what is done. */
    redraw: schedule,
    close() {
      scrolls.removeEventListener('scroll', schedule)
      removeEventListener('resize', schedule)
    },
  }
}
