import { describe, expect, it } from 'vitest'
import { createHouse, planned } from './house.ts'

describe('a usage limit', () => {
  it('holds the whole queue until the reset, spends no retry, and goes on in the same session', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    const attempt = house.begin()
    house.end({ kind: 'limit', resetsAt: house.now + 3_600_000, limitType: 'five_hour' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'held', until: house.now + 3_601_000 })
    expect(house.task(1)).toMatchObject({ phase: 'working', failures: 0, continuation: { reason: 'limit' } })
    house.now += 3_601_000
    house.give({ type: 'tick' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 1 } })
    expect(house.begin()).toBe(attempt)
  })

  it('is waited for anew when it still holds', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'limit', resetsAt: house.now + 1_000 })
    house.now += 2_000
    house.give({ type: 'tick' })
    house.begin()
    house.end({ kind: 'limit', resetsAt: house.now + 60_000 })
    expect(house.next()).toMatchObject({ do: 'wait', until: house.now + 61_000 })
  })
})

describe('a failure', () => {
  it('goes back to the same session with its text while retries last', () => {
    const house = createHouse()
    house.start([planned(1, { retries: 1 })])
    house.begin()
    house.end({ kind: 'failed', text: 'tests are red' })
    expect(house.task(1)).toMatchObject({ failures: 1, continuation: { reason: 'retry', words: 'tests are red' } })
    house.begin()
    house.end({ kind: 'failed', text: 'still red' })
    expect(house.openAsks()[0]).toMatchObject({ kind: 'failure' })
  })

  it('with on_failure continue fails the task, blocks its dependents and goes on with the rest', () => {
    const house = createHouse({ onFailure: 'continue' })
    house.start([planned(1), planned(2, {}, [1]), planned(3)])
    house.begin()
    house.end({ kind: 'crashed', text: 'signal SIGSEGV' })
    expect([1, 2, 3].map((n) => house.task(n).phase)).toEqual(['failed', 'blocked', 'ready'])
  })

  it('is what /retry without a number means, while the queue goes on with another task', () => {
    const house = createHouse({ onFailure: 'continue' })
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'failed' })
    house.begin()
    house.act({ type: 'retry' })
    expect([1, 2].map((n) => house.task(n).phase)).toEqual(['queued', 'working'])
  })

  it('with on_failure stop stops the run with the rest untouched', () => {
    const house = createHouse({ onFailure: 'stop' })
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'failed' })
    expect([...house.state.runs.values()][0]).toMatchObject({ state: 'stopped', reason: 'task 1 failed' })
    expect(house.task(2).phase).toBe('queued')
  })

  it('is not asked about where nobody can answer', () => {
    const house = createHouse({ attended: false })
    house.start([planned(1)], true)
    house.begin()
    house.end({ kind: 'failed' })
    expect(house.task(1).phase).toBe('failed')
  })
})

describe('credentials', () => {
  it('stop the queue with one ask, and the same session goes on after it', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'credentials', text: 'Invalid API key' })
    expect(house.openAsks()).toMatchObject([{ kind: 'failure', about: 'credentials' }])
    house.act({ type: 'answer', target: {}, choice: 'retry' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 1, failures: 0 } })
  })
})

describe('budgets', () => {
  it('say a word at 80 % and ask at 100 %, and a raise lets the task go on', () => {
    const house = createHouse({ budget: { runUsd: 1 } })
    house.start([planned(1), planned(2), planned(3)])
    house.begin()
    house.end({ kind: 'done', sessionCostUsd: 0.85 })
    expect(house.events.filter((event) => event.type === 'run.budget')).toHaveLength(1)
    house.give({ type: 'marked', taskId: house.task(1).id })
    house.begin()
    house.end({ kind: 'done', sessionCostUsd: 0.4 })
    house.give({ type: 'marked', taskId: house.task(2).id })
    expect(house.openAsks()).toMatchObject([{ kind: 'approval', about: 'run-budget', task: 3 }])
    house.act({ type: 'approve', target: {} })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 3 } })
  })

  it('count a session once, however many processes it has', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'interrupted', sessionCostUsd: 0.5 })
    house.begin()
    house.end({ kind: 'done', sessionCostUsd: 0.7 })
    expect(house.task(1).costUsd).toBeCloseTo(0.7)
  })
})

describe('pause, stop and skip', () => {
  it('pause means now: the live attempt is no longer wanted, and resume continues its session', () => {
    const house = createHouse()
    house.start([planned(1)])
    const attempt = house.begin()
    house.act({ type: 'pause' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'paused' })
    house.end({ kind: 'interrupted' })
    house.act({ type: 'resume' })
    expect(house.begin()).toBe(attempt)
  })

  it('pause after the task lets it finish and keeps the next one from starting', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    house.begin()
    house.act({ type: 'pause', afterTask: true })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 1 } })
    house.end({ kind: 'done' })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'paused' })
  })

  it('stop leaves everything to be resumed, in order', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    const attempt = house.begin()
    house.act({ type: 'stop' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'ending' })
    house.end({ kind: 'interrupted' })
    expect(house.next()).toEqual({ do: 'rest' })
    house.act({ type: 'resume' })
    expect(house.begin()).toBe(attempt)
  })

  it('the next task does not begin before the process of the skipped one is gone', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    house.begin()
    house.act({ type: 'skip' })
    expect(house.next()).toEqual({ do: 'wait', why: 'ending' })
    house.end({ kind: 'interrupted' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  })
})

describe('a crash', () => {
  it('shows the attempt as interrupted and continues its session', () => {
    const house = createHouse()
    house.start([planned(1)])
    const attempt = house.begin()
    house.give({ type: 'boot' })
    expect(house.events.some((event) => event.type === 'task.interrupted')).toBe(true)
    expect(house.task(1).continuation).toEqual({ reason: 'interrupted' })
    expect(house.begin()).toBe(attempt)
  })

  it('before Claude said anything begins anew, for there may be no session', () => {
    const house = createHouse()
    house.start([planned(1)])
    const step = house.next()
    if (step.do !== 'work') throw new Error('no work')
    house.give({
      type: 'claimed',
      taskId: step.task.id,
      attempt: { id: 'a', sessionId: 's', cwd: '/', logFile: '', rawFile: '' },
    })
    house.give({ type: 'boot' })
    expect(house.task(1).continuation).toEqual({ reason: 'fresh' })
  })
})

describe('a start', () => {
  it('queues behind what runs, says how far, and leaves out what is queued already', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    const again = house.start([planned(1), planned(2), planned(3)])
    expect(again.reply).toMatchObject({ ok: true, data: { tasks: 1, ahead: 2 } })
    expect(house.start([planned(1)]).reply).toMatchObject({
      code: 'nothing-to-do',
      text: '1 task is in the queue already.',
    })
  })
})

describe('checks', () => {
  it('that fail go back to the same session, and the task is done only when they pass', () => {
    const house = createHouse()
    house.start([planned(1, { verify: ['npm test'], retries: 1 })])
    house.begin()
    house.end({ kind: 'done', result: 'All tests pass.' })
    expect(house.next()).toMatchObject({ do: 'verify' })
    house.give({
      type: 'checked',
      taskId: house.task(1).id,
      ok: false,
      text: 'npm test: exit 1',
      proof: { checks: [] },
    })
    expect(house.task(1).continuation).toMatchObject({ reason: 'retry', words: 'npm test: exit 1' })
    house.begin()
    house.end({ kind: 'done' })
    house.give({ type: 'checked', taskId: house.task(1).id, ok: true, text: '1 of 1', proof: {} })
    expect(house.next()).toMatchObject({ do: 'mark' })
  })
})
