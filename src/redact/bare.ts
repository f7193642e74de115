const CONTROLS = '\\x00-\\x08\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f\\x7f-\\x9f'
const FORMATS =
  '\\xad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb'
const TAGS = '\\udb40[\\udc00-\\udfff]'
const STEERS =
  '(?:\\x1b\\[|\\x9b)[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\\x1b\\][^\\x07\\x1b\\n]{0,400}(?:\\x07|\\x1b\\\\)|\\x1b'

/** What draws nothing, on a screen or in a chat, and may therefore stand anywhere in a secret that people read as one. */
const UNDRAWN = new RegExp(`${STEERS}|[${CONTROLS}${FORMATS}]|${TAGS}`, 'g')

/** A text without what draws nothing, and where each of its places is in the original text. */
export interface Bare {
  text: string
  /** From a place in `text`, which may be its end, to the one in the text as it came. */
  origin: (at: number) => number
}

/** Nothing is taken out. */
export const asItCame = (text: string): Bare => ({ text, origin: (at) => at })

/** Takes out what draws nothing; most texts have none of it. */
export function bareOf(text: string): Bare {
  let bare = ''
  let from = 0
  /** Behind each gap: its place in the bare text, and in the text as it came. */
  const [places, origins] = [[0], [0]]
  for (const { index, 0: gap } of text.matchAll(UNDRAWN)) {
    bare += text.slice(from, index)
    from = index + gap.length
    places.push(bare.length)
    origins.push(from)
  }
  if (from === 0) return asItCame(text)
  return {
    text: bare + text.slice(from),
    origin: (at) => {
      let [low, high] = [0, places.length - 1]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((places[middle] as number) <= at) low = middle
        else high = middle - 1
      }
      return (origins[low] as number) + at - (places[low] as number)
    },
  }
}

/** Where an expression matches a text as it is drawn, in places of the text as it came. */
export function* matchesAsDrawn(
  bare: Bare,
  expression: RegExp,
): Generator<{ from: number; to: number }, void, undefined> {
  // Its last character and not what is behind it: there a gap may begin that is not its own.
  for (const { index, 0: match } of bare.text.matchAll(expression))
    yield { from: bare.origin(index), to: bare.origin(index + match.length - 1) + 1 }
}
