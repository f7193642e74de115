import { describe, expect, it } from 'vitest'
import type { UndoConflict } from '../../src/core/types.ts'
import { ANNA, createHouse, type House, planned } from './house.ts'

const CONFLICT: UndoConflict = {
  again: false,
  words: 'Task 1 (Title 1) cannot be undone on its own: task 2: Title 2 changed the same lines on the branch b.',
  hunks: 'a.txt\n@@ line 1 @@\n<<<<<<< b now\ntwo\n=======\nnone\n>>>>>>> without task 1',
  also: [2],
  instruction: 'Take it out.',
}

/** Three tasks with folders of their own, all landed; the run is over. */
function landedHouse(): House {
  const house = createHouse({ workspace: 'worktree', lanes: 3 })
  house.start([planned(1), planned(2), planned(3)])
  for (const number of [1, 2, 3]) {
    const { id } = house.task(number)
    house.give({
      type: 'claimed',
      taskId: id,
      attempt: { id: `at${number}`, sessionId: 's', cwd: '/', logFile: '', rawFile: '' },
    })
    house.give({ type: 'ended', attemptId: `at${number}`, outcome: { kind: 'done', text: 'done', result: 'Did it.' } })
    house.give({ type: 'landed', taskId: id, landing: { kind: 'landed', commit: `c${number}` } })
    house.give({ type: 'marked', taskId: id })
  }
  expect([...house.state.runs.values()][0]?.state).toBe('done')
  return house
}
const wanted = (house: House, more: Partial<UndoConflict> = {}) =>
  house.give({ type: 'undo-conflict', taskId: house.task(1).id, conflict: { ...CONFLICT, ...more } })
const decide = (house: House, choice: 'approve' | 'undo' | 'reject') =>
  house.act({ type: 'answer', target: { askId: house.openAsks()[0]?.id as string }, choice })

describe('an undo that does not go by itself', () => {
  it('is asked about with the lines in conflict and what can be done', () => {
    const house = landedHouse()
    const { reply } = wanted(house)
    expect(house.openAsks()).toMatchObject([
      {
        kind: 'approval',
        about: 'undo',
        task: 1,
        title: 'Task 1 (Title 1) cannot be undone on its own',
        hunks: CONFLICT.hunks,
        options: [
          { choice: 'approve', label: 'Let Claude solve it' },
          { choice: 'undo', label: 'Undo tasks 2 and 1' },
          { choice: 'reject', label: 'Leave it' },
        ],
      },
    ])
    expect(house.openAsks()[0]?.text).toContain(CONFLICT.hunks)
    expect(reply).toMatchObject({ ok: false, code: 'not-possible', data: { task: 1, askId: house.openAsks()[0]?.id } })
  })

  it('is asked about once, and anew when the files have changed', () => {
    const house = landedHouse()
    wanted(house)
    const [first] = house.openAsks()
    expect(wanted(house).reply?.data?.askId).toBe(first?.id)
    wanted(house, { hunks: 'b.txt', also: [] })
    expect(house.openAsks()).toMatchObject([{ options: [{ choice: 'approve' }, { choice: 'reject' }] }])
    expect(house.openAsks()[0]?.id).not.toBe(first?.id)
  })

  it('stays open while later runs come and go', () => {
    const house = landedHouse()
    wanted(house)
    for (const number of [4, 5]) {
      house.start([planned(number)])
      house.act({ type: 'skip' })
      house.act({ type: 'stop' })
    }
    expect(decide(house, 'reject').reply).toMatchObject({ ok: true, text: 'Task 1 (Title 1) stays as it is.' })
    expect(house.task(1).phase).toBe('done')
  })

  it('gives way to what is asked about a task of that number that runs now', () => {
    const house = landedHouse()
    wanted(house)
    house.start([planned(1, { requiresApproval: true })])
    expect(house.openAsks()).toHaveLength(2)
    expect(house.act({ type: 'approve', target: { task: 1 } }).reply?.text).toBe('Approved task 1: Title 1')
    expect(house.act({ type: 'reject', target: { task: 1 } }).reply?.text).toBe('Task 1 (Title 1) stays as it is.')
  })

  it('becomes a task of the same run that Claude works on, and the undo is done when that has landed', () => {
    const house = landedHouse()
    wanted(house)
    expect(decide(house, 'approve').reply?.text).toBe('Added task 4: Take out task 1: Title 1')
    const solver = house.task(4)
    expect(solver).toMatchObject({
      position: 3,
      phase: 'ready',
      lane: 1,
      spec: { instruction: 'Take it out.', verify: [] },
    })
    house.give({
      type: 'claimed',
      taskId: solver.id,
      attempt: { id: 'at4', sessionId: 's', cwd: '/', logFile: '', rawFile: '' },
    })
    house.give({ type: 'ended', attemptId: 'at4', outcome: { kind: 'done', text: 'done' } })
    expect(house.task(1).phase).toBe('done')
    house.give({ type: 'landed', taskId: solver.id, landing: { kind: 'landed', commit: 'c4' } })
    expect(house.task(1)).toMatchObject({ phase: 'undone', undone: { by: ANNA, phase: 'done' } })
    expect(house.task(4).phase).toBe('marking')
    // And back in the same way.
    house.give({ type: 'marked', taskId: solver.id })
    wanted(house, { again: true, also: [] })
    decide(house, 'approve')
    const back = house.task(5)
    expect(back.spec.title).toBe('Bring back task 1: Title 1')
    house.give({
      type: 'claimed',
      taskId: back.id,
      attempt: { id: 'at5', sessionId: 's', cwd: '/', logFile: '', rawFile: '' },
    })
    house.give({ type: 'ended', attemptId: 'at5', outcome: { kind: 'done', text: 'done' } })
    house.give({ type: 'landed', taskId: back.id, landing: { kind: 'landed', commit: 'c5' } })
    expect(house.task(1).phase).toBe('done')
  })

  it('is kept as decided until it is done together with the later tasks', () => {
    const house = landedHouse()
    wanted(house)
    expect(decide(house, 'undo').reply?.text).toBe('Undo tasks 2 and 1: checked first, then done.')
    const [undo] = house.state.queue.undoing ?? []
    expect(undo).toEqual({ runId: house.task(1).runId, taskId: house.task(1).id, also: [house.task(2).id], by: ANNA })
    house.give({
      type: 'undone',
      taskId: house.task(1).id,
      also: undo?.also ?? [],
      by: ANNA,
      ok: true,
      text: 'Undid both',
    })
    expect([1, 2, 3].map((number) => house.task(number).phase)).toEqual(['undone', 'undone', 'done'])
    expect(house.state.queue.undoing).toBeUndefined()
  })

  it('changes nothing where the checks refuse it', () => {
    const house = landedHouse()
    wanted(house)
    decide(house, 'undo')
    house.give({ type: 'undone', taskId: house.task(1).id, also: [house.task(2).id], by: ANNA, ok: false, text: 'red' })
    expect([1, 2].map((number) => house.task(number).phase)).toEqual(['done', 'done'])
    expect(house.state.queue.undoing).toBeUndefined()
  })

  it('is no longer asked about once the task is done again', () => {
    const house = landedHouse()
    wanted(house)
    house.act({ type: 'retry', task: 1 })
    expect(house.openAsks()).toEqual([])
    expect(house.task(1).phase).toBe('ready')
  })
})
