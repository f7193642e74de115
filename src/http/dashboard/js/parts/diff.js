// Unified diffs, coloured by line, folded by file.

import { h } from '../dom.js'
import { plural } from '../format.js'

const MOST_COLOURED = 5_000
const MOST_OPEN_LINES = 400
const MOST_LINES = 20_000

/** Whether a text looks like a diff: it has the marks of a file or of a place. */
export const isDiff = (text) => /^(@@ |--- .*\n\+\+\+ |diff --git )/m.test(text)

/** The lines of a text, the added and deleted ones marked. */
export function coloured(text) {
  const lines = text.split('\n')
  // What is long is still shown whole, but not line by line: the page would stand still.
  const rest = lines.length > MOST_COLOURED ? lines.splice(MOST_COLOURED).join('\n') : ''
  return [...lines.map(colouredLine), rest]
}

const colouredLine = (line) => h('span', { class: `line ${kindOf(line)}` }, line === '' ? '\n' : line)

function kindOf(line) {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('diff ') || line.startsWith('index '))
    return 'head'
  if (line.startsWith('@@')) return 'place'
  if (line.startsWith('+')) return 'plus'
  if (line.startsWith('-')) return 'minus'
  return ''
}

/** A whole patch, a file at a time. */
export function diffView({ patch, truncated }) {
  const files = patch.split(/^(?=diff --git )/m).filter((part) => part.trim() !== '')
  let left = MOST_LINES
  const parts = files.map((part) => {
    const lines = part.replace(/\n$/, '').split('\n')
    const shown = lines.slice(0, Math.max(0, left))
    left -= shown.length
    const added = lines.filter((line) => kindOf(line) === 'plus').length
    const deleted = lines.filter((line) => kindOf(line) === 'minus').length
    const body = shown.filter((line) => kindOf(line) !== 'head')
    return h(
      'details',
      { open: body.length <= MOST_OPEN_LINES },
      h(
        'summary',
        {},
        nameOf(lines),
        ' ',
        h('span', { class: 'added' }, `+${added}`),
        ' ',
        h('span', { class: 'deleted' }, `−${deleted}`),
      ),
      h(
        'div',
        { class: 'lines', tabindex: '0', role: 'group', 'aria-label': `Changes of ${nameOf(lines)}` },
        coloured(body.join('\n')),
      ),
    )
  })
  const cut = truncated || left <= 0
  return h(
    'div',
    { class: 'diff' },
    files.length === 0 && h('p', { class: 'muted' }, 'No changes.'),
    parts,
    cut &&
      h(
        'p',
        { class: 'muted' },
        `Only the beginning is shown here (${plural(MOST_LINES - Math.max(0, left), 'line')}).`,
      ),
  )
}

function nameOf(lines) {
  const to = lines.find((line) => line.startsWith('+++ '))?.slice(4)
  const from = lines.find((line) => line.startsWith('--- '))?.slice(4)
  const path = to && to !== '/dev/null' ? to : from
  return path?.replace(/^[ab]\//, '') ?? lines[0]?.replace(/^diff --git a\/(.*) b\/.*$/, '$1') ?? ''
}
