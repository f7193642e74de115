import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BatonEvent } from '../../src/core/types.ts'
import { createFollower } from '../../src/http/events/follower.ts'
import { createRecent } from '../../src/http/events/recent.ts'
import type { MachinesPorts } from '../../src/http/machines/ports.ts'
import { type House, openHouse } from './house.ts'
import { type Served, serve, TOKEN } from './serve.ts'
import { openStream, type Stream } from './stream.ts'
import { TODAY } from './task-files.ts'

let house: House
let served: Served
const streams: Stream[] = []
beforeEach(async () => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
  served = await serve(house)
})
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close()
  await served.close()
  await house.close()
})

const follow = async (options?: Parameters<typeof openStream>[1]) => {
  const stream = await openStream(served.url, options)
  streams.push(stream)
  return stream
}
/** Makes events: each pause and resume is one. */
const happen = async (count: number) => {
  for (let i = 0; i < count; i++)
    await house.api.submit(
      { type: i % 2 === 0 ? 'pause' : 'resume' },
      { surface: 'terminal', id: 'Anna', name: 'Anna' },
    )
}
/** Something that happened on another machine. */
const elsewhere = (machine: string, place: number) => ({
  ...{ machine, place },
  event: { seq: place, type: 'note', text: `${machine} ${place}` },
})
const lastSeq = () => house.store.read.lastEventSeq()
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i)

