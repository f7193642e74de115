import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { botCommands } from '../../src/chat/render/help.ts'
import { connectTelegram } from '../../src/telegram/connection.ts'
import { createDownload } from '../../src/telegram/download.ts'
import { registerCommands } from '../../src/telegram/register.ts'
import { call } from '../support/bot-api/call.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
beforeEach(async () => {
  api = await startBotApi()
})
afterEach(() => api.close())
const connect = () => connectTelegram({ token: api.token, apiRoot: api.root })

test('a file that a person sent is fetched byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256))
  const sent = api.person({ id: 4711, name: 'Anna' }).sends({ kind: 'photo', name: 'a.jpg', content: bytes })
  const download = createDownload({ api: connect(), token: api.token, apiRoot: api.root })
  expect((await download(sent.file?.fileId ?? '')).equals(bytes)).toBe(true)
})

test('a file that cannot be fetched is an error without the token', async () => {
  const { file } = api.person({ id: 4711, name: 'Anna' }).sends({ name: 'a.txt', content: 'a' })
  const elsewhere = createDownload({ api: connect(), token: 'secret:token', apiRoot: api.root })
  const error = await elsewhere(file?.fileId ?? '').catch((e: unknown) => e)
  expect(inspect(error, { depth: 9 })).toContain('404')
  const dead = createDownload({ api: connect(), token: 'secret:token', apiRoot: 'http://127.0.0.1:1' })
  const other = await dead(file?.fileId ?? '').catch((e: unknown) => e)
  expect(inspect([error, other], { depth: 9 })).not.toContain('secret:token')
  const download = createDownload({ api: connect(), token: api.token, apiRoot: api.root })
  await expect(download('unknown')).rejects.toThrow('invalid file_id')
})

test('the commands are registered, also when the first try fails, until it is told to stop', async () => {
  api.faults.add({ methods: ['setMyCommands'], trouble: { kind: 'status', code: 429 } })
  const stopping = new AbortController()
  const registering = registerCommands(connect(), botCommands(), stopping.signal)
  await expect.poll(() => api.callsTo('setMyCommands').length).toBe(1)
  stopping.abort()
  await registering
  await registerCommands(connect(), botCommands(), new AbortController().signal)
  const { result } = await call(api, 'getMyCommands')
  expect((result as { command: string }[]).map((c) => c.command)).toContain('status')
})
