// Dragging a line of a list to another place, by mouse anywhere on it and by touch at its grip: elsewhere a finger scrolls.

import { h } from '../dom.js'

const EDGE_PX = 48
const SCROLL_PX = 12
/** Less than this is a click. */
const START_PX = 5

/** @param drop called with what was dragged and the place in the list that it is to stand before */
export function dragging({ element, scroller, rowPx, canMove, itemOf, countOf, drop }) {
  const line = h('li', { class: 'drop-line', 'aria-hidden': 'true', hidden: true })
  let drag

  const placeAt = (y) => {
    const top = element.getBoundingClientRect().top
    return Math.max(0, Math.min(countOf(), Math.round((y - top) / rowPx)))
  }
  const follow = () => {
    if (!drag?.isMoving) return
    const frame = scroller.getBoundingClientRect()
    if (drag.y < frame.top + EDGE_PX) scroller.scrollTop -= SCROLL_PX
    else if (drag.y > frame.bottom - EDGE_PX) scroller.scrollTop += SCROLL_PX
    drag.place = placeAt(drag.y)
    line.style.transform = `translateY(${drag.place * rowPx - 5}px)`
    const moved = drag.y - drag.startY + scroller.scrollTop - drag.startScroll
    drag.row.firstElementChild.style.transform = `translateY(${moved}px)`
    requestAnimationFrame(follow)
  }
  const begin = () => {
    drag.isMoving = true
    drag.row.classList.add('dragged')
    line.hidden = false
    element.append(line)
    element.setPointerCapture(drag.pointer)
    follow()
  }
  const end = (isDropped) => {
    if (!drag) return
    const { row, item, place, isMoving, from } = drag
    drag = undefined
    row.classList.remove('dragged')
    row.firstElementChild.style.transform = ''
    line.remove()
    if (isMoving) {
      // What was dragged is not clicked as well.
      element.addEventListener('click', stop, { capture: true, once: true })
      setTimeout(() => element.removeEventListener('click', stop, { capture: true }), 0)
    }
    if (isDropped && isMoving && place !== from && place !== from + 1) drop(item, place)
  }
  const stop = (event) => {
    event.preventDefault()
    event.stopPropagation()
  }

  element.addEventListener('pointerdown', (event) => {
    const row = event.target.closest('li')
    const isGrip = Boolean(event.target.closest('.grip'))
    const isControl = Boolean(event.target.closest('button')) && !isGrip
    if (!row || drag || event.button !== 0 || isControl || !canMove()) return
    if (event.pointerType !== 'mouse' && !isGrip) return
    const item = itemOf(row)
    if (!item) return
    const from = Number(row.getAttribute('aria-posinset')) - 1
    drag = {
      row,
      item,
      from,
      place: from,
      pointer: event.pointerId,
      y: event.clientY,
      startY: event.clientY,
      startScroll: scroller.scrollTop,
    }
  })
  element.addEventListener('pointermove', (event) => {
    if (!drag || event.pointerId !== drag.pointer) return
    drag.y = event.clientY
    if (!drag.isMoving && Math.abs(drag.y - drag.startY) > START_PX) begin()
  })
  element.addEventListener('pointerup', () => end(true))
  element.addEventListener('pointercancel', () => end(false))
  // A link would be dragged as a link.
  element.addEventListener('dragstart', (event) => event.preventDefault())
  element.addEventListener('keydown', (event) => event.key === 'Escape' && end(false))
}
