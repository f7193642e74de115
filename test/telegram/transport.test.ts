import { connectTelegram } from '../../src/telegram/connection.ts'
import { createTelegramTransport } from '../../src/telegram/transport.ts'
import { transportContract } from '../contracts/transport.ts'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Trouble } from '../support/bot-api/faults.ts'
import { startBotApi } from '../support/bot-api/server.ts'

const METHODS = { send: 'sendMessage', edit: 'editMessageText' }
const TROUBLES: Record<'lost' | 'busy' | 'form' | 'revoked', Trouble> = {
  lost: { kind: 'reset', when: 'after' },
  busy: { kind: 'flood', retryAfterS: 1 },
  form: { kind: 'status', code: 400, description: "Bad Request: can't parse entities" },
  revoked: { kind: 'status', code: 401, description: 'Unauthorized' },
}

transportContract('telegram', async () => {
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const connect = (apiRoot: string) => {
    const server = { token: api.token, apiRoot }
    return createTelegramTransport({ api: connectTelegram(server), ...server, onTrouble: () => {} })
  }
  const there = connect(api.root)
  // Nobody listens at this port.
  const nowhere = connect('http://127.0.0.1:1')
  let isUnreached = false
  const send: typeof there.send = (...call) => {
    const transport = isUnreached ? nowhere : there
    isUnreached = false
    return transport.send(...call)
  }
  const messages = () => anna.sees().messages.filter(({ deletedAt }) => deletedAt === undefined)
  const documentOf = ({ file }: ChatMessage) =>
    file && { document: { name: file.name, content: String(api.world.files.byId(file.fileId)?.bytes ?? '') } }
  return {
    transport: { ...there, send },
    chatId: '4711',
    personId: '4711',
    sharedChatId: '-100123',
    secret: api.token,
    seen: () =>
      messages().map((message) => ({
        id: String(message.id),
        text: latest(message).text,
        data: (latest(message).keyboard ?? []).flat().map((button) => button.callback_data ?? ''),
        silent: message.silent,
        ...(message.replyTo !== undefined && { repliesTo: String(message.replyTo) }),
        ...documentOf(message),
      })),
    fail: (mishap, kind) => {
      if (mishap === 'unreached') isUnreached = true
      else if (mishap === 'blocked') anna.blocks()
      else api.faults.add({ methods: [METHODS[kind]], trouble: TROUBLES[mishap] })
    },
    removes: (id) => anna.deletes(Number(id)),
    tap: (id, data) => {
      const { record, answer } = anna.forges(data, Number(id))
      return { tapId: record.queryId, answer: async () => (await answer()).text }
    },
    close: () => api.close(),
  }
})
