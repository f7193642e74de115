/** Atlassian's document format, as strict as its published schema where Baton writes to it: undefined, or what is wrong. */
export function adfProblem(value: unknown): string | undefined {
  try {
    node(value, ['doc'], 'the document')
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

interface Rule {
  attrs?: Record<string, (value: unknown) => boolean>
  content?: string[]
  least?: number
}

const INLINE = ['text', 'hardBreak']
const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isInteger(value)

const RULES: Record<string, Rule> = {
  doc: {
    content: ['paragraph', 'heading', 'codeBlock', 'blockquote', 'bulletList', 'orderedList', 'table', 'rule'],
  },
  paragraph: { content: INLINE },
  heading: {
    attrs: { level: (value) => isNumber(value) && Number(value) >= 1 && Number(value) <= 6 },
    content: INLINE,
  },
  codeBlock: { attrs: { language: isText }, content: ['text'] },
  blockquote: { content: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'], least: 1 },
  bulletList: { content: ['listItem'], least: 1 },
  orderedList: { attrs: { order: (value) => isNumber(value) && Number(value) >= 0 }, content: ['listItem'], least: 1 },
  listItem: { content: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'], least: 1 },
  table: { content: ['tableRow'], least: 1 },
  tableRow: { content: ['tableHeader', 'tableCell'] },
  tableHeader: { content: ['paragraph', 'bulletList', 'orderedList', 'codeBlock', 'heading', 'blockquote'], least: 1 },
  tableCell: { content: ['paragraph', 'bulletList', 'orderedList', 'codeBlock', 'heading', 'blockquote'], least: 1 },
  rule: {},
  hardBreak: {},
  text: {},
}
const MARKS = ['strong', 'em', 'strike', 'code', 'link']

function node(value: unknown, allowed: string[], where: string): void {
  if (typeof value !== 'object' || value === null) throw new Error(`${where}: expected a node`)
  const { type, text, attrs, marks, content, version, ...rest } = value as Record<string, unknown>
  if (typeof type !== 'string' || !allowed.includes(type))
    throw new Error(`${where}: ${String(type)} may not stand here`)
  const rule = RULES[type] as Rule
  if (Object.keys(rest).length > 0) throw new Error(`${type}: unknown property ${Object.keys(rest)[0]}`)
  if (type === 'doc' ? version !== 1 : version !== undefined) throw new Error(`${type}: version`)
  if (type === 'text') {
    if (typeof text !== 'string' || text === '') throw new Error('text: it is empty')
    if (content !== undefined || attrs !== undefined) throw new Error('text: has only a text')
    textMarks(marks)
    return
  }
  if (text !== undefined || marks !== undefined) throw new Error(`${type}: text and marks stand in text nodes`)
  for (const [name, one] of Object.entries((attrs ?? {}) as object))
    if (!rule.attrs?.[name]?.(one)) throw new Error(`${type}: attribute ${name}`)
  if (rule.content === undefined) {
    if (content !== undefined) throw new Error(`${type}: has no content`)
    return
  }
  if (!Array.isArray(content) || content.length < (rule.least ?? 0)) throw new Error(`${type}: too little content`)
  if (type === 'listItem' && !['paragraph', 'codeBlock'].includes(content[0]?.type))
    throw new Error('listItem: begins with a paragraph')
  for (const one of content) {
    if (type === 'codeBlock' && (one as { marks?: unknown }).marks !== undefined) throw new Error('codeBlock: marks')
    node(one, rule.content, type)
  }
}

function textMarks(marks: unknown): void {
  if (marks === undefined) return
  if (!Array.isArray(marks) || marks.length === 0) throw new Error('text: marks')
  const types = marks.map(({ type }) => type as string)
  if (new Set(types).size !== types.length) throw new Error('text: the same mark twice')
  if (types.some((type) => !MARKS.includes(type))) throw new Error('text: unknown mark')
  if (types.includes('code') && types.some((type) => type !== 'code' && type !== 'link'))
    throw new Error('text: code takes no mark but a link')
  for (const { type, attrs } of marks)
    if (type === 'link' ? typeof attrs?.href !== 'string' || attrs.href === '' : attrs !== undefined)
      throw new Error(`text: attributes of ${type}`)
}
