// Short words about what was just done.

import { h, say } from '../dom.js'

const SHOWN_MS = 4_500

export function createToasts(root, said) {
  const show = (text, kind = '') => {
    const toast = h('div', { class: `toast ${kind}`, 'aria-hidden': 'true' }, text)
    root.append(toast)
    say(said, text)
    setTimeout(() => toast.remove(), kind === 'bad' ? SHOWN_MS * 2 : SHOWN_MS)
  }
  return { done: (text) => show(text), failed: (error) => show(error.message, 'bad') }
}
