import { describe, expect, it } from 'vitest'
import { createHouse, type House, planned } from './house.ts'

const WINDOW = { pid: 71, startedAt: 'then' }
const OTHER = { pid: 72, startedAt: 'later' }

/** A running task whose session exists. */
function atWork(spec = {}, policy = {}): House {
  const house = createHouse({ hasChecks: () => true, ...policy })
  house.start([planned(1, spec), planned(2)])
  house.begin()
  return house
}

describe('taking a task over', () => {
  it('withdraws what was asked and shows it, ends the process, and asks nothing meanwhile', () => {
    const house = atWork()
    house.ask({ kind: 'question', useId: 'u1' })
    const { reply } = house.act({ type: 'takeover', task: 1, window: WINDOW })
    expect(reply).toMatchObject({ ok: true, data: { task: 1 } })
    expect(reply?.text).toContain('Which colour?')
    expect(house.openAsks()).toEqual([])
    expect(house.next()).toMatchObject({ do: 'wait', why: 'ending' })
    house.end({ kind: 'interrupted' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'person' })
    expect(house.task(2).phase, 'in the same folder nobody else works').toBe('queued')
  })

  it.each([
    ['before it has started', 2, 'has not started'],
    ['that is not there', 9, 'no task 9'],
  ])('is refused of a task %s', (_, task, words) => {
    expect(atWork().act({ type: 'takeover', task }).reply).toMatchObject({ ok: false })
    expect(atWork().act({ type: 'takeover', task }).reply?.text).toContain(words)
  })

  it('is refused while the session does not exist yet, and of a task without Claude', () => {
    const house = createHouse({})
    house.start([planned(1)])
    const attempt = { id: 'a', sessionId: 's', cwd: '/project', logFile: '/log', rawFile: '/raw' }
    house.give({ type: 'claimed', taskId: house.task(1).id, attempt })
    expect(house.act({ type: 'takeover', task: 1 }).reply?.text).toContain('only just started')
    expect(atWork({ run: ['true'] }).act({ type: 'takeover', task: 1 }).reply?.text).toContain('no session')
  })

  it('keeps it from others and from what would end it, and names who has it', () => {
    const house = atWork()
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    for (const type of ['takeover', 'skip', 'retry'] as const)
      expect(house.act({ type, task: 1 }).reply, type).toMatchObject({
        ok: false,
        text: expect.stringContaining('taken over by Anna'),
      })
  })

  it('lets one window take the place of another, whose end then says nothing', () => {
    const house = atWork()
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    house.act({ type: 'takeover', task: 1, window: OTHER, instead: WINDOW.pid })
    house.act({ type: 'release', task: 1, window: WINDOW.pid })
    expect(house.task(1).takenOver).toMatchObject({ window: OTHER })
    expect(house.task(1).takenOver?.release).toBeUndefined()
    house.act({ type: 'release', task: 1, window: OTHER.pid })
    expect(house.task(1).takenOver?.release).toMatchObject({ done: false })
  })

  it('survives a restart and the end of its run, whose folder it still has', () => {
    const house = atWork()
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    house.end({ kind: 'interrupted' })
    house.give({ type: 'boot' })
    house.act({ type: 'stop' })
    house.start([planned(1, { title: 'Another' })])
    expect(house.next()).toMatchObject({ do: 'wait', why: 'person' })
    house.act({ type: 'release', task: 1 })
    expect(house.next().do).toBe('hand-back')
  })
})

describe('handing a task back', () => {
  const handedBack = (command: { done?: boolean; text?: string }, policy = {}) => {
    const house = atWork({}, policy)
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    house.end({ kind: 'interrupted' })
    house.act({ type: 'release', task: 1, ...command })
    expect(house.next()).toMatchObject({ do: 'hand-back' })
    house.give({ type: 'handed-back', taskId: house.task(1).id, found: { headBefore: 'theirs' } })
    return house
  }

  it('resumes the session with the words of the person', () => {
    const house = handedBack({ text: 'only the docs are left' })
    expect(house.task(1)).toMatchObject({
      phase: 'working',
      continuation: { reason: 'handed-back', words: 'only the docs are left' },
    })
    expect(house.task(1).takenOver).toBeUndefined()
    expect([...house.state.attempts.values()][0]?.headBefore).toBe('theirs')
    expect(house.next().do).toBe('work')
  })

  it('runs the checks where the work is finished, and is done with them', () => {
    const house = handedBack({ done: true })
    expect(house.next().do).toBe('verify')
    house.give({ type: 'checked', taskId: house.task(1).id, ok: true, text: 'passed', proof: { checks: [] } })
    expect(house.task(1)).toMatchObject({ phase: 'marking', result: expect.stringContaining('Anna') })
  })

  it('is done at once where nothing is checked', () => {
    expect(handedBack({ done: true }, { hasChecks: () => false }).task(1).phase).toBe('marking')
  })

  it('does not take it again for a window that ends afterwards', () => {
    const house = handedBack({ done: true })
    expect(house.act({ type: 'takeover', task: 1, window: OTHER, instead: WINDOW.pid }).reply?.ok).toBe(false)
    expect(house.next().do).toBe('verify')
  })

  it('a second time says so, and of a task that nobody has', () => {
    const house = atWork()
    house.act({ type: 'takeover', task: 1 })
    house.act({ type: 'release', task: 1 })
    expect(house.act({ type: 'release', task: 1 }).reply?.text).toContain('already being handed back')
    expect(house.act({ type: 'release', task: 2 }).reply).toMatchObject({ ok: false, code: 'nothing-to-do' })
  })

  it('spends nothing and runs no clock meanwhile', () => {
    const house = atWork({}, { budget: { taskUsd: 1 } })
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    house.end({ kind: 'interrupted' })
    house.now += 86_400_000
    house.give({ type: 'tick' })
    expect(house.openAsks()).toEqual([])
    expect(house.task(1)).toMatchObject({ phase: 'taken_over', costUsd: 0 })
  })
})

describe('with lanes', () => {
  it('frees the lane for the next task and keeps the worktree', () => {
    const house = atWork({}, { lanes: 1, workspace: 'worktree' })
    house.give({ type: 'opened', taskId: house.task(1).id, worktree: '/w/1', branch: 'b' })
    house.act({ type: 'takeover', task: 1, window: WINDOW })
    house.end({ kind: 'interrupted' })
    expect(house.task(1)).toMatchObject({ phase: 'taken_over', worktree: '/w/1' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  })
})
