// A list of any length, of which only the lines in view (and some around) exist.

import { h, mark } from '../dom.js'
import { emptyRow, fillRow } from './task-row.js'

const ROW_PX = 58
const PAGE = 100
const AROUND_ROWS = 8

/** @param load gives `{tasks, total}` for `{offset, limit}` */
export function windowedTasks({ runId, load, onTotal }) {
  const element = h('ol', { class: 'window', 'aria-label': 'Tasks' })
  const pages = new Map()
  const rows = new Map()
  let total = 0
  let turn = 0
  let scheduled = false

  const taskAt = (index) => pages.get(Math.floor(index / PAGE))?.tasks?.[index % PAGE]
  const setTotal = (count) => {
    total = count
    element.style.height = `${count * ROW_PX}px`
    onTotal(count)
  }
  const fetchPage = async (page) => {
    const mine = turn
    const entry = pages.get(page) ?? {}
    if (entry.loading) return
    entry.loading = true
    pages.set(page, entry)
    try {
      const answer = await load({ offset: page * PAGE, limit: PAGE })
      if (mine !== turn) return
      entry.tasks = answer.tasks
      entry.stale = false
      setTotal(answer.total)
    } catch {
      // Away: the next look tries again.
      if (!entry.tasks) pages.delete(page)
    } finally {
      entry.loading = false
    }
    draw()
  }
  const visible = () => {
    const { top } = element.getBoundingClientRect()
    const first = Math.max(0, Math.floor(-top / ROW_PX) - AROUND_ROWS)
    const last = Math.min(total - 1, Math.ceil((innerHeight - top) / ROW_PX) + AROUND_ROWS)
    return { first, last }
  }
  const draw = () => {
    scheduled = false
    const { first, last } = visible()
    for (const [index, row] of rows) {
      // The line that has the focus stays, or the keyboard would fall off the list.
      if ((index < first || index > last) && !row.contains(document.activeElement)) {
        row.remove()
        rows.delete(index)
      }
    }
    for (let index = first; index <= last; index++) {
      const page = Math.floor(index / PAGE)
      const entry = pages.get(page)
      if (!entry || (entry.stale && !entry.loading)) fetchPage(page)
      const task = taskAt(index)
      if (!task) continue
      let row = rows.get(index)
      if (!row) {
        row = h('li', {}, emptyRow(true))
        row.style.transform = `translateY(${index * ROW_PX}px)`
        rows.set(index, row)
        const following = [...rows.keys()].filter((other) => other > index)
        const before = following.length > 0 ? rows.get(Math.min(...following)) : null
        element.insertBefore(row, before)
      }
      mark(row, 'aria-posinset', index + 1)
      mark(row, 'aria-setsize', total)
      fillRow(row.firstElementChild, task, runId, task.status === 'running' || task.status === 'verifying')
    }
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(draw)
  }
  addEventListener('scroll', schedule, { passive: true })
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
    /** The lines in view are asked for again; what is shown stays until the answer is there. */
    refresh() {
      for (const entry of pages.values()) entry.stale = true
      draw()
    },
    close() {
      removeEventListener('scroll', schedule)
      removeEventListener('resize', schedule)
    },
  }
}
