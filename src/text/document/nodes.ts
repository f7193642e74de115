/**
 * What is said, as a tree that knows no platform: a chat makes entities of it, a terminal ANSI, a page DOM nodes. It is plain
 * data, so it may be stored and sent as JSON.
 *
 * Strings and inline nodes stand one after the other exactly as they are; their newlines are the writer's. Blocks keep
 * themselves apart: from another block by a blank line, from a string by at least a newline (see layout.ts).
 */
export type Node = Inline | Block

export type Inline =
  | string
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  /** `url` is one of those that `safeUrl` lets through. */
  | { kind: 'link'; url: string; children: Inline[] }

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: 1 | 2 | 3 | 4 | 5 | 6; children: Inline[] }
  /** Monospaced and byte for byte; `language` only colours it. */
  | { kind: 'pre'; text: string; language?: string }
  /** `folded`: shown in part until it is opened, where a platform can do that. */
  | { kind: 'quote'; folded?: boolean; children: Node[] }
  | { kind: 'list'; start?: number; items: ListItem[] }
  | Table
  | { kind: 'rule' }

export interface ListItem {
  /** Of a list of things to do. */
  checked?: boolean
  children: Node[]
}

export interface Table {
  kind: 'table'
  align: ('left' | 'right' | 'center')[]
  head: Inline[][]
  rows: Inline[][][]
}

const BLOCKS: ReadonlySet<string> = new Set<Block['kind']>([
  'paragraph',
  'heading',
  'pre',
  'quote',
  'list',
  'table',
  'rule',
])

export const isBlock = (node: Node): node is Block => typeof node !== 'string' && BLOCKS.has(node.kind)

export const bold = (...children: Inline[]): Inline => ({ kind: 'bold', children })
export const italic = (...children: Inline[]): Inline => ({ kind: 'italic', children })
export const strike = (...children: Inline[]): Inline => ({ kind: 'strike', children })
export const code = (text: string): Inline => ({ kind: 'code', text })
export const paragraph = (...children: Inline[]): Block => ({ kind: 'paragraph', children })
/** A monospaced block; `language` only colours it. */
export const pre = (text: string, language?: string): Block => ({
  kind: 'pre',
  text,
  ...(language !== undefined && { language }),
})
export const quote = (...children: Node[]): Block => ({ kind: 'quote', children })
/** A quote that is folded until it is opened. */
export const fold = (...children: Node[]): Block => ({ kind: 'quote', folded: true, children })

/** A link, or its words alone where the address is none that a person should be sent to. */
export function link(url: string, ...children: Inline[]): Inline[] {
  const safe = safeUrl(url)
  return safe === undefined ? children : [{ kind: 'link', url: safe, children }]
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Only the web and mail: no script, no file, no app that opens by its own scheme; and nobody's password inside. */
export function safeUrl(url: string): string | undefined {
  if (url.length > 2_000 || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  if (!SCHEMES.has(parsed.protocol) || parsed.username !== '' || parsed.password !== '') return undefined
  return parsed.href
}
