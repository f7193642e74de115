import { createRequire } from 'node:module'
import type { Definition, Nodes, PhrasingContent, Root, RootContent, TableCell } from 'mdast'
import { dropUnseen } from '../unseen.ts'
import {
  bold,
  code,
  type Inline,
  italic,
  type ListItem,
  link,
  type Node,
  paragraph,
  pre,
  safeUrl,
  strike,
} from './nodes.ts'
import { isSafeToParse } from './parse-limits.ts'

/**
 * Markdown of others, as Claude writes it, as a document. HTML stays the text that it is, a picture is a link to it and never
 * loaded, an address that is not an address of the web is shown as words, and a link always shows where it goes when its words name
 * another place. Line ends stay line ends, as in a chat. What cannot be seen is left out, written as an entity too.
 */
export function fromMarkdown(markdown: string): Node[] {
  const text = dropUnseen(markdown.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\t', '    ')).trim()
  if (text === '') return []
  if (!SIGNS.test(text) || !isSafeToParse(text)) return text.split(/\n{2,}/).map((words) => paragraph(words))
  const root = parse(text)
  return blocksOf(root.children, new Links(root, text))
}

/** Without any of these there is nothing to read in it: most results are a sentence or two. */
const SIGNS = /[*_`[\]<>~#|\\&]|https?:|www\.|@|^ {0,3}(?:[-+=]|\d{1,9}[.)] )|^ {4}/m

/** The parser takes longer to load than a program to start: only where there is Markdown to read. */
const load = createRequire(import.meta.url)
let parser: { parse: (text: string) => Root } | undefined

function parse(text: string): Root {
  if (!parser) {
    const { unified } = load('unified') as typeof import('unified')
    const { default: remarkParse } = load('remark-parse') as typeof import('remark-parse')
    const { default: remarkGfm } = load('remark-gfm') as typeof import('remark-gfm')
    // `~5 files and ~3 tests` strikes nothing out.
    const processor = unified().use(remarkParse).use(remarkGfm, { singleTilde: false }).freeze()
    parser = { parse: (words) => processor.parse(words) }
  }
  return parser.parse(text)
}

/** Where links by name go to, and the text that they stand in. */
class Links {
  readonly source: string
  readonly #definitions = new Map<string, Definition>()
  readonly #used = new Set<string>()

  constructor(root: Root, source: string) {
    this.source = source
    const visit = (node: Nodes) => {
      // The first of a name counts.
      if (node.type === 'definition' && !this.#definitions.has(node.identifier))
        this.#definitions.set(node.identifier, node)
      if (node.type === 'linkReference' || node.type === 'imageReference') this.#used.add(node.identifier)
      if ('children' in node) node.children.forEach(visit)
    }
    visit(root)
  }

  urlOf(identifier: string): string {
    return this.#definitions.get(identifier)?.url ?? ''
  }

  /** Nothing that was written gets lost: what no link uses is shown. */
  isUsed(identifier: string): boolean {
    return this.#used.has(identifier)
  }
}

function blocksOf(nodes: readonly RootContent[], links: Links): Node[] {
  return nodes.flatMap((node): Node[] => blockOf(node, links))
}

function blockOf(node: RootContent, links: Links): Node[] {
  switch (node.type) {
    case 'paragraph':
      return [paragraph(...inlines(node.children, links))]
    case 'heading':
      return [{ kind: 'heading', level: node.depth, children: inlines(node.children, links) }]
    case 'code':
      return [pre(shown(node.value), languageOf(node.lang))]
    case 'blockquote':
      return [{ kind: 'quote', children: blocksOf(node.children, links) }]
    case 'list': {
      const items = node.children.map(
        ({ checked, children }): ListItem => ({
          ...(typeof checked === 'boolean' && { checked }),
          children: blocksOf(children, links),
        }),
      )
      return [{ kind: 'list', ...(node.ordered && { start: node.start ?? 1 }), items }]
    }
    case 'table': {
      const [head, ...rows] = node.children.map((row) =>
        row.children.map((cell: TableCell) => inlines(cell.children, links)),
      )
      const align = (node.align ?? []).map((side) => side ?? 'left')
      return [{ kind: 'table', align, head: head ?? [], rows }]
    }
    case 'thematicBreak':
      return [{ kind: 'rule' }]
    case 'definition':
      return links.isUsed(node.identifier) ? [] : [paragraph(`[${shown(node.label ?? '')}]: ${shown(node.url)}`)]
    case 'footnoteDefinition':
      return footnote(shown(node.label ?? node.identifier), blocksOf(node.children, links))
    case 'html':
      return [paragraph(shown(node.value))]
    case 'tableRow':
    case 'tableCell':
    case 'listItem':
    case 'yaml':
      return []
    default:
      return inlinesOf(node, links)
  }
}

function footnote(label: string, [first, ...rest]: Node[]): Node[] {
  if (typeof first === 'object' && first.kind === 'paragraph')
    return [paragraph(`[${label}] `, ...first.children), ...rest]
  return [paragraph(`[${label}]`), ...(first === undefined ? [] : [first]), ...rest]
}

function inlines(nodes: readonly PhrasingContent[], links: Links): Inline[] {
  return nodes.flatMap((node) => inlinesOf(node, links))
}

function inlinesOf(node: PhrasingContent, links: Links): Inline[] {
  switch (node.type) {
    case 'text':
    case 'html':
      return [shown(node.value)]
    case 'inlineCode':
      return [code(shown(node.value))]
    case 'strong':
      return [bold(...inlines(node.children, links))]
    case 'emphasis':
      return [italic(...inlines(node.children, links))]
    case 'delete':
      return [strike(...inlines(node.children, links))]
    case 'break':
      return ['\n']
    case 'link':
      return linkTo(node.url, inlines(node.children, links))
    case 'linkReference':
      return linkTo(links.urlOf(node.identifier), inlines(node.children, links))
    case 'image':
      return linkTo(node.url, [shown(node.alt || 'picture')])
    case 'imageReference':
      return linkTo(links.urlOf(node.identifier), [shown(node.alt || 'picture')])
    case 'footnoteReference':
      return [`[${shown(node.label ?? node.identifier)}]`]
    default:
      return []
  }
}

/** Longest address that is shown as words. */
const MAX_WORDS = 200

/** A link that says where it goes: its words may promise another place than its address. */
function linkTo(address: string, children: Inline[]): Inline[] {
  const url = safeUrl(address)
  const words = children.map(wordsOf).join('')
  if (url === undefined) {
    const target = shown(address).slice(0, MAX_WORDS).toWellFormed()
    const name =
      target
        .replace(/[#?].*$/, '')
        .split('/')
        .at(-1) ?? ''
    return name !== '' && words.includes(name) ? children : [...children, target === '' ? '' : ` (${target})`]
  }
  const { host, protocol } = new URL(url)
  const isPromise = protocol !== 'mailto:' && PLACE.test(words) && !placesIn(words).every((place) => place === host)
  return isPromise ? [...link(url, ...children), ` (${host})`] : link(url, ...children)
}

/** Something like `bank.example` or `https://…`. */
const PLACE = /[\p{L}\p{N}-]\.[\p{L}\p{N}]|:\/\//u

const placesIn = (words: string): string[] =>
  words.split(/\s+/).flatMap((word) => {
    if (!PLACE.test(word)) return []
    const url = URL.parse(word.includes('://') ? word : `http://${word}`)
    return [url?.host ?? '']
  })

const wordsOf = (node: Inline): string =>
  typeof node === 'string' ? node : 'text' in node ? node.text : node.children.map(wordsOf).join('')

/** An entity may bring in again what was left out before. */
const shown = (text: string): string => dropUnseen(text)

/** Only what can be the name of a language. */
function languageOf(lang: string | null | undefined): string | undefined {
  return lang && /^[\w+#.-]{1,30}$/.test(lang) ? lang : undefined
}