describe('the event stream', () => {
  test('sends what is stored from now on, each with its place', async () => {
    await served.post('/api/quick-start')
    const before = lastSeq()
    const stream = await follow()
    await happen(3)
    await stream.until(() => stream.seqs().length === 3)
    expect(stream.seqs()).toEqual(upTo(before, before + 3))
    expect(stream.frames[0]).toEqual({ id: String(before), event: 'hello', data: { seq: before } })
    expect(stream.frames[1]?.data).toMatchObject({
      seq: before + 1,
      type: 'queue.paused',
      text: 'Paused by Anna (terminal)',
    })
  })

  test.each([
    ['Last-Event-ID', (seq: number) => ({ headers: { 'Last-Event-ID': String(seq) } })],
    ['?after=', (seq: number) => ({ path: `/api/events?after=${seq}` })],
    [
      'the newer of both',
      (seq: number) => ({ path: '/api/events?after=0', headers: { 'Last-Event-ID': String(seq) } }),
    ],
  ])('goes on from %s without a gap', async (_, options) => {
    await served.post('/api/quick-start')
    await happen(20)
    const stream = await follow(options(5))
    await happen(5)
    await stream.until(() => stream.seqs().at(-1) === lastSeq())
    expect(stream.seqs()).toEqual(upTo(5, lastSeq()))
  })

  test('misses nothing that was stored before the server was started', async () => {
    await served.post('/api/quick-start')
    await happen(30)
    await served.close()
    served = await serve(house)
    const stream = await follow({ headers: { 'Last-Event-ID': '2' } })
    await happen(4)
    await stream.until(() => stream.seqs().at(-1) === lastSeq())
    expect(stream.seqs()).toEqual(upTo(2, lastSeq()))
  })

  test('misses nothing over any number of cuts', async () => {
    await served.post('/api/quick-start')
    const seen: number[] = []
    let place = 0
    for (let round = 0; round < 8; round++) {
      const stream = await follow({ headers: { 'Last-Event-ID': String(place) } })
      await happen(4)
      await stream.until(() => stream.seqs().length > 1)
      stream.close()
      await stream.closed
      seen.push(...stream.seqs())
      place = stream.seqs().at(-1) ?? place
      await happen(2)
    }
    const last = await follow({ headers: { 'Last-Event-ID': String(place) } })
    await last.until(() => last.seqs().at(-1) === lastSeq())
    expect([...seen, ...last.seqs()]).toEqual(upTo(0, lastSeq()))
  })

  test('begins anew for a place that this stream never had', async () => {
    await served.post('/api/quick-start')
    const stream = await follow({ headers: { 'Last-Event-ID': '999999' } })
    expect(stream.status).toBe(200)
    await happen(1)
    await stream.until(() => stream.seqs().length === 1)
    expect(stream.seqs()).toEqual([lastSeq()])
  })

  test('says what happens on other machines, from where a follower was in the events of each', async () => {
    let tell: Parameters<MachinesPorts['follow']>[0] = () => undefined
    let following = 0
    const remembered = [3, 4, 7].map((place) => elsewhere('studio', place))
    await served.close()
    served = await serve(house, {
      machines: {
        ...{ serve: () => undefined, others: () => [], changes: () => 0 },
        call: () => Promise.reject(new Error('away')),
        follow: (listener) => {
          following++
          tell = listener
          // It is read from a database.
          setImmediate(() => listener(remembered, true))
          return () => {
            following--
          }
        },
      },
    })
    await served.post('/api/quick-start')
    const seq = lastSeq()
    const seen = ({ frames }: Stream) =>
      frames.map(({ id, event, data }) => `${id}${event ? ` ${event}` : ''} ${(data as { text?: string }).text ?? ''}`)
    const from = await follow({ headers: { 'Last-Event-ID': `${seq};studio=3` } })
    await from.until(() => from.frames.length === 3)
    const fresh = await follow()
    await fresh.until(() => fresh.frames.length === 2)
    expect(following).toBe(1)
    tell([elsewhere('office', 9)], false)
    await happen(1)
    tell([elsewhere('studio', 8)], false)
    await fresh.until(() => fresh.frames.length === 5 && from.frames.length === 6)
    const paused = 'Paused by Anna (terminal)'
    expect(seen(from)).toEqual([
      `${seq};studio=3 hello `,
      `${seq};studio=4 studio 4`,
      `${seq};studio=7 studio 7`,
      `${seq};studio=7;office=9 office 9`,
      `${seq + 1};studio=7;office=9 ${paused}`,
      `${seq + 1};studio=8;office=9 studio 8`,
    ])
    expect(from.frames[1]?.data).toMatchObject({ machine: 'studio', seq: 4, text: 'studio 4' })
    expect(seen(fresh)).toEqual([
      `${seq} hello `,
      `${seq};studio=7 hello `,
      `${seq};studio=7;office=9 office 9`,
      `${seq + 1};studio=7;office=9 ${paused}`,
      `${seq + 1};studio=8;office=9 studio 8`,
    ])
    from.close()
    fresh.close()
    // Nobody reads for nobody.
    await expect.poll(() => following).toBe(0)
    const again = await follow({ path: `/api/events?after=${encodeURIComponent(`${seq};studio=4`)}` })
    await again.until(() => again.frames.length === 3)
    expect(seen(again)).toEqual([
      `${seq};studio=4 hello `,
      `${seq + 1};studio=4 ${paused}`,
      `${seq + 1};studio=7 studio 7`,
    ])
    expect((await served.get('/api/events?after=5;studio')).status).toBe(400)
  })

  test('tells who only asks for its headers, and holds nothing open for them', async () => {
    const response = await fetch(`${served.url}/api/events`, {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${TOKEN}` },
    })
    expect(response.status).toBe(200)
    expect((await served.get('/metrics')).text).toContain('baton_http_followers 0\n')
  })

  test('a place that is no number is refused', async () => {
    const response = await fetch(`${served.url}/api/events`, {
      headers: { Authorization: `Bearer ${TOKEN}`, 'Last-Event-ID': 'x' },
    })
    expect(response.status).toBe(400)
  })

  test('tells what the running process does, without a place', async () => {
    await served.post('/api/quick-start')
    const stream = await follow()
    house.begin()
    await stream.until(() => stream.frames.some((frame) => frame.event === 'live'))
    const live = stream.frames.find((frame) => frame.event === 'live')
    expect(live).toMatchObject({
      data: { project: 'main', live: { task: 1 }, lives: [{ task: 1, activity: 'starting' }] },
    })
    expect(live?.id).toBeUndefined()
  })

  test('reaches a hundred followers', async () => {
    await served.post('/api/quick-start')
    const before = lastSeq()
    const many = await Promise.all(Array.from({ length: 100 }, () => follow()))
    await happen(10)
    await Promise.all(many.map((stream) => stream.until(() => stream.seqs().length === 10)))
    for (const stream of many) expect(stream.seqs()).toEqual(upTo(before, before + 10))
  })

  test('ends when the server does', async () => {
    const stream = await follow()
    await served.close()
    await stream.closed
    served = await serve(house)
  })

  test('a follower that reads nothing is not buffered for ever, and costs the others nothing', async () => {
    const socket = connect(served.server.port, '127.0.0.1')
    socket.write(
      `GET /api/events HTTP/1.1\r\nHost: ${new URL(served.url).host}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    )
    socket.pause()
    const stream = await follow()
    const before = lastSeq()
    const memory = process.memoryUsage().rss
    for (let i = 0; i < 300; i++) {
      house.emit('x'.repeat(200_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await stream.until(() => stream.seqs().at(-1) === lastSeq(), 15_000)
    expect(stream.seqs()).toEqual(upTo(before, before + 300))
    expect(process.memoryUsage().rss - memory).toBeLessThan(300 * 1_024 * 1_024)
    socket.destroy()
  })
})

describe('a follower', () => {
  const event = (seq: number): BatonEvent => ({ seq, at: 0, type: 'note', queue: 'main', text: 'x'.repeat(20_000) })

  test('writes every event once and in order, however the writing stalls and wherever it began', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          stored: fc.integer({ min: 0, max: 60 }),
          after: fc.integer({ min: 0, max: 60 }),
          steps: fc.array(fc.constantFrom('happen', 'store-first', 'read'), { maxLength: 80 }),
        }),
        async ({ stored, after, steps }) => {
          const events = Array.from({ length: stored }, (_, i) => event(i + 1))
          const listeners = new Set<() => void>()
          const recent = createRecent(stored)
          const out = new PassThrough({ highWaterMark: 1_024 })
          let read = ''
          const follower = createFollower({
            out,
            after: Math.min(after, stored),
            recent,
            now: () => 0,
            frame: (one) => `${one.seq} ${one.text}\n`,
            follow(listener, from) {
              let place = from
              let isOpen = true
              const pump = () => {
                while (isOpen && place < events.length) {
                  place++
                  listener(events[place - 1] as BatonEvent)
                }
              }
              listeners.add(pump)
              queueMicrotask(pump)
              return () => {
                isOpen = false
                listeners.delete(pump)
              }
            },
          })
          const take = () => {
            for (let chunk = out.read(); chunk !== null; chunk = out.read()) read += chunk
          }
          const share = (one: BatonEvent) => {
            recent.add(one.seq, `${one.seq} ${one.text}\n`)
            follower.advance()
          }
          const happen = () => {
            const one = event(events.length + 1)
            events.push(one)
            share(one)
          }
          follower.advance()
          for (const step of steps) {
            if (step === 'happen') {
              happen()
              for (const pump of [...listeners]) pump()
            } else if (step === 'store-first') {
              // Stored, and read by who follows the store, before the shared frames have it.
              const one = event(events.length + 1)
              events.push(one)
              for (const pump of [...listeners]) pump()
              share(one)
            } else take()
            expect(out.writableLength).toBeLessThan(256 * 1_024 + 30_000)
            await Promise.resolve()
          }
          for (let i = 0; i < 200; i++) {
            take()
            await new Promise((resolve) => setImmediate(resolve))
            if (read.endsWith('\n') && Number(read.trimEnd().split('\n').at(-1)?.split(' ')[0]) === events.length) break
          }
          take()
          const seqs = read
            .split('\n')
            .filter(Boolean)
            .map((line) => Number(line.split(' ')[0]))
          expect(seqs).toEqual(upTo(Math.min(after, stored), events.length))
        },
      ),
      { numRuns: 60 },
    )
  })
})
