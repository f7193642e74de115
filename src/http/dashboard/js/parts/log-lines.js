// A log as text, cut into what was said and done.

import { h } from '../dom.js'
import { marked } from './marked.js'

const STAMPED = /^(\d\d:\d\d:\d\d) (.*)$/
const SIGNS = { '→': 'call', '←': 'result', '✗': 'problem', '▶': 'end', '■': 'end', '?': 'ask-line', '«': 'said' }
const SHORT_LINES = 6

/** What the filter of the log offers, and which kinds each shows. */
export const FILTERS = {
  all: { label: 'Everything', kinds: undefined },
  words: { label: 'Words', kinds: ['words', 'said', 'end', 'ask-line'] },
  tools: { label: 'Tools', kinds: ['call', 'result', 'problem'] },
  problems: { label: 'Problems', kinds: ['problem', 'ask-line', 'end'] },
}

/** Cuts whole lines into entries; lines without a time belong to the entry before them. */
export function entriesOf(text) {
  const entries = []
  for (const line of text.split('\n')) {
    const [, time, words] = STAMPED.exec(line) ?? []
    if (time !== undefined) {
      const kind = SIGNS[words[0]] ?? 'words'
      entries.push({ time, kind, text: words })
    } else if (entries.length > 0) entries.at(-1).text += `\n${line.replace(/^ {9}/, '')}`
    else if (line !== '') entries.push({ time: '', kind: 'words', text: line })
  }
  for (const entry of entries) entry.text = entry.text.replace(/\n+$/, '')
  return entries
}

/** One entry; long ones are folded, and what was searched for is marked. */
export function entryElement({ time, kind, text }, query) {
  const lines = text.split('\n')
  const isHit = query !== '' && text.toLowerCase().includes(query)
  const isLong = lines.length > SHORT_LINES && !isHit
  const what = h('span', { class: 'what' })
  const fold = h('button', { class: 'fold', type: 'button', 'aria-expanded': 'false' })
  const show = (isOpen) => {
    what.replaceChildren(...marked(isOpen ? text : lines.slice(0, SHORT_LINES - 2).join('\n'), query))
    fold.textContent = isOpen ? 'less' : `${lines.length - SHORT_LINES + 2} more lines`
    fold.setAttribute('aria-expanded', String(isOpen))
    if (isLong) what.append(fold)
  }
  fold.addEventListener('click', () => show(fold.getAttribute('aria-expanded') === 'false'))
  show(!isLong)
  return h('div', { class: `entry ${kind}` }, h('time', {}, time), what)
}
