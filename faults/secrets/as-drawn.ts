import { stripVTControlCharacters } from 'node:util'
import type { Nodes } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

/** How an output is read: `documents` are JSON with trees of blocks and marks in it, as the dashboard draws them. */
export type DrawnAs = 'html' | 'markdown' | 'documents'

/** An output as somebody sees it who has it drawn. */
export function asDrawn(text: string, as: DrawnAs | undefined): string {
  return withoutUnseen(as === undefined ? text : DRAWN[as](text))
}

const DRAWN: Record<DrawnAs, (text: string) => string> = {
  html: (text) => unescapeHtml(text.replace(/<[^>]*>/g, '')),
  markdown: (text) => wordsOf(unified().use(remarkParse).use(remarkGfm).parse(text)),
  // What was said with it stands in the first line.
  documents: (text) => wordsOfJson(parsed(text.slice(text.indexOf('\n') + 1))),
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function wordsOf(node: Nodes): string {
  if (node.type === 'image') return node.alt ?? ''
  if ('value' in node) return node.value
  if (!('children' in node)) return ''
  const words = node.children.map(wordsOf)
  return LINES.has(node.type) ? `${words.join('')}\n` : words.join('')
}

const LINES = new Set(['paragraph', 'heading', 'tableCell', 'code'])

/** In a tree of a document, the words of one line follow each other. */
function wordsOfJson(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(wordsOfJson).join('')
  if (typeof value !== 'object' || value === null) return ''
  const node = value as Record<string, unknown>
  if (typeof node.kind === 'string' && ('children' in node || 'text' in node)) {
    const words = wordsOfJson(node.children ?? node.text)
    return LINES.has(node.kind) || node.kind === 'pre' ? `${words}\n` : words
  }
  return Object.values(node)
    .map((inner) => `${wordsOfJson(inner)}\n`)
    .join('')
}

export function unescapeHtml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name = '') => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return named[name as string] ?? all
  })
}

const withoutUnseen = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\x00-\x08\x0b-\x1f\x7f-\x9f]/gu, '')
