import { describe, expect, it } from 'vitest'
import type { Actor } from '../../src/core/types.ts'
import { ANNA, createHouse, type House, originOf, planned } from './house.ts'

const BATON: Actor = { surface: 'baton', id: 'baton', name: 'Baton' }

/** A house in which the tasks before `until` are done. */
function worked(house: House, until: number): House {
  for (let number = 1; number < until; number++) {
    house.begin()
    house.end({ kind: 'done', result: `Did ${number}.` })
    house.give({ type: 'marked', taskId: house.task(number).id })
  }
  return house
}

const undo = (house: House, number: number, more: { ok?: boolean; again?: boolean; by?: Actor } = {}) =>
  house.give({ type: 'undone', taskId: house.task(number).id, by: ANNA, text: 'Undid it', ok: true, ...more })
const phases = (house: House, ...numbers: number[]) => numbers.map((number) => house.task(number).phase)
const undoneEvents = (house: House) => house.events.filter(({ type }) => type === 'task.undone')

describe('a task that is undone', () => {
  it('is undone, and nothing else: it is neither skipped nor done', () => {
    const house = createHouse()
    house.start([planned(1)])
    worked(house, 2)
    undo(house, 1)
    expect(house.task(1)).toMatchObject({
      phase: 'undone',
      result: 'undone by Anna (Telegram)',
      undone: { at: house.now, phase: 'done', result: 'Did 1.' },
    })
    expect(undoneEvents(house)).toMatchObject([{ text: 'Undid it', data: { ok: true, again: false, phase: 'undone' } }])
    expect(house.events.some(({ type }) => type === 'task.skipped')).toBe(false)
    // The run is over, and stays what it was: nothing failed.
    expect(house.state.runs.values().next().value?.state).toBe('done')
  })

  it.each(['failed', 'skipped'] as const)('can have been %s, and is that again when it is brought back', (end) => {
    const house = createHouse({ onFailure: 'continue' })
    house.start([planned(1), planned(2)])
    house.begin()
    if (end === 'failed') house.end({ kind: 'failed', text: 'npm test: exit 1' })
    else {
      house.act({ type: 'skip', task: 1 })
      house.end({ kind: 'interrupted' })
    }
    const { result } = house.task(1)
    undo(house, 1)
    expect(house.task(1).phase).toBe('undone')
    undo(house, 1, { again: true })
    expect(house.task(1)).toMatchObject({ phase: end, result })
    expect(house.task(1).undone).toBeUndefined()
  })

  it('blocks what waits for it, which waits again once it is brought back', () => {
    const house = createHouse()
    house.start([planned(1), planned(2, {}, [1]), planned(3, {}, [2]), planned(4)])
    worked(house, 2)
    undo(house, 1)
    expect(phases(house, 1, 2, 3, 4)).toEqual(['undone', 'blocked', 'blocked', 'ready'])
    expect(house.task(2).result).toBe('Blocked by task 1 (Title 1), which was undone')
    undo(house, 1, { again: true })
    expect(phases(house, 1, 2, 3)).toEqual(['done', 'queued', 'queued'])
    worked(house, 1)
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 4 } })
  })

  it('opens its run again when what it blocked can go on', () => {
    const house = createHouse()
    house.start([planned(1), planned(2, {}, [1])])
    worked(house, 2)
    undo(house, 1)
    const run = () => [...house.state.runs.values()][0]?.state
    expect([run(), ...phases(house, 1, 2)]).toEqual(['failed', 'undone', 'blocked'])
    undo(house, 1, { again: true })
    expect([run(), ...phases(house, 1, 2)]).toEqual(['open', 'done', 'ready'])
  })

  it('is done again by a retry, from the beginning, with what waited for it', () => {
    const house = createHouse({ approval: { mode: 'all', auto: [], review: 'never', checkpointAfter: [] } })
    house.start([planned(1, { requiresApproval: true }), planned(2, {}, [1])])
    house.act({ type: 'approve', target: {} })
    worked(house, 2)
    undo(house, 1)
    const reply = house.act({ type: 'retry', task: 1 }).reply
    expect(reply).toMatchObject({ ok: true, text: 'Task 1 starts over: Title 1' })
    // What was approved once need not be approved again.
    expect(phases(house, 1, 2)).toEqual(['ready', 'queued'])
    expect(house.task(1).undone).toBeUndefined()
    worked(house, 2)
    expect(phases(house, 1, 2)).toEqual(['done', 'approval'])
    expect(house.task(1)).toMatchObject({ attempts: 2, result: 'Did 1.' })
  })

  it('is what a bare retry means when nothing else is left to be tried again', () => {
    const house = createHouse()
    house.start([planned(1)])
    worked(house, 2)
    undo(house, 1)
    expect(house.act({ type: 'retry' }).reply).toMatchObject({ ok: true, data: { task: 1 } })
    expect(house.task(1).phase).toBe('ready')
  })

  it('of an earlier run waits while another run is open, so that nothing is interrupted', () => {
    const house = createHouse()
    house.start([planned(1)])
    worked(house, 2)
    const [run] = house.state.runs.values()
    undo(house, 1)
    house.start([planned(1, { origin: originOf('Other') })])
    house.begin()
    const retry = { type: 'retry', task: 1, runId: run?.id ?? '' } as const
    expect(house.act(retry).reply).toMatchObject({ ok: false, text: expect.stringContaining('an earlier run') })
    house.end({ kind: 'done' })
    house.give({ type: 'marked', taskId: house.task(1).id })
    expect([...house.state.runs.values()].some(({ state }) => state === 'open')).toBe(false)
  })
})

