import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventInbox } from '../../src/chat/event-inbox.ts'

interface Heard {
  id: string
  chat: string
}

/** What a database keeps over lives. */
const createStored = () => new Map<string, { event: Heard; isHandled: boolean }>()

const storedIn = (stored: ReturnType<typeof createStored>) => ({
  store: (event: Heard) => {
    if (stored.has(event.id)) return false
    stored.set(event.id, { event, isHandled: false })
    return true
  },
  unhandled: () => [...stored.values()].flatMap(({ event, isHandled }) => (isHandled ? [] : [event])),
  handled: (event: Heard) => void stored.set(event.id, { event, isHandled: true }),
  chatOf: ({ chat }: Heard) => chat,
})

const open = (stored: ReturnType<typeof createStored>, handle: (event: Heard) => Promise<void> | void) =>
  createEventInbox<Heard>({ ...storedIn(stored), handle })

test('each event is handled once and in order in its chat, however often and over however many lives it comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ id: fc.constantFrom(...'abcdefgh'), ends: fc.boolean() }), { maxLength: 30 }),
      async (steps) => {
        const stored = createStored()
        const handled: string[] = []
        const handle = async ({ id }: Heard) => {
          await Promise.resolve()
          handled.push(id)
          if (id === 'c') throw new Error('never mind')
        }
        let inbox = open(stored, handle)
        for (const { id, ends } of steps) {
          inbox.take({ id, chat: 'one' })
          if (!ends) continue
          await inbox.idle()
          inbox = open(stored, handle)
          inbox.resume()
        }
        await inbox.idle()
        const first = [...new Set(steps.map(({ id }) => id))]
        expect(handled).toEqual(first)
      },
    ),
    { numRuns: 100 },
  )
})

test('what an earlier life stored and did not handle comes first', async () => {
  const stored = createStored()
  // The life before ended in the middle of it.
  open(stored, () => new Promise(() => {})).take({ id: 'a', chat: 'one' })
  const handled: string[] = []
  const inbox = open(stored, ({ id }) => void handled.push(id))
  inbox.resume()
  inbox.take({ id: 'b', chat: 'one' })
  inbox.take({ id: 'a', chat: 'one' })
  await inbox.idle()
  expect(handled).toEqual(['a', 'b'])
})

test('while a gap is read, what may have come after it waits, and is then handled by when it was written', async () => {
  const stored = createStored()
  open(stored, () => new Promise(() => {})).take({ id: '5', chat: 'one' })
  const handled: string[] = []
  const inbox = createEventInbox<Heard>({
    ...storedIn(stored),
    handle: ({ id }) => void handled.push(id),
    waitsForGap: ({ id }) => id !== '9',
    writtenAt: ({ id }) => Number(id),
  })
  inbox.openGap()
  inbox.resume()
  for (const id of ['7', '9', '3', '7']) inbox.take({ id, chat: 'one' })
  await inbox.idle()
  expect(handled).toEqual(['9'])
  inbox.closeGap()
  inbox.take({ id: '1', chat: 'one' })
  await inbox.idle()
  expect(handled).toEqual(['9', '3', '5', '7', '1'])
  inbox.openGap()
  inbox.take({ id: '8', chat: 'one' })
  inbox.leave()
  inbox.closeGap()
  await inbox.idle()
  expect(handled).toHaveLength(5)
  expect([...stored].find(([id]) => id === '8')?.[1].isHandled).toBe(false)
})

test('what cannot be stored is not taken, and so not acknowledged', () => {
  const inbox = createEventInbox<Heard>({
    store: () => {
      throw new Error('disk full')
    },
    unhandled: () => [],
    handle: () => expect.unreachable(),
    handled: () => {},
    chatOf: ({ chat }) => chat,
  })
  expect(() => inbox.take({ id: 'a', chat: 'one' })).toThrow('disk full')
})
