import type { Chat } from '../../src/chat/chat.ts'
import type { Transport } from '../../src/chat/transport.ts'
import { readConfig } from '../../src/config/read.ts'
import { type Audience, openChat } from '../../src/messengers/open-chat.ts'
import type { Redact } from '../../src/redact/redact.ts'
import type { Running, Stage } from './stage.ts'

/** The platforms, each with a transport that only records. */
export const SURFACES = ['telegram', 'slack', 'discord'] as const
/** A pipeline that does nothing but deploy. */
export const SHIP = `---
on: {push: [main]}
---
## Ship
**Deploy:** qa
`

/** Opens chats of a Baton on a stage, one a transport; `errors` gets what they log as one. */
export async function openStageChats(
  { home }: Stage,
  { app }: Running,
  transports: readonly Transport[],
  {
    audienceOn,
    redact = (text) => text,
    errors = [],
  }: { audienceOn: (name: string) => Audience; redact?: Redact; errors?: unknown[] },
): Promise<Chat[]> {
  const read = await readConfig({ home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config } = read
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const chats = transports.map((transport) => {
    app.store.setMeta(`${transport.name}:since`, 0)
    const options = { config, app, redact, log, reached: new Set<(member: string) => boolean>() }
    return openChat(transport, options, audienceOn(transport.name))
  })
  for (const chat of chats) chat.start()
  return chats
}