describe('what has not come to an end', () => {
  it('is undone by its review without being skipped', () => {
    const house = createHouse({ approval: { mode: 'none', auto: [], review: 'always', checkpointAfter: [] } })
    house.start([planned(1), planned(2, {}, [1])])
    house.begin()
    house.end({ kind: 'done', result: 'Did it.' })
    const [ask] = house.openAsks()
    house.act({ type: 'answer', target: { askId: ask?.id ?? '', hash: ask?.hash ?? '' }, choice: 'undo' })
    expect(house.next()).toMatchObject({ do: 'undo' })
    undo(house, 1, { by: BATON })
    expect(phases(house, 1, 2)).toEqual(['undone', 'blocked'])
    expect(house.task(1).result).toBe('undone by Anna (Telegram)')
    const ended = house.events.findLast(({ type }) => type === 'run.ended')
    expect(ended).toMatchObject({ data: { state: 'failed', undone: 1, blocked: 1, skipped: 0 } })
  })

  it('alone in its run is no failure', () => {
    const house = createHouse({ approval: { mode: 'none', auto: [], review: 'always', checkpointAfter: [] } })
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'done' })
    const [ask] = house.openAsks()
    house.act({ type: 'answer', target: { askId: ask?.id ?? '', hash: ask?.hash ?? '' }, choice: 'undo' })
    undo(house, 1, { by: BATON })
    const ended = house.events.findLast(({ type }) => type === 'run.ended')
    expect(ended).toMatchObject({
      text: 'Finished: 0 of 1 task done, 1 undone',
      data: { state: 'done', undone: 1, done: 0 },
    })
  })

  it('goes back to its review when the undo fails', () => {
    const house = createHouse({ approval: { mode: 'none', auto: [], review: 'always', checkpointAfter: [] } })
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'done' })
    const [ask] = house.openAsks()
    house.act({ type: 'answer', target: { askId: ask?.id ?? '', hash: ask?.hash ?? '' }, choice: 'undo' })
    undo(house, 1, { by: BATON, ok: false })
    expect(house.task(1).phase).toBe('review')
    expect(undoneEvents(house)).toMatchObject([{ data: { ok: false, phase: 'review' } }])
  })

  it('but was started is undone as well: its ask goes, nothing of its session is gone on with', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    house.begin()
    house.end({ kind: 'failed', text: 'exit 1' })
    expect(house.openAsks()).toMatchObject([{ kind: 'failure' }])
    undo(house, 1)
    expect(phases(house, 1, 2)).toEqual(['undone', 'ready'])
    expect(house.openAsks()).toEqual([])
    undo(house, 1, { again: true })
    expect(house.task(1)).toMatchObject({ phase: 'queued', continuation: { reason: 'fresh' } })
  })

  it('and has not started stays in line', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    undo(house, 1)
    undo(house, 2)
    expect(phases(house, 1, 2)).toEqual(['ready', 'queued'])
  })
})

it('nothing is undone or brought back twice', () => {
  const house = createHouse()
  house.start([planned(1)])
  worked(house, 2)
  undo(house, 1)
  const once = house.task(1)
  house.now += 60_000
  undo(house, 1, { by: BATON })
  expect(house.task(1)).toEqual(once)
  undo(house, 1, { again: true })
  undo(house, 1, { again: true })
  expect(house.task(1)).toMatchObject({ phase: 'done', result: 'Did 1.' })
})
