import { beforeEach, describe, expect, test } from 'vitest'
import type { House } from './house.ts'
import { PLANTED, type Served } from './serve.ts'
import { servedHouse } from './served-house.ts'
import { TODAY } from './task-files.ts'

let house: House
let served: Served

beforeEach(async () => {
  ;({ house, served } = await servedHouse({ 'tasks/today.md': TODAY }))
  await house.api.submit({ type: 'start', files: ['tasks/today.md'] }, { surface: 'telegram', id: '4712', name: 'Ben' })
})

const find = async (query: string) => (await served.get(`/api/search?${query}`)).json
const whereOf = async (query: string) =>
  (await find(query)).hits.map(({ task, where, text }: Record<string, unknown>) => [task, where, text])

describe('searching the history', () => {
  test('finds words in titles, results and logs, in any letter case, and says where', async () => {
    house.begin('09:00:00 Looking for the Zebra in the hedge.')
    house.end({ result: 'All done.\nThe giraffe is in.' })
    expect(await whereOf('q=LOGIN%20endpoint')).toEqual([[1, 'title', 'All done.']])
    expect(await whereOf('q=GIRAFFE')).toEqual([[1, 'result', 'The giraffe is in.']])
    expect(await whereOf('q=zebra')).toEqual([[1, 'log', '09:00:00 Looking for the Zebra in the hedge.']])
    expect(await find('q=elephant')).toEqual({ hits: [], complete: true })
  })

  test('finds tasks by state, alone and with words', async () => {
    house.begin()
    house.end()
    expect((await whereOf('status=done')).map(([task]: unknown[]) => task)).toEqual([1])
    expect(await whereOf('status=done&q=old%20table')).toEqual([])
  })

  test('looks through a log of several parts, and shows of a long line what is around the words', async () => {
    const long = `09:00:00 ${'x'.repeat(600_000)} needle ${'y'.repeat(600_000)}`
    house.begin(...Array.from({ length: 20_000 }, (_, i) => `09:00:00 line ${i}`), long, '09:00:01 the pin')
    const [[, where, text]] = await whereOf('q=pin')
    expect([where, text]).toEqual(['log', '09:00:01 the pin'])
    house.log('09:00:02 a short needle\n')
    expect((await whereOf('q=needle'))[0][2].length).toBeLessThan(300)
  })

  test('gives the newest first, as many as wanted, and says that there is more', async () => {
    await house.api.submit({ type: 'stop' }, { surface: 'telegram', id: '4712', name: 'Ben' })
    await house.api.submit(
      { type: 'start', files: ['tasks/today.md'] },
      { surface: 'telegram', id: '4712', name: 'Ben' },
    )
    const all = await find('q=login')
    expect(all.hits[0].session_id).toBe(house.api.view.latestRun()?.id)
    expect([all.hits.length, all.complete]).toEqual([2, true])
    const one = await find('q=login&limit=1')
    expect([one.hits, one.complete]).toEqual([all.hits.slice(0, 1), false])
  })

  test('finds no secret by guessing at it, and shows none', async () => {
    house.begin(`09:00:00 the key is ${PLANTED}`)
    house.end({ result: `used ${PLANTED}` })
    expect(await whereOf(`q=${PLANTED.slice(0, 8)}`)).toEqual([])
    expect(await whereOf('q=the%20key')).toEqual([[1, 'log', '09:00:00 the key is [redacted]']])
  })

  test('gives every task to who says nothing, and answers several at a time', async () => {
    expect((await whereOf('')).map(([task]: unknown[]) => task)).toEqual([1, 2])
    expect((await served.get('/api/search?status=odd')).status).toBe(400)
    const answers = await Promise.all(Array.from({ length: 5 }, () => served.get('/api/search?q=login')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })
})
