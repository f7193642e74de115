// Words that were searched for, marked where they stand.

import { h } from '../dom.js'

/** A text as parts of which those that are the words (in small letters) are marked; for `h` or `replaceChildren`. */
export function marked(text, query) {
  if (query === '') return [text]
  const parts = []
  const lower = text.toLowerCase()
  let from = 0
  // Some letters change their number when they become small; then the places would not fit.
  if (lower.length !== text.length) return [text]
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, from)) {
    parts.push(text.slice(from, at), h('mark', {}, text.slice(at, at + query.length)))
    from = at + query.length
  }
  return [...parts, text.slice(from)]
}
