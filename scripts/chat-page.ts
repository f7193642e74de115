import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Conversation } from '../test/support/bot-api/conversation.ts'
import { exampleConversations } from './chat-page/example.ts'
import { chatPage } from './chat-page/html.ts'

/**
 * Prints conversations as an HTML page that looks like the chat:
 *
 *   node scripts/chat-page.ts conversation.json … > chat.html
 *   node scripts/chat-page.ts --example > chat.html
 *
 * A file holds one conversation as the stand-in of the Bot API records it, or an array of them; `-` is standard input.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    example: { type: 'boolean' },
    taps: { type: 'boolean' },
    zone: { type: 'string', default: 'UTC' },
    title: { type: 'string', default: 'Baton' },
  },
})

if (positionals.length === 0 && !values.example) {
  process.stderr.write('Usage: node scripts/chat-page.ts [--taps] [--zone Europe/Berlin] FILE… | --example\n')
  process.exitCode = 2
} else {
  const conversations = values.example ? await exampleConversations() : positionals.flatMap(readConversations)
  process.stdout.write(
    chatPage(conversations, { zone: values.zone, title: values.title, withTaps: values.taps ?? false }),
  )
}

function readConversations(file: string): Conversation[] {
  const value = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as Conversation | Conversation[]
  return Array.isArray(value) ? value : [value]
}
