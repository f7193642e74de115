import { badRequest } from './errors.ts'
import { type Entity, type FormattedText, parseHtml } from './html.ts'

/** UTF-16 units of a message's text after entities. */
export const MAX_TEXT = 4096
/** UTF-16 units of a caption. */
export const MAX_CAPTION = 1024
/** Bytes of a text as sent, tags included. */
const MAX_SOURCE_BYTES = 32_768
/** The server keeps the first hundred and drops the others without a word. */
const MAX_ENTITIES = 100

/**
 * Makes of a text, its parse mode and its explicit entities what would be shown; throws as the server refuses.
 * The server changes texts: control characters become spaces, line separators and direction overrides go, ends are trimmed.
 */
export function formatText(
  source: string,
  parseMode: string | undefined,
  explicit: Entity[] | undefined,
  max: number,
): FormattedText {
  if (!source.isWellFormed()) throw badRequest('Strings must be encoded in UTF-8')
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) throw badRequest('Text is too long')
  const { text, entities } = clean(parse(source, parseMode, explicit))
  if (text.length > max) throw badRequest(max === MAX_CAPTION ? 'Message caption is too long' : 'Message is too long')
  return { text, entities: entities.slice(0, MAX_ENTITIES) }
}

function parse(source: string, parseMode: string | undefined, explicit: Entity[] | undefined): FormattedText {
  const mode = parseMode?.toLowerCase()
  if (mode === 'html') {
    try {
      return parseHtml(source)
    } catch (error) {
      throw badRequest(`Can't parse entities: ${(error as Error).message}`)
    }
  }
  // Markdown modes are not stood in for: a test that needs them should fail loudly.
  if (mode !== undefined && mode !== '' && mode !== 'none') throw badRequest('Unsupported parse_mode')
  for (const entity of explicit ?? []) {
    if (!Number.isInteger(entity.offset) || entity.offset < 0)
      throw badRequest(`Receive an entity with incorrect offset ${entity.offset}`)
    if (!Number.isInteger(entity.length) || entity.length < 0)
      throw badRequest(`Receive an entity with incorrect length ${entity.length}`)
  }
  return { text: source, entities: explicit ?? [] }
}

function clean({ text, entities }: FormattedText): FormattedText {
  const kept: string[] = []
  /** Where each old offset went. */
  const moved = new Uint32Array(text.length + 1)
  for (let i = 0; i < text.length; i++) {
    moved[i] = kept.length
    const code = text.charCodeAt(i)
    if (code === 13 || (code >= 0x2028 && code <= 0x202e) || code === 0x333 || code === 0x33f || code === 0x30a)
      continue
    kept.push(code < 32 && code !== 10 ? ' ' : text.charAt(i))
  }
  moved[text.length] = kept.length
  const cleaned = kept.join('')
  const end = cleaned.trimEnd().length
  const firstEntity = Math.min(end, ...entities.map((e) => moved[e.offset] ?? end))
  let begin = 0
  while (begin < firstEntity && (cleaned[begin] === ' ' || cleaned[begin] === '\n')) begin++
  return {
    text: cleaned.slice(begin, end),
    entities: entities
      .map((entity) => {
        const offset = moved[Math.min(entity.offset, text.length)] as number
        const stop = Math.min(end, moved[Math.min(entity.offset + entity.length, text.length)] as number)
        return { ...entity, offset: offset - begin, length: stop - offset }
      })
      .filter((entity) => entity.length > 0),
  }
}
