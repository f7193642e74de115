import type { Entity } from '../../test/support/bot-api/html.ts'

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Puts a message's entities back into HTML, as a client shows them. */
export function entitiesToHtml(text: string, entities: Entity[]): string {
  return range(text, 0, text.length, entities)
}

/** Entities nest; those inside of another are handled when that one is. */
function range(text: string, from: number, to: number, entities: Entity[]): string {
  let html = ''
  let at = from
  const inside = entities.filter((e) => e.offset >= from && e.offset + e.length <= to)
  for (const entity of inside) {
    if (entity.offset < at) continue
    const end = entity.offset + entity.length
    const children = inside.filter((e) => e !== entity && e.offset >= entity.offset && e.offset + e.length <= end)
    html += escapeText(text.slice(at, entity.offset))
    html += element(entity, text.slice(entity.offset, end), () => range(text, entity.offset, end, children))
    at = end
    // A block brings its own line end.
    if (BLOCKS.has(entity.type) && text[at] === '\n') at++
  }
  return html + escapeText(text.slice(at, to))
}

const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote'])
const TAGS: Record<string, string> = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  spoiler: 's',
}

function element(entity: Entity, text: string, inner: () => string): string {
  switch (entity.type) {
    case 'pre': {
      const label = entity.language ? `<span class="lang">${escapeText(entity.language)}</span>` : ''
      return `<pre>${label}${entity.language === 'diff' ? diffLines(text) : escapeText(text)}</pre>`
    }
    case 'blockquote':
      return `<blockquote>${inner()}</blockquote>`
    case 'expandable_blockquote': {
      const isLong = text.length > 170 || text.split('\n').length > 4
      return `<blockquote class="folded${isLong ? ' long' : ''}">${inner()}</blockquote>`
    }
    default: {
      const tag = TAGS[entity.type]
      return tag ? `<${tag}>${inner()}</${tag}>` : inner()
    }
  }
}

function diffLines(text: string): string {
  const kind = (line: string) =>
    line.startsWith('@@') ? 'hunk' : line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : ''
  return text
    .split('\n')
    .map((line) => `<span class="${kind(line)}">${escapeText(line)}</span>`)
    .join('\n')
}
