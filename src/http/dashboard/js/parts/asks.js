// Everything that waits for a person.

import { h, icon, keyed, say } from '../dom.js'
import { plural } from '../format.js'
import { askCard } from './ask.js'

export function createAsks(app) {
  const words = h('span', {})
  const heading = h('h2', { tabindex: '-1' }, icon('waiting'), words)
  const list = h('div', { class: 'stack' })
  const element = h('section', { class: 'asks', 'aria-label': 'Waiting for you', hidden: true }, heading, list)

  /** After an answer the focus goes to what is asked next, or to the top of the page: it is never lost. */
  const afterAnswer = (card) => {
    const cards = [...list.children]
    const following = cards[cards.indexOf(card) + 1] ?? cards.find((other) => other !== card)
    const target = following?.querySelector('h3') ?? document.querySelector('main h1')
    target?.focus()
  }
  const show = keyed(list, (ask) => askCard(app, ask, afterAnswer), {
    keyOf: (ask) => `${ask.id} ${ask.hash}`,
  })
  app.shortcut('a', 'Go to what is waiting for you', () => list.querySelector('h3')?.focus())
  return {
    element,
    update(asks) {
      element.hidden = asks.length === 0
      say(words, asks.length === 0 ? '' : `${plural(asks.length, 'decision')} waiting for you`)
      show(asks)
    },
  }
}
