import type { FileDiff } from './diff.ts'
import { isGenerated } from './generated.ts'

/** The part of a diff that the reviewer gets as text; the files themselves it can read all. */
export interface ShownDiff {
  text: string
  /** Files whose lines are not in it, and why. */
  left: { path: string; why: 'generated' | 'large' | 'no lines' }[]
}

/** Larger ones are not read with care by anybody. In characters: about 10,000 tokens of one file, 50,000 in all. */
const MOST_OF_FILE = 40_000
const MOST_IN_ALL = 200_000

/** Writes each line with its number on the side where a finding can name it. Small files come first where not all have room. */
export function shownDiff(files: readonly FileDiff[], attributes?: string): ShownDiff {
  const left: ShownDiff['left'] = []
  const written = files.flatMap((file, place) => {
    const why = isGenerated(file.path, attributes) ? 'generated' : file.hunks.length === 0 ? 'no lines' : undefined
    if (why) left.push({ path: file.path, why })
    return why ? [] : [{ path: file.path, place, text: textOf(file) }]
  })
  let room = MOST_IN_ALL
  const chosen = written
    .toSorted((a, b) => a.text.length - b.text.length)
    .filter(({ path, text }) => {
      const fits = text.length <= Math.min(MOST_OF_FILE, room)
      if (fits) room -= text.length
      else left.push({ path, why: 'large' })
      return fits
    })
  const text = chosen.toSorted((a, b) => a.place - b.place).map((one) => one.text)
  return { text: text.join('\n\n'), left }
}

function textOf({ path, from, hunks }: FileDiff): string {
  const head = from === undefined ? `File ${path}` : `File ${path} (was ${from})`
  const body = hunks.map((lines) =>
    lines
      .map(({ sign, old, now, text }) => `${sign === '-' ? `LEFT ${old}` : `RIGHT ${now}`} ${sign} ${text}`)
      .join('\n'),
  )
  return [head, ...body].join('\n@@\n')
}
