/**
 * parse_mode HTML as strictly as the real server reads it: the same tags, the same laxness about attributes and entities,
 * the same words and byte offsets in its refusals. After the behaviour of TDLib's parser and its published test cases.
 */

export interface Entity {
  type: string
  /** UTF-16 units. */
  offset: number
  length: number
  url?: string
  language?: string
  custom_emoji_id?: string
  unix_time?: number
}

export interface FormattedText {
  text: string
  entities: Entity[]
}

const TYPES: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
}

interface OpenTag {
  name: string
  argument: string
  unix: number
  offset: number
}

const SPACE = /[ \t\r\n\0\v]/

/** Reads `html`; throws an Error with the server's words (without "Bad Request: can't parse entities: ") where it refuses. */
export function parseHtml(html: string): FormattedText {
  const bytesBefore = (index: number) => Buffer.byteLength(html.slice(0, index))
  const entities: Entity[] = []
  const open: OpenTag[] = []
  let text = ''
  let i = 0
  while (i < html.length) {
    const char = html.charAt(i)
    if (char === '&') {
      const decoded = decodeEntity(html, i)
      text += decoded?.text ?? '&'
      i = decoded?.end ?? i + 1
    } else if (char !== '<') {
      text += char
      i++
    } else if (html.charAt(i + 1) === '/') {
      i = readEndTag(html, i, open, bytesBefore, (tag) => close(tag, text, entities))
    } else {
      const tag = readStartTag(html, i, bytesBefore)
      open.push({ name: tag.name, argument: tag.argument, unix: tag.unix, offset: text.length })
      i = tag.end
    }
  }
  const unclosed = open.at(-1)
  if (unclosed) throw new Error(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  if (!text.isWellFormed()) {
    throw new Error(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    )
  }
  // The language of a code entity counts only inside a pre.
  for (const entity of entities) if (entity.type === 'code') delete entity.language
  return { text, entities: entities.sort((a, b) => a.offset - b.offset || b.length - a.length) }
}

function readEndTag(
  html: string,
  begin: number,
  open: OpenTag[],
  bytesBefore: (index: number) => number,
  onClose: (tag: OpenTag) => void,
): number {
  if (open.length === 0) throw new Error(`Unexpected end tag at byte offset ${bytesBefore(begin)}`)
  let i = begin + 2
  while (i < html.length && !SPACE.test(html.charAt(i)) && html.charAt(i) !== '>') i++
  const name = html.slice(begin + 2, i).toLowerCase()
  while (i < html.length && SPACE.test(html.charAt(i))) i++
  if (html.charAt(i) !== '>') throw new Error(`Unclosed end tag at byte offset ${bytesBefore(begin)}`)
  const expected = open.at(-1) as OpenTag
  // `</>` closes whatever is open.
  if (name !== '' && name !== expected.name) {
    throw new Error(
      `Unmatched end tag at byte offset ${bytesBefore(begin)}, expected "</${expected.name}>", found "</${name}>"`,
    )
  }
  onClose(expected)
  open.pop()
  return i + 1
}

function close(tag: OpenTag, text: string, entities: Entity[]): void {
  const length = text.length - tag.offset
  if (length === 0) return
  const place = { offset: tag.offset, length }
  const last = entities.at(-1)
  const sameAsLast = last?.offset === tag.offset && last.length === length
  if (tag.name === 'pre' && last?.type === 'code' && sameAsLast && last.language) {
    last.type = 'pre'
  } else if (tag.name === 'code' && last?.type === 'pre' && sameAsLast && tag.argument) {
    last.language = tag.argument
  } else if (tag.name === 'code') {
    entities.push({ type: 'code', ...place, ...(tag.argument && { language: tag.argument }) })
  } else if (tag.name === 'a') {
    const url = checkedLink(tag.argument || text.slice(tag.offset))
    if (url) entities.push({ type: 'text_link', ...place, url })
  } else if (tag.name === 'blockquote') {
    entities.push({ type: tag.argument ? 'expandable_blockquote' : 'blockquote', ...place })
  } else if (tag.name === 'tg-emoji') {
    if (!/^\d{1,19}$/.test(tag.argument)) throw new Error('Invalid custom emoji identifier specified')
    entities.push({ type: 'custom_emoji', ...place, custom_emoji_id: tag.argument })
  } else if (tag.name === 'tg-time') {
    if (tag.unix > 0) entities.push({ type: 'date_time', ...place, unix_time: tag.unix })
  } else {
    entities.push({ type: TYPES[tag.name] as string, ...place })
  }
}

function readStartTag(html: string, begin: number, bytesBefore: (index: number) => number) {
  const at = (index: number) => html.charAt(index)
  const fail = (what: string) => new Error(`${what} at byte offset ${bytesBefore(begin)}`)
  let i = begin + 1
  while (i < html.length && !SPACE.test(at(i)) && at(i) !== '>') i++
  if (i >= html.length) throw fail('Unclosed start tag')
  const name = html.slice(begin + 1, i).toLowerCase()
  if (!Object.hasOwn(TYPES, name)) throw fail(`Unsupported start tag "${name}"`)

  const skipSpace = () => {
    while (i < html.length && SPACE.test(at(i))) i++
  }
  let argument = ''
  let unix = 0
  while (at(i) !== '>') {
    skipSpace()
    if (at(i) === '>') break
    const nameBegin = i
    while (i < html.length && !/[ \t\r\n\0\v=>/"']/.test(at(i))) i++
    const attribute = html.slice(nameBegin, i)
    if (attribute === '') {
      if (i >= html.length) throw fail(`Unclosed start tag "${name}"`)
      throw fail(`Empty attribute name in the tag "${name}"`)
    }
    skipSpace()
    if (i >= html.length) throw fail(`Unclosed start tag "${name}"`)
    if (at(i) !== '=') {
      if (name === 'blockquote' && attribute === 'expandable') argument = '1'
      continue
    }
    i++
    skipSpace()
    if (i >= html.length) throw fail(`Unclosed start tag "${name}"`)
    const value = readValue(html, i, bytesBefore)
    if (value.end >= html.length) throw fail('Unclosed start tag')
    i = value.end
    if (name === 'a' && attribute === 'href') argument = value.text
    else if (name === 'code' && attribute === 'class' && value.text.startsWith('language-'))
      argument = value.text.slice(9)
    else if (name === 'span' && attribute === 'class' && value.text.startsWith('tg-')) argument = value.text.slice(3)
    else if (name === 'tg-emoji' && attribute === 'emoji-id') argument = value.text
    else if (name === 'blockquote' && attribute === 'expandable') argument = '1'
    else if (name === 'tg-time' && attribute === 'unix') unix = Number.parseInt(value.text, 10) || 0
  }
  if (name === 'span' && argument !== 'spoiler') throw fail('Tag "span" must have class "tg-spoiler"')
  return { name, argument, unix, end: i + 1 }
}

function readValue(html: string, begin: number, bytesBefore: (index: number) => number): { text: string; end: number } {
  const quote = html.charAt(begin)
  let i = begin
  if (quote !== '"' && quote !== "'") {
    while (/[A-Za-z0-9.-]/.test(html.charAt(i))) i++
    if (!SPACE.test(html.charAt(i)) && html.charAt(i) !== '>') {
      throw new Error(`Unexpected end of name token at byte offset ${bytesBefore(begin)}`)
    }
    return { text: html.slice(begin, i).toLowerCase(), end: i }
  }
  let text = ''
  i++
  while (i < html.length && html.charAt(i) !== quote) {
    const decoded = html.charAt(i) === '&' ? decodeEntity(html, i) : undefined
    text += decoded?.text ?? html.charAt(i)
    i = decoded?.end ?? i + 1
  }
  return { text, end: i + 1 }
}

/** Only four named entities and numbers are known; the semicolon may be missing; everything else stays as it is. */
function decodeEntity(html: string, begin: number): { text: string; end: number } | undefined {
  const match = /^&(?:#x([0-9a-f]*)|#([0-9]*)|([a-z]*))/i.exec(html.slice(begin, begin + 32))
  if (!match) return undefined
  const end = begin + match[0].length
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }
  let text: string | undefined
  if (match[3] !== undefined) {
    text = Object.hasOwn(named, match[3]) ? named[match[3]] : undefined
  } else {
    const code = match[1] !== undefined ? Number.parseInt(match[1] || '0', 16) : Number.parseInt(match[2] || '0', 10)
    if (code > 0 && code < 0x10ffff && match[0].length < 10) text = String.fromCodePoint(code)
  }
  if (text === undefined) return undefined
  return { text, end: html.charAt(end) === ';' ? end + 1 : end }
}

/** A link the server would keep; without a scheme it is http. */
function checkedLink(link: string): string | undefined {
  const trimmed = link.trim()
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `http://${trimmed}`
  if (!URL.canParse(absolute)) return undefined
  const url = new URL(absolute)
  if (['http:', 'https:', 'ton:', 'tonsite:'].includes(url.protocol))
    return url.hostname.includes('.') ? url.href : undefined
  return url.protocol === 'tg:' ? absolute : undefined
}
