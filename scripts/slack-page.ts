import { readFileSync } from 'node:fs'

/**
 * Prints the messages of a channel, as the stand-in of Slack records them, as an HTML page that looks like Slack: the channel
 * beside the thread of its first run and those in which people wrote.
 *
 *   node scripts/slack-page.ts slack.json > slack.html
 */
interface Piece {
  type: string
  text?: string
  user_id?: string
  url?: string
  style?: Record<string, true>
}
interface Block {
  type: string
  elements: {
    type: string
    elements?: Piece[]
    text?: { text: string }
    style?: string
    placeholder?: { text: string }
  }[]
}
interface Message {
  ts: string
  user: string
  text: string
  bot_id?: string
  thread_ts?: string
  subtype?: string
  blocks?: Block[]
  files?: { name: string; size: number }[]
  reactions?: { name: string; count: number }[]
}

const NAMES: Record<string, string> = { UBATON: 'Baton', UANNA: 'Anna', UBEN: 'Ben' }
const SIGNS: Record<string, string> = { '+1': '👍', tada: '🎉', white_check_mark: '✅' }
const escapeText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const mention = (id: string) => `<span class="at">@${NAMES[id] ?? id}</span>`

function piece({ text = '', user_id: user, style = {} }: Piece): string {
  if (user !== undefined) return mention(user)
  const tags = ['bold', 'italic', 'strike', 'code'].filter((name) => style[name])
  const html = { bold: 'b', italic: 'i', strike: 's', code: 'code' } as Record<string, string>
  return tags.reduce((inner, name) => `<${html[name]}>${inner}</${html[name]}>`, escapeText(text))
}

function block({ type, elements }: Block): string {
  if (type === 'actions') {
    const all = elements.map(({ text, style = '', placeholder }) =>
      text
        ? `<span class="button ${style}">${escapeText(text.text)}</span>`
        : `<span class="button">${placeholder?.text} ▾</span>`,
    )
    return `<div class="actions">${all.join('')}</div>`
  }
  const TAGS: Record<string, string> = { rich_text_preformatted: 'pre', rich_text_quote: 'blockquote' }
  return elements
    .map((part) => {
      const tag = TAGS[part.type] ?? 'div'
      return `<${tag}>${(part.elements ?? []).map(piece).join('')}</${tag}>`
    })
    .join('')
}

function row(message: Message, replies: number): string {
  const { user, text, blocks, files = [], reactions = [], ts, bot_id: bot } = message
  const name = NAMES[user] ?? user
  const time = new Date(Number(ts) * 1000).toISOString().slice(11, 16)
  const plain = escapeText(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
  const words = blocks ? blocks.map(block).join('') : plain.replace(/&lt;@(\w+)&gt;/g, (_, id: string) => mention(id))
  const parts = [
    words,
    ...files.map((file) => `<div class="file">📄 <b>${escapeText(file.name)}</b> ${file.size} B</div>`),
    reactions.length > 0 &&
      `<div>${reactions.map((one) => `<span class="sign">${SIGNS[one.name] ?? one.name} ${one.count}</span>`).join('')}</div>`,
    replies > 0 && `<div class="replies">${replies} ${replies === 1 ? 'reply' : 'replies'}</div>`,
  ]
  return `<div class="row"><div class="face ${bot ? 'bot' : ''}">${name.slice(0, 1)}</div><div class="body">
<b>${name}</b>${bot ? '<span class="app">APP</span>' : ''} <span class="time">${time}</span>
<div class="words">${parts.filter(Boolean).join('')}</div></div></div>`
}

const STYLE = `body{margin:0;font:15px/1.46 Lato,"Helvetica Neue",Arial,sans-serif;color:#1d1c1d;background:#fff}
.page{display:flex;width:1120px}.side{flex:1;border-right:1px solid #ddd;padding:0 0 12px;min-width:0}
h1{font-size:17px;margin:0;padding:12px 18px;border-bottom:1px solid #ddd}.row{display:flex;padding:7px 18px;gap:9px}
.face{width:34px;height:34px;border-radius:8px;background:#2a7f62;color:#fff;display:grid;place-items:center;font-weight:700;flex:none}
.face.bot{background:#4a154b}.body{min-width:0;flex:1}.app{background:#ddd;border-radius:2px;font-size:10px;padding:1px 3px;margin-left:5px;color:#555}
.time{color:#777;font-size:12px}.words{white-space:pre-wrap;overflow-wrap:anywhere}.words div,.words pre,.words blockquote{white-space:pre-wrap}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;margin:4px 0;font:12px/1.5 Menlo,Consolas,monospace}
blockquote{border-left:4px solid #ddd;margin:4px 0;padding:0 0 0 12px}code{background:#f8f8f8;border:1px solid #ddd;border-radius:3px;color:#c01343;padding:0 3px;font-size:12px}
.actions{margin-top:7px}.button{display:inline-block;border:1px solid #bbb;border-radius:4px;padding:3px 11px;margin:0 7px 5px 0;font-weight:700;font-size:13px}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}.button.danger{background:#e01e5a;border-color:#e01e5a;color:#fff}
.at{background:#e8f5fa;color:#1264a3;border-radius:3px;padding:0 2px}.sign{border:1px solid #1264a3;background:#e8f5fa;border-radius:12px;padding:1px 7px;font-size:12px;margin-right:5px}
section{border-bottom:1px solid #ddd;padding:4px 0 10px}.replies{color:#1264a3;font-weight:700;font-size:13px}.file{border:1px solid #ddd;border-radius:8px;padding:8px 12px;margin-top:5px;display:inline-block}`

const [file] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('Usage: node scripts/slack-page.ts slack.json\n')
  process.exitCode = 2
} else {
  const all = JSON.parse(readFileSync(file, 'utf8')) as Message[]
  const repliesTo = (ts: string) => all.filter((one) => one.thread_ts === ts && one.ts !== ts)
  const isTop = ({ ts, thread_ts: thread, subtype }: Message) =>
    thread === undefined || thread === ts || subtype === 'thread_broadcast'
  const isBots = ({ bot_id: bot }: Message) => bot !== undefined
  const ofBot = all.filter(isBots)
  const run = ofBot.find(({ ts }) => repliesTo(ts).some(isBots))
  const talks = ofBot.filter(({ ts }) => ts !== run?.ts && !repliesTo(ts).every(isBots))
  const channel = all.filter(isTop).map((one) => row(one, repliesTo(one.ts).length))
  const threads = [...(run ? [run] : []), ...talks].map(
    (root) => `<section>${[root, ...repliesTo(root.ts)].map((one) => row(one, 0)).join('\n')}</section>`,
  )
  process.stdout.write(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Baton on Slack</title><style>${STYLE}</style></head>
<body><div class="page"><div class="side"><h1># deploys</h1>${channel.join('\n')}</div><div class="side"><h1>Threads</h1>${threads.join('\n')}</div></div></body></html>
`)
}
