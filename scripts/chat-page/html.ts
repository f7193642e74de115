import { type ChatMessage, type Conversation, latest, type TapRecord } from '../../test/support/bot-api/conversation.ts'
import { entitiesToHtml, escapeText } from './entities.ts'
import { STYLE } from './style.ts'

export interface PageOptions {
  /** IANA name of the zone that times are shown in. */
  zone: string
  title?: string
  /** Shows what people tapped and what the bot answered, between the messages. */
  withTaps?: boolean
}

/** A page with one phone for each conversation. */
export function chatPage(conversations: Conversation[], options: PageOptions): string {
  const phones = conversations.map((conversation) => phone(conversation, options)).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(options.title ?? conversations[0]?.bot ?? 'Chat')}</title><style>${STYLE}</style></head>
<body>
${phones}
</body></html>
`
}

function phone(conversation: Conversation, options: PageOptions): string {
  const { chat, bot } = conversation
  const name = chat.type === 'private' ? bot : chat.title
  const entries = [
    ...conversation.messages.map((message) => ({ at: message.at, html: bubble(message, conversation, options) })),
    ...(options.withTaps ? conversation.taps.map((tap) => ({ at: tap.at, html: toast(tap) })) : []),
  ].sort((a, b) => a.at - b.at)
  let day = ''
  const rows = entries.map(({ at, html }) => {
    const today = format(at, options.zone, { day: 'numeric', month: 'long' })
    const separator = today === day ? '' : `<div class="day">${today}</div>\n`
    day = today
    return separator + html
  })
  return `<section class="phone"><div class="screen">
<header class="bar"><div class="avatar">${escapeText(name.slice(0, 1))}</div><div><b>${escapeText(name)}</b><span>${chat.type === 'private' ? 'bot' : 'group'}</span></div></header>
<main class="chat">
${rows.join('\n')}
</main></div></section>`
}

function bubble(message: ChatMessage, conversation: Conversation, { zone }: PageOptions): string {
  const { text, entities, keyboard } = latest(message)
  const isMine = !message.from.isBot
  const isWide = entities.some((e) => e.type === 'pre' || e.type.endsWith('blockquote')) || keyboard !== undefined
  const classes = ['row', isMine && 'mine', isWide && 'wide', message.deletedAt !== undefined && 'gone']
    .filter(Boolean)
    .join(' ')
  const sender =
    conversation.chat.type !== 'private' && isMine ? `<span class="sender">${escapeText(message.from.name)}</span>` : ''
  const parts = [
    sender,
    reply(message, conversation),
    file(message),
    entitiesToHtml(text, entities),
    meta(message, zone),
  ]
  return `<div class="${classes}"><div class="bubble">${parts.join('')}</div>${keys(message)}</div>`
}

function meta(message: ChatMessage, zone: string): string {
  const edited = message.versions.length > 1 ? 'edited ' : ''
  const silent = message.silent ? ' <span class="bell" title="without a sound">🔕</span>' : ''
  const ticks = message.from.isBot ? '' : ' ✓✓'
  const time = format(message.at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return `<span class="meta">${edited}${time}${silent}${ticks}</span>`
}

function reply(message: ChatMessage, { messages, bot }: Conversation): string {
  const replied = messages.find((m) => m.id === message.replyTo)
  if (!replied) return ''
  const words = latest(replied).text.split('\n')[0] || replied.file?.name || ''
  return `<div class="reply"><b>${escapeText(replied.from.isBot ? bot : replied.from.name)}</b>${escapeText(words)}</div>`
}

function file({ file: attached }: ChatMessage): string {
  if (!attached) return ''
  const size = attached.size < 1024 ? `${attached.size} B` : `${(attached.size / 1024).toFixed(1)} KB`
  const icon = attached.kind === 'photo' ? '🖼' : '📄'
  return `<div class="file"><i>${icon}</i><div><b>${escapeText(attached.name)}</b><span>${size}</span></div></div>`
}

function keys(message: ChatMessage): string {
  const { keyboard } = latest(message)
  if (!keyboard) return ''
  const rows = keyboard.map(
    (row) => `<div>${row.map((b) => `<span class="${b.style ?? ''}">${escapeText(b.text)}</span>`).join('')}</div>`,
  )
  return `<div class="keys">${rows.join('')}</div>`
}

function toast({ by, buttonText, data, answer }: TapRecord): string {
  const answered = answer?.text ? ` · ${answer.text}` : ''
  return `<div class="toast">${escapeText(`${by.name} tapped ${buttonText ?? data}${answered}`)}</div>`
}

function format(at: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at)
}
