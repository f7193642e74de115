import { parse } from 'discord-markdown-parser'
import type { HeldChannel, HeldMessage } from '../../test/support/discord/world.ts'
import { escapeText } from './entities.ts'

/** A channel with its threads, as the stand-in of Discord holds them. */
export interface DiscordConversation {
  channel: HeldChannel
  threads: HeldChannel[]
}

/** A page that looks like the channel. */
export function discordPage({ channel, threads }: DiscordConversation, zone: string): string {
  const shown = channel.messages.filter(({ deleted }) => !deleted)
  const rows = shown.map((message) => row(message, shown, threads, zone)).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Baton on Discord</title><style>${STYLE}</style></head>
<body><header># ${escapeText(channel.name ?? '')}</header><main>
${rows}
</main></body></html>
`
}

function row(message: HeldMessage, all: readonly HeldMessage[], threads: readonly HeldChannel[], zone: string): string {
  const { author, timestamp, content, embeds, attachments, components, edited_timestamp: edited, reactions } = message
  const time = new Date(timestamp).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  const replied = all.find(({ id }) => id === message.message_reference?.message_id)
  const thread = threads.find(({ id }) => id === message.id)
  const name = author.bot ? 'Baton' : author.username.replace(/^./, (first) => first.toUpperCase())
  const command = message.interaction_metadata
  const parts = [
    command && `<div class="reply">↱ <b>${escapeText(command.user.username)}</b> used ${html(content)}</div>`,
    replied && `<div class="reply">↰ ${html(replied.content.split('\n', 1)[0] ?? '')}</div>`,
    `<div class="who"><b class="${author.bot ? 'bot' : ''}">${escapeText(name)}</b>${author.bot ? '<i>APP</i>' : ''}<time>${time}</time></div>`,
    `<div class="text">${html(content)}${edited ? ' <small>(edited)</small>' : ''}</div>`,
    ...embeds.map((one) => `<div class="embed">${html(one.description ?? '')}</div>`),
    ...attachments.map(
      ({ filename, size }) => `<div class="file">📄 <b>${escapeText(filename)}</b> <small>${size} bytes</small></div>`,
    ),
    ...components.map((one) => `<div class="buttons">${one.components.map(control).join('')}</div>`),
    ...reactions.map(({ emoji }) => `<span class="sign">${emoji} 1</span>`),
    thread &&
      `<div class="thread">🧵 <b>${escapeText(thread.name ?? '')}</b> · ${thread.messages.length} ${thread.messages.length === 1 ? 'message' : 'messages'} ›</div>`,
  ]
  const avatar = `<div class="avatar ${author.bot ? 'bot' : ''}">${author.bot ? '🪄' : escapeText(name.slice(0, 1))}</div>`
  return `<article>${avatar}<div>${parts.filter(Boolean).join('\n')}</div></article>`
}

const STYLES = ['', 'primary', 'secondary', 'success', 'danger']

const control = ({ type, label, style, placeholder }: Record<string, unknown>): string =>
  type === 2
    ? `<span class="${STYLES[Number(style)]}">${escapeText(String(label))}</span>`
    : `<span class="list">${escapeText(String(placeholder))} ⌄</span>`

interface Part {
  type: string
  content?: unknown
  lang?: string
  name?: string
  id?: string
  target?: string
}
const TAGS: Record<string, string> = {
  strong: 'b',
  em: 'em',
  strikethrough: 's',
  inlineCode: 'code',
  blockQuote: 'blockquote',
}

/** A block of code ends its line: the line break after it is none more. */
const html = (markdown: string): string => toHtml(parse(markdown, 'extended')).replaceAll('</pre>\n', '</pre>')

function toHtml(content: unknown): string {
  if (typeof content === 'string') return escapeText(content)
  if (Array.isArray(content)) return content.map(toHtml).join('')
  const part = (content ?? {}) as Part
  if (part.type === 'br') return '\n'
  if (part.type === 'twemoji') return part.name ?? ''
  if (part.type === 'user') return '<span class="mention">@Anna</span>'
  if (part.type === 'codeBlock') return `<pre>${toHtml(part.content)}</pre>`
  if (part.type === 'url' || part.type === 'autolink') return `<a>${toHtml(part.content)}</a>`
  const tag = TAGS[part.type]
  return tag ? `<${tag}>${toHtml(part.content)}</${tag}>` : toHtml(part.content ?? '')
}

const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #2f3136; font: 16px/1.4 "gg sans", "Noto Sans", "Segoe UI", "Liberation Sans", sans-serif, "Noto Color Emoji"; }
header { padding: 13px 20px; font-weight: 600; border-bottom: 1px solid #e3e5e8; color: #313338; }
main { padding: 12px 20px 20px; display: flex; flex-direction: column; gap: 15px; }
article { display: flex; gap: 14px; } article > div:last-child { flex: 1; min-width: 0; }
.avatar { width: 40px; height: 40px; border-radius: 50%; flex: none; display: grid; place-items: center; background: #e67e4d; color: #fff; font-weight: 600; font-size: 18px; }
.avatar.bot { background: #5865f2; }
.who b { font-weight: 600; } .who i { font: 600 10.5px/1 inherit; font-style: normal; background: #5865f2; color: #fff; border-radius: 4px; padding: 1px 5px; margin-left: 6px; font-size: 11px; vertical-align: 1px; }
time, small { color: #80848e; font-size: 12px; margin-left: 7px; }
.text, .embed { white-space: pre-wrap; overflow-wrap: anywhere; }
.embed { border-left: 4px solid #c4c9ce; background: #f2f3f5; border-radius: 4px; padding: 9px 14px; margin-top: 6px; max-width: 560px; font-size: 15px; }
.reply { color: #6d6f78; font-size: 13.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
code, pre { font: 13.6px/1.4 "Noto Sans Mono", "DejaVu Sans Mono", Consolas, monospace; background: #f2f3f5; border-radius: 4px; } code { padding: 1px 4px; }
pre { border: 1px solid #e3e5e8; padding: 7px 10px; margin: 5px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 560px; }
blockquote { margin: 2px 0; padding-left: 11px; border-left: 4px solid #c4c9ce; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.buttons span { background: #e9eaed; color: #2f3136; border-radius: 8px; padding: 6px 15px; font-size: 14px; font-weight: 500; }
.buttons .primary { background: #5865f2; color: #fff; } .buttons .success { background: #248046; color: #fff; } .buttons .danger { background: #da373c; color: #fff; }
.buttons .list { min-width: 300px; border: 1px solid #d5d8dc; background: #fff; }
.mention { background: #e6e9fd; color: #4450c4; border-radius: 3px; padding: 0 2px; } a { color: #006ce7; }
.thread { margin-top: 7px; border: 1px solid #e3e5e8; border-radius: 8px; padding: 7px 11px; font-size: 14px; max-width: 460px; color: #4e5058; }
.file { margin-top: 6px; border: 1px solid #e3e5e8; border-radius: 8px; padding: 9px 12px; max-width: 430px; }
.sign { display: inline-block; margin-top: 6px; background: #f2f3f5; border-radius: 8px; padding: 2px 8px; font-size: 14px; }
`
