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
      text: 'Already in the queue: 1 task from tasks/today.md.',
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

describe('the share of the subscription that is kept', () => {
  const used = (share: number, resetsAt: number, type = 'five_hour') => ({ type, used: share, resetsAt })
  const HOUR = 3_600_000

  it('keeps new tasks from starting before the reset, and says so', () => {
    const house = createHouse({ keepShare: 0.2 })
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'done', plan: [used(0.854, house.now + HOUR)] })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.next()).toMatchObject({
      do: 'wait',
      why: 'held',
      until: house.now + HOUR + 1_000,
      task: { number: 2 },
    })
    expect(house.events).toContainEqual(
      expect.objectContaining({
        type: 'queue.held',
        text: "Waiting: 85% of Claude's 5-hour limit is used; the rest is kept for you",
      }),
    )
    house.now += HOUR + 1_000
    house.give({ type: 'tick' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  })

  it('lets what has begun go on', () => {
    const house = createHouse({ keepShare: 0.2, retries: 1 })
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'failed', plan: [used(0.9, house.now + HOUR)] })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 1 } })
  })

  it('goes by the window that resets last of those that are used up', () => {
    const house = createHouse({ keepShare: 0.2 })
    house.start([planned(1), planned(2)])
    house.begin()
    const plan = [
      used(0.81, house.now + HOUR),
      used(0.95, house.now + 48 * HOUR, 'seven_day'),
      used(0.5, house.now + 99 * HOUR, 'x'),
    ]
    house.end({ kind: 'done', plan })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.next()).toMatchObject({ why: 'held', until: house.now + 48 * HOUR + 1_000 })
  })

  it.each([
    ['below it', 0.2, 0.79, HOUR],
    ['without a share to keep', undefined, 1.3, HOUR],
    ['when the window is over', 0.2, 0.9, -1],
  ])('holds nothing %s', (_, keepShare, share, leftMs) => {
    const house = createHouse(keepShare === undefined ? {} : { keepShare })
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'done', plan: [used(share, house.now + leftMs)] })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  })

  it('is given up by a person who resumes, until the window resets', () => {
    const house = createHouse({ keepShare: 0.2 })
    house.start([planned(1), planned(2), planned(3), planned(4)])
    const resetsAt = house.now + HOUR
    house.begin()
    house.end({ kind: 'done', plan: [used(0.9, resetsAt)] })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect(house.act({ type: 'resume' }).reply).toMatchObject({
      ok: true,
      text: expect.stringContaining('start again'),
    })
    house.begin()
    house.end({ kind: 'done', plan: [used(0.95, resetsAt)] })
    house.give({ type: 'marked', taskId: house.task(2).id })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 3 } })
    // The next window keeps its share again.
    house.now += 2 * HOUR
    house.begin()
    house.end({ kind: 'done', plan: [used(0.9, house.now + HOUR)] })
    house.give({ type: 'marked', taskId: house.task(3).id })
    expect(house.next()).toMatchObject({ why: 'held' })
  })

  it('never shortens a wait that is longer', () => {
    const house = createHouse({ keepShare: 0.2 })
    house.start([planned(1)])
    house.begin()
    house.end({
      kind: 'limit',
      resetsAt: house.now + 2 * HOUR,
      limitType: 'five_hour',
      plan: [used(1, house.now + HOUR)],
    })
    house.give({ type: 'tick' })
    expect(house.next()).toMatchObject({ why: 'held', until: house.now + 2 * HOUR + 1_000 })
  })
})
