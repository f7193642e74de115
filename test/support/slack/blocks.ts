import { Refusal } from './refusal.ts'

// What Slack refuses in blocks, with its own words. One violation refuses the whole message.

type Fields = Record<string, unknown>
const refuse = (): never => {
  throw new Refusal('invalid_blocks')
}
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : refuse()
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : refuse())
const text = (value: unknown, most: number): string =>
  typeof value === 'string' && value.length > 0 && value.length <= most ? value : refuse()
const only = (value: Fields, ...known: string[]) => {
  if (Object.keys(value).some((key) => !known.includes(key))) refuse()
}

/** Checks the blocks of a message; refuses as Slack does. */
export function checkBlocks(given: unknown, most = 50): void {
  const blocks = list(given)
  if (blocks.length > most) refuse()
  const ids = new Set<string>()
  for (const block of blocks) {
    const { block_id: id } = fields(block)
    if (id !== undefined && (ids.has(text(id, 255)) || !ids.add(String(id)))) refuse()
    checkBlock(fields(block))
  }
  if (units(blocks) > 13_000) throw new Refusal('msg_blocks_too_long')
}

function units(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + units(one), 0)
  if (typeof value === 'string') return 0
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : units(one)),
    0,
  )
}

function checkBlock(block: Fields): void {
  switch (block.type) {
    case 'rich_text':
      only(block, 'type', 'block_id', 'elements')
      if (list(block.elements).length === 0) refuse()
      for (const part of list(block.elements)) checkRichPart(fields(part))
      return
    case 'section':
      only(block, 'type', 'block_id', 'text', 'fields', 'accessory')
      checkText(block.text, 3_000)
      return
    case 'actions': {
      only(block, 'type', 'block_id', 'elements')
      const elements = list(block.elements)
      if (elements.length === 0 || elements.length > 25) refuse()
      const ids = elements.map((element) => checkElement(fields(element)))
      if (new Set(ids).size < ids.length) refuse()
      return
    }
    case 'input':
      only(block, 'type', 'block_id', 'label', 'element', 'optional', 'hint')
      checkText(block.label, 2_000, 'plain_text')
      return
    default:
      refuse()
  }
}

function checkText(given: unknown, most: number, type?: string): void {
  const value = fields(given)
  only(value, 'type', 'text', 'emoji', 'verbatim')
  if (value.type !== 'plain_text' && value.type !== 'mrkdwn') refuse()
  if (type !== undefined && value.type !== type) refuse()
  text(value.text, most)
}

function checkElement(element: Fields): string {
  const id = text(element.action_id, 255)
  if (element.type === 'button') {
    only(element, 'type', 'action_id', 'text', 'value', 'style', 'url', 'confirm')
    checkText(element.text, 75, 'plain_text')
    text(element.value, 2_000)
    if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger') refuse()
    return id
  }
  if (element.type !== 'static_select') refuse()
  only(element, 'type', 'action_id', 'placeholder', 'options', 'initial_option', 'confirm')
  checkText(element.placeholder, 150, 'plain_text')
  const options = list(element.options)
  if (options.length === 0 || options.length > 100) refuse()
  for (const option of options) {
    const { text: words, value } = fields(option)
    checkText(words, 75, 'plain_text')
    text(value, 150)
  }
  return id
}

const STYLES = ['bold', 'italic', 'strike', 'code', 'underline']

function checkRichPart(part: Fields): void {
  const isKnown = ['rich_text_section', 'rich_text_preformatted', 'rich_text_quote'].includes(String(part.type))
  if (!isKnown) refuse()
  only(part, 'type', 'elements', 'border')
  if (list(part.elements).length === 0) refuse()
  for (const given of list(part.elements)) {
    const piece = fields(given)
    switch (piece.type) {
      case 'text':
        only(piece, 'type', 'text', 'style')
        text(piece.text, 40_000)
        break
      case 'link':
        only(piece, 'type', 'url', 'text', 'style')
        if (!URL.canParse(text(piece.url, 3_000))) refuse()
        break
      case 'user':
        only(piece, 'type', 'user_id', 'style')
        if (!/^[UW][A-Z0-9]+$/.test(text(piece.user_id, 40))) refuse()
        break
      case 'usergroup':
        only(piece, 'type', 'usergroup_id', 'style')
        if (!/^S[A-Z0-9]+$/.test(text(piece.usergroup_id, 40))) refuse()
        break
      default:
        refuse()
    }
    if (piece.style === undefined) continue
    if (part.type === 'rich_text_preformatted' || Object.keys(fields(piece.style)).some((key) => !STYLES.includes(key)))
      refuse()
  }
}

/** Checks a window with fields; refuses as Slack does. */
export function checkView(view: Fields): void {
  const refuseView = () => {
    throw new Refusal('invalid_arguments')
  }
  const short = (given: unknown, most: number) => {
    const { type, text: words } = (given ?? {}) as { type?: string; text?: string }
    if (type !== 'plain_text' || !words || words.length > most) refuseView()
  }
  if (view.type !== 'modal') refuseView()
  short(view.title, 24)
  if (view.submit !== undefined) short(view.submit, 24)
  if (view.close !== undefined) short(view.close, 24)
  if (String(view.private_metadata ?? '').length > 3_000 || String(view.callback_id ?? '').length > 255) refuseView()
  checkBlocks(view.blocks, 100)
  const inputs = (view.blocks as Fields[]).filter(({ type }) => type === 'input')
  if (inputs.length > 0 && view.submit === undefined) refuseView()
  for (const { element } of inputs) checkInput(fields(element))
}

function checkInput(element: Fields): void {
  only(element, 'type', 'action_id', 'multiline', 'min_length', 'max_length', 'placeholder', 'initial_value')
  text(element.action_id, 255)
  if (element.type !== 'plain_text_input' || Number(element.max_length ?? 1) > 3_000) refuse()
}

/** What people read in blocks. */
export function wordsOf(blocks: readonly unknown[]): string {
  return blocks
    .flatMap((block): string[] => {
      const { type, elements, text: words } = block as Fields
      if (type === 'section') return [String((words as Fields).text)]
      if (type !== 'rich_text') return []
      return (elements as Fields[]).map((part) =>
        (part.elements as Fields[])
          .map((one) =>
            one.type === 'user'
              ? `@${one.user_id}`
              : one.type === 'usergroup'
                ? `@${one.usergroup_id}`
                : (one.text ?? one.url),
          )
          .join(''),
      )
    })
    .join('\n')
}

interface Tappable {
  label: string
  value: string
  action: Fields
}

/** What can be tapped or picked in blocks, in order. */
export function buttonsOf(blocks: readonly unknown[]): Tappable[] {
  return blocks.flatMap((block): Tappable[] => {
    const { type, elements } = block as Fields
    if (type !== 'actions') return []
    return (elements as Fields[]).flatMap((element): Tappable[] => {
      if (element.type === 'button') {
        const action = { type: 'button', action_id: element.action_id, value: element.value }
        return [{ label: String((element.text as Fields).text), value: String(element.value), action }]
      }
      return (element.options as Fields[]).map((option) => ({
        label: String((option.text as Fields).text),
        value: String(option.value),
        action: { type: 'static_select', action_id: element.action_id, selected_option: option },
      }))
    })
  })
}
