// Keys that do something wherever one is, and the list of them.

import { h } from './dom.js'
import { createDialogs } from './parts/dialogs.js'

/** What takes words takes every key. A dialog that was just closed may still have the focus, until the page is drawn again. */
const TYPING = 'input, textarea, select, dialog[open], [contenteditable]'

const ARROWS = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }

const shown = (key) =>
  key
    .split('+')
    .map((part) => ARROWS[part] ?? part)
    .join(' ')

export function createShortcuts(root) {
  const all = new Map()
  const help = () =>
    createDialogs(root).tell({
      title: 'Keyboard shortcuts',
      body: h(
        'dl',
        { class: 'keys' },
        [...all]
          .map(([key, { words }]) => [key, typeof words === 'function' ? words() : words])
          .filter(([, words]) => words)
          .flatMap(([key, words]) => [h('dt', {}, h('kbd', {}, shown(key))), h('dd', {}, words)]),
      ),
    })
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return
    // A capital letter has its Shift in it already.
    const isShifted = event.shiftKey && event.key.length > 1
    const found = all.get(`${isShifted ? 'Shift+' : ''}${event.key}`)
    if (!found || document.querySelector('dialog[open]')) return
    // What had nothing to do leaves the key to the browser.
    if (found.act() !== false) event.preventDefault()
  }
  document.addEventListener('keydown', press)
  /** A key, what it does in words (or what says it, if it does anything now), and the doing; returns how to take it away. */
  const add = (key, words, act) => {
    const mine = { words, act }
    all.set(key, mine)
    return () => all.get(key) === mine && all.delete(key)
  }
  add('?', 'Show the keyboard shortcuts', help)
  return { add, help, close: () => document.removeEventListener('keydown', press) }
}
