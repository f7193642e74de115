// One column of the board: any number of cards, of which those in view exist; queued ones can be dragged to another place.

import { h, icon, say } from '../dom.js'
import { number } from '../format.js'
import { cardRow, fillCard } from './board-card.js'
import { dragging } from './drag.js'
import { windowed } from './window.js'

/** A card with the gap below it. */
export const CARD_PX = 116

/** @param surroundings what cards are filled with, and what is done with them */
export function createColumn({ name, title, surroundings, load, onTotal, onLost }) {
  const count = h('span', { class: 'numbers muted' })
  const heading = h('h2', { id: `column-${name}` }, title, ' ', count)
  // Nobody knows yet how many there are.
  const nothing = h(
    'p',
    { class: 'muted small nothing', hidden: true },
    name === 'waiting' ? 'Nothing is waiting for you.' : 'None',
  )
  const scroller = h('div', { class: 'cards' })
  const list = windowed({
    label: title,
    rowPx: CARD_PX,
    scroller,
    load,
    make: (task) => cardRow(task, surroundings),
    fill: (row, task) => fillCard(row, task, surroundings, name),
    onTotal: (total) => {
      say(count, number(total))
      nothing.hidden = total > 0
      element.classList.toggle('vacant', total === 0)
      onTotal(total)
    },
    onLost,
  })
  const element = h(
    'section',
    { class: `column column-${name} vacant`, 'aria-labelledby': heading.id },
    h('header', {}, icon(name === 'verifying' ? 'verifying' : name), heading),
    scroller,
  )
  scroller.append(nothing, list.element)
  if (name === 'queued')
    dragging({
      element: list.element,
      scroller,
      rowPx: CARD_PX,
      canMove: surroundings.canMove,
      itemOf: (row) => list.taskAt(rowIndex(row)),
      countOf: list.total,
      drop: (task, index) => surroundings.move(task, list.taskAt(index)?.id ?? 'end'),
    })
  const rowIndex = (row) => Number(row.getAttribute('aria-posinset')) - 1

  return {
    name,
    element,
    total: list.total,
    taskAt: list.taskAt,
    indexOf: list.indexOf,
    shown: list.shown,
    redraw: list.redraw,
    close: list.close,
    refresh: list.refresh,
    /** The task of the card that an element is in. */
    taskOf(inside) {
      const row = inside && list.element.contains(inside) ? inside.closest('li') : null
      return row ? list.taskAt(rowIndex(row)) : undefined
    },
    /** Puts the keyboard onto the card in a place, or the nearest there is. */
    focus(index) {
      const place = Math.max(0, Math.min(list.total() - 1, index))
      const task = list.taskAt(place)
      if (!task) return
      const top = place * CARD_PX
      if (top < scroller.scrollTop) scroller.scrollTop = top
      if (top + CARD_PX > scroller.scrollTop + scroller.clientHeight)
        scroller.scrollTop = top + CARD_PX - scroller.clientHeight
      list.redraw()
      requestAnimationFrame(() => {
        const link = list.rowOf(task.id)?.querySelector('a')
        link?.focus({ preventScroll: true })
        element.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      })
    },
    /** Brings the column into view, where not all of them fit. */
    show() {
      element.scrollIntoView({ block: 'nearest', inline: 'start' })
      this.focus(0)
    },
  }
}
