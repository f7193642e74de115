import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../../src/core/types.ts'
import { createHouse, type House, planned } from './house.ts'

const check = (ok: boolean): CheckResult => ({ name: 'test', command: 'npm test', ok, durationMs: 1, output: 'no' })
const first = (more = {}) => planned(1, { verifyFirst: true, verify: ['npm test'], ...more })

function checks(house: House, ok: boolean, found = [check(ok)]) {
  house.give({ type: 'checking', taskId: house.task(1).id })
  house.give({
    type: 'checked',
    taskId: house.task(1).id,
    ok,
    text: ok ? '1 passed' : 'test failed',
    proof: { checks: found },
  })
}
const types = (house: House) => house.events.map(({ type }) => type)

describe('a task whose checks run first', () => {
  it('is done without an attempt and without cost when they pass', () => {
    const house = createHouse()
    house.start([first(), planned(2, {}, [1])])
    expect(house.next()).toMatchObject({ do: 'verify', task: { number: 1, phase: 'ready' } })
    checks(house, true)
    expect(house.task(1)).toMatchObject({ phase: 'marking', attempts: 0, costUsd: 0, firstCheck: 'passed' })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.task(1)).toMatchObject({ phase: 'done', outcome: 'done', proof: { checks: [{ ok: true }] } })
    expect(house.task(1).result).toContain('before any work started')
    expect(house.events.find(({ type }) => type === 'task.done')?.text).toContain('nothing to do')
    expect(types(house).filter((type) => /^(run|task)\.started$/.test(type))).toEqual(['run.started', 'task.started'])
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  })

  it('is worked on with the words of what fails, which are neither a failure nor a result', () => {
    const house = createHouse()
    house.start([first()])
    checks(house, false)
    const step = house.next()
    expect(step).toMatchObject({
      do: 'work',
      task: { phase: 'ready', failures: 0, continuation: { reason: 'first-check', words: 'test failed' } },
    })
    expect(house.task(1).proof).toBeUndefined()
    house.begin()
    house.end({ kind: 'done' })
    expect(house.next()).toMatchObject({ do: 'verify', task: { phase: 'verifying' } })
    house.give({ type: 'checked', taskId: house.task(1).id, ok: true, text: '', proof: { checks: [check(true)] } })
    expect(house.task(1)).toMatchObject({ phase: 'marking', attempts: 1, firstCheck: 'failed' })
    expect(types(house).filter((type) => type === 'task.started')).toHaveLength(1)
  })

  it('runs them again after a kill, and begins once', () => {
    const house = createHouse()
    house.start([first()])
    house.give({ type: 'checking', taskId: house.task(1).id })
    house.give({ type: 'boot' })
    expect(house.next()).toMatchObject({ do: 'verify', task: { phase: 'verifying', firstCheck: 'running' } })
    checks(house, false)
    house.begin()
    expect(types(house).filter((type) => type === 'task.started')).toHaveLength(1)
  })

  it('keeps what fails through a kill before Claude has heard it', () => {
    const house = createHouse()
    house.start([first()])
    checks(house, false)
    const attempt = { id: 'a', sessionId: 's', cwd: '/', logFile: '/l', rawFile: '/r' }
    house.give({ type: 'claimed', taskId: house.task(1).id, attempt })
    house.give({ type: 'boot' })
    expect(house.task(1).continuation).toEqual({ reason: 'first-check', words: 'test failed' })
  })

  it('is worked on when there was nothing to run after all: nothing has passed then', () => {
    const house = createHouse()
    house.start([first()])
    checks(house, true, [])
    expect(house.next()).toMatchObject({ do: 'work' })
    expect(house.task(1).continuation).toBeUndefined()
  })

  it('is like any other without checks', () => {
    const house = createHouse()
    house.start([first({ verify: [] })])
    expect(house.next()).toMatchObject({ do: 'work' })
  })

  it('waits for its yes and for a pause like any beginning', () => {
    const house = createHouse()
    house.start([first({ requiresApproval: true })])
    expect(house.openAsks()[0]?.text).toContain('The checks run first')
    house.act({ type: 'approve', target: {} })
    house.act({ type: 'pause', afterTask: true })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'paused' })
    house.act({ type: 'resume' })
    expect(house.next()).toMatchObject({ do: 'verify' })
  })

  it('goes back in line when what it waits for is undone or done anew while they run', () => {
    const tasks = [planned(2), planned(1, { verifyFirst: true, verify: ['npm test'] }, [2])].map((task, position) => ({
      ...task,
      position,
    }))
    const open = () => {
      const house = createHouse({ finish: false })
      house.start(tasks)
      house.begin()
      house.end({ kind: 'done' })
      house.give({ type: 'checking', taskId: house.task(1).id })
      expect(house.task(1)).toMatchObject({ phase: 'verifying', firstCheck: 'running' })
      return house
    }
    const again = open()
    again.act({ type: 'retry', task: 2 })
    expect(again.task(1)).toMatchObject({ phase: 'queued' })
    expect(again.next()).toMatchObject({ do: 'work', task: { number: 2 } })
    const undone = open()
    const by = { surface: 'http' as const, id: 'Bob', name: 'Bob' }
    undone.give({ type: 'undone', taskId: undone.task(2).id, by, text: 'undone', ok: true })
    expect(undone.task(1)).toMatchObject({ phase: 'blocked' })
  })

  it('is checked again when it is started anew, and worked on when a review sends it back', () => {
    const house = createHouse({ approval: { mode: 'none', auto: [], review: 'always', checkpointAfter: [] } })
    house.start([first()])
    checks(house, true)
    const [ask] = house.openAsks()
    house.act({ type: 'answer', target: { askId: ask?.id ?? '' }, choice: 'send-back', text: 'More.' })
    expect(house.next()).toMatchObject({ do: 'work', task: { continuation: { reason: 'sent-back', words: 'More.' } } })
    expect(house.task(1).firstCheck).toBeUndefined()
    house.begin()
    house.end({ kind: 'interrupted' })
    house.act({ type: 'retry', task: 1 })
    expect(house.next()).toMatchObject({ do: 'verify', task: { phase: 'ready', firstCheck: 'due' } })
  })

  it('hears words that were said while they ran', () => {
    const house = createHouse()
    house.start([first()])
    house.give({ type: 'checking', taskId: house.task(1).id })
    expect(house.act({ type: 'say', text: 'faster' }).reply?.text).toContain('Claude gets it when')
  })
})
