import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { earlyCalls } from '../../faults/phone/floods.ts'
import { createTapAnswerer } from '../../src/telegram/answer-callback.ts'
import { connectTelegram } from '../../src/telegram/connection.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
let anna: Person
let troubles: string[]
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  troubles = []
})
afterEach(() => api.close())
const answerer = () =>
  createTapAnswerer(connectTelegram({ token: api.token, apiRoot: api.root }), (text) => troubles.push(text))
const tap = () => anna.forges('x', anna.says('hello').id)

test('a tap is answered with at most 200 units', async () => {
  const { record, answer } = tap()
  await answerer()(record.queryId, '😀'.repeat(150), true)
  const { text, alert } = await answer()
  expect(text).toHaveLength(199)
  expect(alert).toBe(true)
})

test('a lost answer is given again, an answer too late is nobody’s loss', async () => {
  const { record, answer } = tap()
  api.faults.add({ methods: ['answerCallbackQuery'], trouble: { kind: 'reset', when: 'before' } })
  await answerer()(record.queryId, 'Allowed')
  expect(await answer()).toMatchObject({ text: 'Allowed' })
  await answerer()(record.queryId, 'again')
  expect(troubles).toEqual([])
})

test('retry_after holds for every answer, and what was refused is given after it', async () => {
  const [one, two] = [tap(), tap()]
  api.faults.add({ methods: ['answerCallbackQuery'], trouble: { kind: 'flood', retryAfterS: 1 } })
  const answer = answerer()
  const first = answer(one.record.queryId, 'Allowed')
  await expect.poll(() => api.callsTo('answerCallbackQuery')[0]?.endedAt).toBeDefined()
  await sleep(350)
  await Promise.all([first, answer(two.record.queryId, 'Denied')])
  expect([one.record.answer?.text, two.record.answer?.text]).toEqual(['Allowed', 'Denied'])
  expect(earlyCalls(api.calls)).toEqual([])
})

test('an answer that would come too late is not waited for', async () => {
  api.faults.add({ methods: ['answerCallbackQuery'], trouble: { kind: 'flood', retryAfterS: 60 } })
  await answerer()(tap().record.queryId, 'Allowed')
  expect(api.callsTo('answerCallbackQuery')).toHaveLength(1)
})

test('it never throws', async () => {
  await api.away()
  await answerer()('1')
  expect(troubles).toEqual([expect.stringContaining('cannot be reached')])
})
