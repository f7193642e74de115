// In place of a page that does not exist, or that could not be had.

import { h, icon } from '../dom.js'

const home = () => h('a', { class: 'button', href: '#/' }, 'Go to Now')

/** For an address that leads nowhere. */
export function unknownView() {
  return view('Page not found', `There is no page at ${location.hash.slice(0, 120)}.`, home())
}

/** For a page that could not be built; it is tried again when the line is back, and when somebody wants it. */
export function failedView(app, error) {
  if (error.status === 404) return view('Not found', error.message, home())
  app.keep(app.state.onEvent((event) => event.type === 'back' && app.again()))
  return view(
    'This page could not be loaded',
    error.message,
    h('button', { class: 'button', type: 'button', on: { click: app.again } }, icon('retry'), 'Try again'),
  )
}

function view(title, words, next) {
  const element = h(
    'div',
    { class: 'card empty' },
    icon('search', 'large'),
    h('h1', { tabindex: '-1' }, title),
    h('p', { class: 'muted' }, words),
    h('p', {}, next),
  )
  return { title, element }
}
