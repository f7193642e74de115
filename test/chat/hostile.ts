import fc from 'fast-check'

const PIECES = [
  '<b>',
  '</b>',
  '<script>',
  '&amp;',
  '&#x202e;',
  '"',
  '`'.repeat(3),
  '😀',
  '👩‍💻',
  '\uD83D',
  '\uDE00',
  '\u202E',
  '\u200B',
  '\u0000',
  '\r\n',
  '\n\n\n\n',
  '\t',
  ' ',
  'ünïcödé',
  '日本語',
  'z̡̢̛̟̠͙͎'.repeat(5),
  '/start',
  '@everyone',
  'https://example.com/?a=1&b=2',
  '🏳️‍🌈',
  '[x](y)',
  '⟦U+202E⟧',
]

/** Text as models, files and strangers write it at their worst; sometimes very long. */
export const hostileText = (maxPieces = 40): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 12 })), {
        maxLength: maxPieces,
      }),
      fc.constantFrom(1, 1, 1, 1, 1, 1, 12, 60),
    )
    .map(([pieces, times]) => pieces.join('').repeat(times))
