import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { call } from '../support/bot-api/call.ts'
import { type BotApi, type BotApiOptions, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
const start = async (options: BotApiOptions = {}) => {
  api = await startBotApi(options)
  return { api, anna: api.person({ id: 4711, name: 'Anna' }) }
}
afterEach(() => api.close())

const ids = async (params: object) =>
  ((await call(api, 'getUpdates', params)).result as { update_id: number }[]).map((u) => u.update_id)

describe('getUpdates of the stand-in', () => {
  test('hands updates out again until a higher offset confirms them', async () => {
    const { anna } = await start({ firstUpdateId: 100 })
    anna.says('one')
    anna.says('two')
    expect(await ids({})).toEqual([100, 101])
    expect(await ids({ offset: 101 })).toEqual([101])
    expect(await ids({})).toEqual([101])
    expect(await ids({ offset: 102 })).toEqual([])
    expect(api.updates.timesDelivered(101)).toBe(3)
    expect(api.updates.unconfirmed()).toEqual([])
  })

  test('takes at most `limit`, and a negative offset forgets all but the last', async () => {
    const { anna } = await start({ firstUpdateId: 100 })
    for (const word of ['a', 'b', 'c']) anna.says(word)
    expect(await ids({ limit: 2 })).toEqual([100, 101])
    expect(await ids({ offset: -1 })).toEqual([102])
    expect(await ids({})).toEqual([102])
  })

  test('an offset from the future confirms nothing', async () => {
    const { anna } = await start({ firstUpdateId: 100 })
    anna.says('after a quiet week the ids start somewhere else')
    expect(await ids({ offset: 900_000 })).toEqual([100])
  })

  test('waits for an update and answers at once when it comes', async () => {
    const { anna } = await start({ firstUpdateId: 5 })
    const poll = ids({ timeout: 50 })
    await sleep(50)
    anna.says('hello')
    expect(await poll).toEqual([5])
  })

  test('answers with nothing when the time is over', async () => {
    await start()
    expect(await ids({ timeout: 1 })).toEqual([])
  })

  test('forgets updates after 24 hours', async () => {
    let now = 0
    const { anna } = await start({ now: () => now })
    anna.says('hello')
    now = 24 * 3600_000 - 1
    expect(await ids({})).toHaveLength(1)
    now += 1
    expect(await ids({})).toEqual([])
  })

  test('ends the older of two polls with 409', async () => {
    await start()
    const older = call(api, 'getUpdates', { timeout: 5 })
    await sleep(50)
    const newer = call(api, 'getUpdates', { timeout: 1 })
    expect(await older).toEqual({
      ok: false,
      error_code: 409,
      description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    })
    expect((await newer).ok).toBe(true)
  })

  test('is refused with 409 while a webhook is set, and works again after deleteWebhook', async () => {
    const { anna } = await start()
    await call(api, 'setWebhook', { url: 'https://example.com/hook' })
    anna.says('hello')
    expect(await call(api, 'getUpdates')).toMatchObject({
      error_code: 409,
      description: expect.stringContaining('webhook is active'),
    })
    await call(api, 'deleteWebhook')
    expect(await ids({})).toHaveLength(1)
  })

  test('refuses a wrong token with 401', async () => {
    await start()
    expect(await call({ ...api, token: '1:wrong' }, 'getUpdates')).toMatchObject({
      error_code: 401,
      description: 'Unauthorized',
    })
  })

  test('in a group only commands and replies to the bot arrive', async () => {
    const { anna } = await start()
    api.group({ id: -500, title: 'Team' })
    anna.says('chat among people', { chat: -500 })
    anna.says('/status', { chat: -500 })
    expect(await ids({})).toHaveLength(1)
    expect(api.updates.all()[0]).toMatchObject({
      message: {
        chat: { id: -500, type: 'group' },
        from: { id: 4711 },
        entities: [{ type: 'bot_command', offset: 0, length: 7 }],
      },
    })
  })
})
