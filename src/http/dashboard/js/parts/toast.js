// Short words about what was just done.

import { h, say } from '../dom.js'

const SHOWN_MS = 4_500

/** `/resume to continue` is how a chat says it; the page has a button of that name. */
const withButtons = ({ message, commands = [] }) =>
  commands.reduce((text, command) => text.replace(command, () => command[1].toUpperCase() + command.slice(2)), message)

export function createToasts(root, said) {
  const show = (told, kind = '') => {
    const text = withButtons(told)
    const toast = h('div', { class: `toast ${kind}`, 'aria-hidden': 'true' }, text)
    root.append(toast)
    say(said, text)
    setTimeout(() => toast.remove(), kind === 'bad' ? SHOWN_MS * 2 : SHOWN_MS)
  }
  return { done: (answer) => show(answer), failed: (error) => show(error, 'bad') }
}
