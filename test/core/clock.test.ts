import { describe, expect, it } from 'vitest'
import { createHouse, planned } from './house.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('a clock that is set', () => {
  it('back does not make a wait longer than it was meant to be', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'limit', resetsAt: house.now + HOUR_MS, limitType: 'five_hour' })
    house.now -= 7 * DAY_MS
    house.give({ type: 'tick' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'held', until: house.now + HOUR_MS + 1_000 })
    house.now += HOUR_MS + 1_000
    expect(house.next().do).toBe('work')
  })

  it('wrong makes a limit neither asked for again and again nor waited for longer than any limit lasts', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'limit', resetsAt: house.now - 40 * DAY_MS, limitType: 'five_hour' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'held', until: house.now + 30_000 })
    house.now += 30_000
    house.begin()
    house.end({ kind: 'limit', resetsAt: house.now + 7 * DAY_MS, limitType: 'five_hour' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'held', until: house.now + 5 * HOUR_MS })
  })

  it('closes no ask, whichever way', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    const [ask] = house.openAsks()
    for (const days of [40, -47, 7]) {
      house.now += days * DAY_MS
      house.give({ type: 'tick' })
      expect(house.openAsks()).toEqual([ask])
      expect(house.next()).toMatchObject({ do: 'wait', why: 'asks' })
    }
  })
})
