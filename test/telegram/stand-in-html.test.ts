import { describe, expect, test } from 'vitest'
import { parseHtml } from '../support/bot-api/html.ts'
import { formatText } from '../support/bot-api/text.ts'

const refusal = (html: string) => {
  try {
    parseHtml(html)
  } catch (error) {
    return (error as Error).message
  }
  return 'no refusal'
}

describe('the stand-in reads parse_mode HTML as the real server does', () => {
  test.each([
    ['plain words', 'plain words', []],
    [
      '<b>bold</b> and <i>it</i>',
      'bold and it',
      [
        { type: 'bold', offset: 0, length: 4 },
        { type: 'italic', offset: 9, length: 2 },
      ],
    ],
    ['🏟<strong>x</strong>', '🏟x', [{ type: 'bold', offset: 2, length: 1 }]],
    ['a &lt; b &amp; c &quot;d&quot; &nbsp; &gt', 'a < b & c "d" &nbsp; >', []],
    ['&#128512;&#x41', '😀A', []],
    ['<b></b>empty', 'empty', []],
    ['<i>a</>', 'a', [{ type: 'italic', offset: 0, length: 1 }]],
    [
      '<b><i>x</i></b>',
      'x',
      [
        { type: 'italic', offset: 0, length: 1 },
        { type: 'bold', offset: 0, length: 1 },
      ],
    ],
    [
      '<pre><code class="language-bash">ls</code></pre>',
      'ls',
      [{ type: 'pre', offset: 0, length: 2, language: 'bash' }],
    ],
    ['<code class="language-bash">ls</code>', 'ls', [{ type: 'code', offset: 0, length: 2 }]],
    ['<blockquote expandable>q</blockquote>', 'q', [{ type: 'expandable_blockquote', offset: 0, length: 1 }]],
    ['<span class="tg-spoiler">s</span>', 's', [{ type: 'spoiler', offset: 0, length: 1 }]],
    [
      '<a href="https://example.com/?a=1&amp;b">l</a>',
      'l',
      [{ type: 'text_link', offset: 0, length: 1, url: 'https://example.com/?a=1&b' }],
    ],
    ['<a href="javascript:alert(1)">l</a>', 'l', []],
  ])('%s', (html, text, entities) => {
    expect(parseHtml(html)).toEqual({ text, entities })
  })

  test.each([
    ['<b>', `Can't find end tag corresponding to start tag "b"`],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['é<foo>', 'Unsupported start tag "foo" at byte offset 2'],
    ['x<br/>y', 'Unsupported start tag "br/" at byte offset 1'],
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<i =x>', 'Empty attribute name in the tag "i" at byte offset 0'],
    ['<a href=x/>y</a>', 'Unexpected end of name token at byte offset 8'],
    ['<a href="x>y</a>', 'Unclosed start tag at byte offset 0'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    [
      '&#xD83D;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ])('%s is refused', (html, words) => {
    expect(refusal(html)).toBe(words)
  })
})

describe('the stand-in changes texts as the real server does', () => {
  const shown = (text: string) => formatText(text, undefined, undefined, 4096).text
  test('control characters become spaces, carriage returns and direction overrides go', () => {
    expect(shown('a\tb\u0007c\r\nd\u202Ee')).toBe('a b c\nde')
  })
  test('the ends are trimmed, and entities move along', () => {
    expect(formatText(' \n a <b>b </b> ', 'HTML', undefined, 4096)).toEqual({
      text: 'a b',
      entities: [{ type: 'bold', offset: 2, length: 1 }],
    })
  })
  test('4,096 UTF-16 units after entities are taken, one more is refused', () => {
    expect(shown('😀'.repeat(2048))).toHaveLength(4096)
    expect(formatText(`<b>${'&lt;'.repeat(4096)}</b>`, 'HTML', undefined, 4096).text).toHaveLength(4096)
    expect(() => shown(`${'😀'.repeat(2048)}x`)).toThrow('message is too long')
  })
  test('more than 32 KiB as sent are refused whatever is left after entities', () => {
    expect(() => formatText(`x${'<b></b>'.repeat(5000)}`, 'HTML', undefined, 4096)).toThrow('text is too long')
  })
  test('half a surrogate pair is refused', () => {
    expect(() => shown('a\uD83D')).toThrow('strings must be encoded in UTF-8')
  })
  test('a hundred entities are kept', () => {
    expect(formatText('<b>x</b> '.repeat(150), 'HTML', undefined, 4096).entities).toHaveLength(100)
  })
})
