import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHouse, planned } from './house.ts'

const open = (count: number, dependsOn: Record<number, number[]> = {}) => {
  const house = createHouse({ finish: false })
  house.start(Array.from({ length: count }, (_, i) => planned(i + 1, {}, dependsOn[i + 1] ?? [])))
  return house
}

/** Numbers of the tasks in the order of work. */
const order = (house: ReturnType<typeof open>) => {
  const [ids = []] = house.state.order.values()
  return ids.map((id) => house.state.tasks.get(id)?.number)
}

/** Works the run through and tells in which order its tasks began. */
const worked = (house: ReturnType<typeof open>) => {
  const begun: number[] = []
  for (let step = house.next(); step.do === 'work'; step = house.next()) {
    begun.push(step.task.number)
    house.begin()
    house.end({ kind: 'done' })
  }
  return begun
}

describe('a queued task is moved', () => {
  it('before another one, first and last, behind the one that has its turn', () => {
    const house = open(5)
    expect(house.act({ type: 'move', task: 5, before: 3 }).reply?.text).toBe('Moved task 5 before task 3.')
    expect(order(house)).toEqual([1, 2, 5, 3, 4])
    house.act({ type: 'move', task: 4 })
    expect(order(house)).toEqual([1, 4, 2, 5, 3])
    expect(house.act({ type: 'move', task: 4, before: 'end' }).reply?.text).toBe('Moved task 4 to the end.')
    expect(order(house)).toEqual([1, 2, 5, 3, 4])
    expect(worked(house)).toEqual([1, 2, 5, 3, 4])
  })

  it('and still waits for what it depends on', () => {
    const house = open(4, { 4: [3] })
    expect(house.act({ type: 'move', task: 4 }).reply?.text).toBe(
      'Moved task 4 before task 2. It still waits for task 3.',
    )
    expect(worked(house)).toEqual([1, 2, 3, 4])
  })

  it('not when it, or what it is to stand before, has begun, has ended or does not exist', () => {
    const house = open(4)
    house.begin()
    for (const [task, before, why] of [
      [1, 4, 'has already started its turn'],
      [4, 1, 'has already started its turn'],
      [4, 9, 'There is no task 9'],
      [9, 1, 'There is no task 9'],
    ] as const) {
      const { reply, changes } = house.act({ type: 'move', task, before })
      expect(reply).toMatchObject({ ok: false, code: 'not-possible' })
      expect(reply?.text).toContain(why)
      expect(changes).toEqual([])
    }
    house.end({ kind: 'done' })
    expect(house.act({ type: 'move', task: 1, before: 4 }).reply?.text).toContain('is already done')
    expect(house.act({ type: 'move', task: 4, before: 4 }).reply?.code).toBe('nothing-to-do')
    expect(order(house)).toEqual([1, 2, 3, 4])
  })

  it('changes no rows but those of the tasks in between', () => {
    const house = open(1_000)
    const { changes } = house.act({ type: 'move', task: 900, before: 890 })
    expect(changes).toHaveLength(11)
  })

  it('any number of times, and every task is worked on once, none before what it depends on', () => {
    const moves = fc.array(
      fc.record({
        task: fc.integer({ min: 1, max: 8 }),
        before: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom('end' as const, undefined)),
      }),
      { maxLength: 12 },
    )
    // Each depends on some that stand before it, whatever place it is moved to.
    const needs = fc.tuple(
      ...[2, 3, 4, 5, 6, 7, 8].map((n) => fc.subarray(Array.from({ length: n - 1 }, (_, i) => i + 1))),
    )
    fc.assert(
      fc.property(moves, needs, (all, lists) => {
        const dependsOn: Record<number, number[]> = Object.fromEntries(lists.map((list, i) => [i + 2, list]))
        const house = open(8, dependsOn)
        for (const { task, before } of all) house.act({ type: 'move', task, ...(before !== undefined && { before }) })
        const begun = worked(house)
        expect(begun.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        for (const [i, number] of begun.entries())
          for (const other of dependsOn[number] ?? []) expect(begun.indexOf(other)).toBeLessThan(i)
      }),
    )
  })
})
