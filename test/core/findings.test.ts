import { describe, expect, it } from 'vitest'
import type { Finding, Proof } from '../../src/core/types.ts'
import { ANNA, createHouse, planned } from './house.ts'

const SKIPPED: Finding = { kind: 'test-skipped', weight: 'ask', text: 'A test is skipped.', path: 'a.test.ts', line: 3 }
const TOLD: Finding = { kind: 'ignored-changed', weight: 'tell', text: 'One ignored file was changed.' }

const finish = (house: ReturnType<typeof createHouse>, proof: Partial<Proof>) => {
  const attemptId = house.begin()
  house.give({ type: 'ended', attemptId, outcome: { kind: 'done', text: 'Done.', result: 'It works.' }, proof })
}

describe('what was found', () => {
  it('keeps a task from being done until a person has accepted it', () => {
    const house = createHouse({ finish: false })
    house.start([planned(1)])
    finish(house, { files: [], findings: [SKIPPED, TOLD] })
    const [ask] = house.openAsks()
    expect(ask).toMatchObject({ kind: 'review', about: 'guard' })
    expect(ask?.text).toContain('a.test.ts:3: A test is skipped.')
    expect(house.task(1).phase).toBe('review')
    house.act({ type: 'answer', target: { askId: ask?.id ?? '' }, choice: 'accept' }, ANNA)
    expect(house.task(1).phase).toBe('done')
    expect(house.task(1).proof?.findings).toEqual([SKIPPED, TOLD])
  })

  it('is asked about also in a run that asks for no approvals', () => {
    const house = createHouse({ finish: false })
    house.start([planned(1)], true)
    finish(house, { files: [], findings: [SKIPPED] })
    expect(house.openAsks()).toHaveLength(1)
  })

  it('goes back to Claude, and is forgotten when it is not found any more', () => {
    const house = createHouse({ finish: false })
    house.start([planned(1)])
    finish(house, { files: [], findings: [SKIPPED] })
    const [ask] = house.openAsks()
    house.act({ type: 'answer', target: { askId: ask?.id ?? '' }, choice: 'send-back', text: 'Run the test.' }, ANNA)
    expect(house.task(1).continuation).toMatchObject({ reason: 'sent-back', words: 'Run the test.' })
    finish(house, { files: [] })
    expect(house.task(1).phase).toBe('done')
    expect(house.task(1).proof?.findings).toBeUndefined()
  })

  it('stays when it happened while Claude worked, in an earlier process too', () => {
    const house = createHouse({ finish: false, retries: 1 })
    house.start([planned(1)])
    const refused: Finding = { kind: 'refused', weight: 'tell', text: 'Bash was refused.', lasting: true }
    const attemptId = house.begin()
    house.give({ type: 'ended', attemptId, outcome: { kind: 'failed', text: 'no' }, proof: { findings: [refused] } })
    finish(house, { files: [] })
    expect(house.task(1).proof?.findings).toEqual([refused])
  })

  it('fails the task where nobody is there, after a try without it', () => {
    const house = createHouse({ finish: false, attended: false, retries: 1 })
    house.start([planned(1)], true)
    finish(house, { files: [], findings: [SKIPPED] })
    expect(house.task(1).continuation?.words).toContain('a.test.ts:3: A test is skipped.')
    finish(house, { files: [], findings: [SKIPPED] })
    expect(house.task(1)).toMatchObject({ phase: 'failed' })
  })

  it('is only told under guard: tell', () => {
    const house = createHouse({ finish: false, guard: 'tell' })
    house.start([planned(1)])
    finish(house, { files: [], findings: [SKIPPED] })
    expect(house.task(1)).toMatchObject({ phase: 'done', proof: { findings: [SKIPPED] } })
  })
})
