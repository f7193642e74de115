import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Live } from '../../src/daemon/api/views.ts'
import { createActivityFeed } from '../../src/daemon/attempt/activity-feed.ts'

const live = (taskId: string, activity = 'working') => ({ taskId, activity }) as Live

function feedAt(clock: { ms: number }) {
  const shared: string[][] = []
  const feed = createActivityFeed(
    () => clock.ms,
    (lives) => shared.push(lives.map(({ taskId, activity }) => `${taskId} ${activity}`)),
  )
  return { feed, shared }
}

test('Between two short tasks nothing is stored for other processes; in this one all is known at once', () => {
  const { feed, shared } = feedAt({ ms: 0 })
  const told: number[] = []
  feed.onLive((lives) => told.push(lives.length))
  feed.set(live('1'))
  feed.clear('1')
  feed.set(live('2'))
  feed.clear('2')
  expect(told).toEqual([1, 0, 1, 0])
  expect(feed.current()).toEqual([])
  expect(shared).toEqual([['1 working']])
})

test('What a task that takes long does is stored about once a second', () => {
  const clock = { ms: 0 }
  const { feed, shared } = feedAt(clock)
  for (clock.ms = 0; clock.ms <= 2_000; clock.ms += 250) feed.set(live('1', `at ${clock.ms}`))
  expect(shared).toEqual([['1 at 0'], ['1 at 1000'], ['1 at 2000']])
})

test('That nothing is done any more is stored soon, and at the end in any case', async () => {
  const one = feedAt({ ms: 0 })
  one.feed.set(live('1'))
  one.feed.clear('1')
  one.feed.close()
  one.feed.close()
  expect(one.shared).toEqual([['1 working'], []])

  const other = feedAt({ ms: 0 })
  other.feed.set(live('1'))
  other.feed.clear('1')
  while (other.shared.length < 2) await sleep(50)
  expect(other.shared).toEqual([['1 working'], []])
})
