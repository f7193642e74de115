// Bars over time, drawn by hand.

import { s } from '../dom.js'

/** On a narrow screen the picture is drawn narrow, so that its words stay as large as the page's. */
const WIDE = { WIDTH: 900, HEIGHT: 300, LABELS: 9 }
const NARROW = { WIDTH: 350, HEIGHT: 230, LABELS: 5 }
const LEFT = 46
const RIGHT = 16
const TOP = 18
const BOTTOM = 26

/** A number of steps that a person can read: 1, 2 or 5 times a power of ten. */
export function niceStep(highest, steps = 4) {
  const rough = highest / steps
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough)
}

/** @param bars `{label, value, text}`, oldest first; `text` is what is read out and shown on a bar */
export function barChart(bars, { title, format, isNarrow }) {
  const { WIDTH, HEIGHT, LABELS } = isNarrow ? NARROW : WIDE
  const highest = Math.max(...bars.map(({ value }) => value), 0.01)
  const step = niceStep(highest)
  const top = Math.ceil(highest / step - 1e-9) * step
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)
  const slot = (WIDTH - LEFT - RIGHT) / bars.length
  const width = Math.max(2, Math.min(38, slot * 0.68))
  const lines = []
  for (let value = 0; value <= top + step / 2; value += step) {
    lines.push(
      s('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      s('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, format(value)),
    )
  }
  const everyNth = Math.ceil(bars.length / LABELS)
  const peak = bars.findIndex(({ value }) => value === highest)
  return s(
    'svg',
    { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': title },
    lines,
    bars.map(({ label, value, text }, i) => {
      const middle = LEFT + slot * (i + 0.5)
      const isLabelled = (bars.length - 1 - i) % everyNth === 0
      return [
        value > 0 &&
          s(
            'g',
            { role: 'img', tabindex: '0', 'aria-label': text },
            s('title', {}, text),
            s('rect', {
              class: 'bar',
              x: middle - width / 2,
              y: y(value),
              width,
              height: Math.max(1.5, y(0) - y(value)),
              rx: Math.min(3, width / 3),
            }),
          ),
        i === peak &&
          value > 0 &&
          s(
            'text',
            { class: 'value', x: middle, y: y(value) - 6, 'text-anchor': 'middle', 'aria-hidden': 'true' },
            format(value),
          ),
        isLabelled && s('text', { x: middle, y: HEIGHT - 6, 'text-anchor': 'middle' }, label),
      ]
    }),
  )
}
