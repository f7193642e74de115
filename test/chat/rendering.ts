import type { Message } from '../../src/chat/message.ts'
import { toHtml } from '../../src/telegram/html.ts'
import { toPlain } from '../../src/text/document/layout.ts'

/** The words of a message without marks. */
export const plainOf = ({ body }: Pick<Message, 'body'>): string => toPlain(body)
/** What Telegram is sent for it. */
export const htmlOf = ({ body }: Pick<Message, 'body'>): string => toHtml(body)

/** A message as one block of text for golden tests: its HTML, its document, its buttons. */
export function shown(message: Message): string {
  const document = message.document ? [`📎 ${message.document.name}`] : []
  const rows = (message.buttons ?? []).map((row) =>
    row.map((b) => `[${b.text}${b.style ? ` ${b.style}` : ''}]`).join(' '),
  )
  return [
    ...document,
    htmlOf(message),
    ...(rows.length > 0 ? ['---', ...rows] : []),
    ...(message.silent ? ['(silent)'] : []),
  ].join('\n')
}

/** The labels of all buttons. */
export const labels = (message: Message): string[] => (message.buttons ?? []).flat().map((button) => button.text)
