import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { GrammyError, HttpError } from 'grammy/web'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TelegramError, troubleOf } from '../../src/telegram/api-errors.ts'
import { connectTelegram } from '../../src/telegram/connection.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
beforeEach(async () => {
  api = await startBotApi()
  api.person({ id: 4711, name: 'Anna' })
})
afterEach(() => api.close())

const connect = (options: { token?: string; connectTimeoutMs?: number; apiRoot?: string } = {}) =>
  connectTelegram({ token: api.token, apiRoot: api.root, ...options })
const failure = async (call: Promise<unknown>): Promise<TelegramError> => {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(TelegramError)
  return error as TelegramError
}
const send = (telegram = connect()) => telegram.sendMessage(4711, 'secret words')

describe('the connection to Telegram', () => {
  test('tells what never reached the server from what is in doubt', async () => {
    api.faults.add({ trouble: { kind: 'reset', when: 'after' } })
    expect((await failure(send())).trouble).toEqual({ kind: 'in-doubt', code: 'ECONNRESET' })
    api.faults.add({ trouble: { kind: 'status', code: 502 } })
    expect((await failure(send())).trouble).toEqual({ kind: 'in-doubt', code: '502' })
    api.faults.add({ trouble: { kind: 'garbage', code: 502 } })
    expect((await failure(send())).trouble).toEqual({ kind: 'in-doubt', code: 'HTTP 502' })
    await api.away()
    expect((await failure(send())).trouble).toEqual({ kind: 'unreached', code: 'ECONNREFUSED' })
    await api.back()
    expect(await send()).toMatchObject({ text: 'secret words' })
  })

  test('an answer that breaks off midway is in doubt at once, not at the deadline', async () => {
    api.faults.add({ trouble: { kind: 'reset', when: 'midway' } })
    expect((await failure(send())).trouble).toMatchObject({ kind: 'in-doubt' })
    expect(await send()).toMatchObject({ text: 'secret words' })
  })

  test('a name that does not exist was never reached', async () => {
    expect((await failure(connect({ apiRoot: 'http://no-such-host.invalid' }).getMe())).trouble).toMatchObject({
      kind: 'unreached',
    })
  })

  test('a server that breaks off before TLS stands was never reached', async () => {
    const server: Server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expect((await failure(connect({ apiRoot: `https://127.0.0.1:${port}` }).getMe())).trouble).toMatchObject({
      kind: 'unreached',
    })
    server.close()
  })

  test('a TLS handshake that never ends was never reached', async () => {
    const open: { destroy: () => void }[] = []
    const server: Server = createServer((socket) => open.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const telegram = connect({ apiRoot: `https://127.0.0.1:${port}`, connectTimeoutMs: 100 })
    expect((await failure(telegram.getMe())).trouble).toEqual({ kind: 'unreached', code: 'ETIMEDOUT' })
    for (const socket of open) socket.destroy()
    server.close()
  })

  test('reads refusals: flood, conflict, wrong token, the rest', async () => {
    api.limiter.flood(9)
    expect((await failure(send())).trouble).toEqual({ kind: 'flood', retryAfterMs: 9000 })
    await connect().setWebhook('https://example.com/')
    expect((await failure(connect().getUpdates())).trouble).toMatchObject({ kind: 'conflict' })
    expect((await failure(connect({ token: '1:wrong' }).getMe())).trouble).toEqual({
      kind: 'unauthorized',
      description: 'Unauthorized',
    })
    expect((await failure(connect().sendMessage(5, 'x'))).trouble).toEqual({
      kind: 'refused',
      code: 400,
      description: 'Bad Request: chat not found',
    })
  })

  test('an idle connection that the server closed is not used again', async () => {
    const telegram = connect()
    await telegram.getMe()
    await api.away()
    await api.back()
    await sleep(20)
    expect(await send(telegram)).toMatchObject({ text: 'secret words' })
  })

  test('no error holds the token or what was sent, however it is looked at', async () => {
    const errors = []
    api.faults.add({ trouble: { kind: 'reset', when: 'before' } })
    errors.push(await failure(send()))
    api.faults.add({ trouble: { kind: 'garbage', code: 500 } })
    errors.push(await failure(send()))
    errors.push(await failure(connect().sendMessage(5, 'secret words')))
    await api.away()
    errors.push(await failure(send()))
    await api.back()
    for (const error of errors) {
      const everything = [
        inspect(error, { depth: 9, showHidden: true }),
        JSON.stringify(error),
        String(error.stack),
        error.message,
      ].join()
      expect(everything).not.toContain(api.token)
      expect(everything).not.toContain('secret words')
    }
  })

  test('grammY’s own errors are read the same way', () => {
    const refused = {
      ok: false as const,
      error_code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 3 },
    }
    expect(troubleOf(new GrammyError('x', refused, 'sendMessage', {}))).toEqual({ kind: 'flood', retryAfterMs: 3000 })
    expect(troubleOf(new HttpError('x', Object.assign(new Error(), { code: 'EAI_AGAIN' })))).toEqual({
      kind: 'unreached',
      code: 'EAI_AGAIN',
    })
    expect(troubleOf(new TypeError('x'))).toEqual({ kind: 'in-doubt', code: 'TypeError' })
  })
})
