import fc from 'fast-check'
import { expect, test } from 'vitest'
import { following } from '../../src/core/lanes/following.ts'
import { createHouse, planned } from './house.ts'

test('What follows is the task that really has its turn next, whenever the current one ends well', () => {
  const spec = fc.record({
    isRun: fc.boolean(),
    isCheckedFirst: fc.boolean(),
    asked: fc.boolean(),
    after: fc.option(fc.integer({ min: 1, max: 5 })),
  })
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 5 }), fc.boolean(), (specs, autoApprove) => {
      const house = createHouse()
      const tasks = specs.map(({ isRun, isCheckedFirst, asked, after }, i) => {
        const more = {
          ...(isRun && { run: ['true'] }),
          ...(isCheckedFirst && { verifyFirst: true, verify: ['true'] }),
          ...(asked && { requiresApproval: true }),
        }
        const dependsOn = after !== null && after <= specs.length && after !== i + 1 && after < i + 1 ? [after] : []
        return planned(i + 1, more, dependsOn)
      })
      house.start(tasks, autoApprove)
      for (;;) {
        for (const ask of house.openAsks())
          house.act({ type: 'answer', target: { askId: ask.id, hash: ask.hash }, choice: 'approve' })
        const step = house.next()
        if (step.do === 'mark') {
          house.give({ type: 'marked', taskId: step.task.id })
          continue
        }
        if (step.do === 'verify') {
          house.give({ type: 'checking', taskId: step.task.id })
          const checks = [{ name: 'true', command: 'true', ok: false, durationMs: 1, output: '' }]
          house.give({ type: 'checked', taskId: step.task.id, ok: false, text: 'failed', proof: { checks } })
          continue
        }
        if (step.do !== 'work') return
        const expected = following(house.state, house.policy, step.task)
        house.begin()
        house.end({ kind: 'done' })
        expect(following(house.state, house.policy, step.task)?.number).toBe(expected?.number)
        if (house.next().do === 'verify')
          house.give({ type: 'checked', taskId: step.task.id, ok: true, text: 'passed', proof: {} })
        const marking = house.next()
        if (marking.do === 'mark') house.give({ type: 'marked', taskId: marking.task.id })
        const then = house.next()
        const isReady = then.do === 'work' && then.task.spec.run === undefined
        expect(expected?.number).toBe(isReady ? then.task.number : undefined)
        // Its turn has come, and it is still what follows: not the one after it.
        if (isReady) expect(following(house.state, house.policy, step.task)?.number).toBe(then.task.number)
      }
    }),
    { numRuns: 200 },
  )
})

test('While a task is worked on, nothing else follows the one before it', () => {
  const house = createHouse()
  house.start([planned(1), planned(2), planned(3)], true)
  const first = house.next()
  if (first.do !== 'work') throw new Error(first.do)
  house.begin()
  house.end({ kind: 'done' })
  house.give({ type: 'marked', taskId: first.task.id })
  house.begin()
  expect(following(house.state, house.policy, first.task)).toBeUndefined()
})
