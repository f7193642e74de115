let segmenter: Intl.Segmenter | undefined

/**
 * What people see as single characters. What divides a text so is made when it is first needed: that takes some milliseconds and
 * megabytes, and most processes never cut anything.
 */
export function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}
