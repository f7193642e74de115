import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { turns } from '../../src/core/next.ts'
import { hasEnded } from '../../src/core/state.ts'
import type { OutcomeKind, PlannedTask, Policy, Task } from '../../src/core/types.ts'
import { receiptOf } from '../../src/proof/receipt.ts'
import { createHouse, type House, originOf, planned } from './house.ts'

const WORKTREES: Partial<Policy> = { lanes: 3, workspace: 'worktree' }

const open = (tasks: PlannedTask[], policy: Partial<Policy> = {}) => {
  const house = createHouse({ ...WORKTREES, ...policy })
  house.start(tasks)
  return house
}
const due = (house: House) => turns(house.state, house.now).filter(({ step }) => step.do !== 'wait')
const atWork = (house: House) => due(house).map(({ task, step }) => `${task.number} ${step.do}`)
const liveOf = (house: House, task: Task) =>
  [...house.state.attempts.values()].find((attempt) => attempt.live && attempt.taskId === task.id)

function beginTask(house: House, number: number, speaks = true): string {
  const task = house.task(number)
  const id =
    task.attemptId !== undefined && task.continuation?.reason !== 'fresh'
      ? task.attemptId
      : `a${task.attempts}-${task.id}`
  house.give({
    type: 'claimed',
    taskId: task.id,
    attempt: { id, sessionId: id, cwd: '/tree', logFile: '', rawFile: '' },
  })
  if (speaks) house.give({ type: 'heard', attemptId: id })
  return id
}
const end = (house: House, number: number, kind: OutcomeKind = 'done', more: object = {}) =>
  house.give({
    type: 'ended',
    attemptId: liveOf(house, house.task(number))?.id ?? 'none',
    outcome: { kind, text: kind, ...more },
  })
const land = (house: House, number: number) =>
  house.give({ type: 'landed', taskId: house.task(number).id, landing: { kind: 'landed', commit: 'abc' } })
const mark = (house: House, number: number) => house.give({ type: 'marked', taskId: house.task(number).id })

describe('several lanes', () => {
  it('start as many tasks as there are lanes, in the order written', () => {
    const house = open([planned(1), planned(2), planned(3), planned(4)])
    expect(atWork(house)).toEqual(['1 work', '2 work', '3 work'])
    expect([1, 2, 3, 4].map((n) => house.task(n).lane)).toEqual([1, 2, 3, undefined])
  })

  it('are free for others once work is in the merge line, and done is what has landed', () => {
    const house = open([planned(1), planned(2), planned(3), planned(4)])
    beginTask(house, 1)
    end(house, 1)
    expect(house.task(1)).toMatchObject({ phase: 'merging' })
    expect(atWork(house)).toEqual(['1 land', '2 work', '3 work', '4 work'])
    land(house, 1)
    mark(house, 1)
    expect(house.task(1)).toMatchObject({ phase: 'done', landed: { commit: 'abc' }, proof: { commit: 'abc' } })
  })

  it('take up a dependent only when what it needs has landed', () => {
    const house = open([planned(1), planned(2, {}, [1])])
    beginTask(house, 1)
    end(house, 1)
    expect(atWork(house)).toEqual(['1 land'])
    expect(house.task(1).mergingSince).toBe(house.now)
    land(house, 1)
    mark(house, 1)
    expect(atWork(house)).toEqual(['2 work'])
  })

  it('are left by a task that waits for a person once its process is gone, and given back at the answer', () => {
    const house = open([planned(1), planned(2)], { lanes: 1 })
    const attemptId = beginTask(house, 1)
    const request = { kind: 'question' as const, tool: 'AskUserQuestion', input: {}, title: 'Which?', text: 'Which?' }
    house.give({ type: 'asked', attemptId, request: { ...request, useId: 'u1', questions: [] } })
    expect(house.task(1).lane).toBe(1)
    house.give({ type: 'parked', askId: house.openAsks()[0]?.id ?? '', how: 'terminated' })
    end(house, 1, 'parked')
    expect(house.task(1).lane).toBeUndefined()
    expect(atWork(house)).toEqual(['2 work'])
    house.act({ type: 'answer', target: { task: 1 }, choice: 'answer', answers: {} })
    expect(atWork(house)).toEqual(['2 work'])
    beginTask(house, 2)
    end(house, 2)
    expect(atWork(house)).toContain('1 work')
  })

  it('hold a login together: one limit stops every start, is told once, and one task goes first after it', () => {
    const house = open([planned(1), planned(2), planned(3)])
    for (const number of [1, 2, 3]) beginTask(house, number)
    const resetsAt = house.now + 60_000
    for (const number of [1, 2, 3]) end(house, number, 'limit', { resetsAt })
    expect(house.events.filter(({ type }) => type === 'queue.held')).toHaveLength(1)
    expect(atWork(house)).toEqual([])
    house.now = resetsAt + 2_000
    house.give({ type: 'tick' })
    expect(atWork(house)).toEqual(['1 work'])
    const attemptId = beginTask(house, 1, false)
    expect(atWork(house)).toEqual(['1 work'])
    house.give({ type: 'served', attemptId })
    expect(atWork(house)).toEqual(['1 work', '2 work', '3 work'])
  })

  it('tell of lines that another lane changes as soon as they are found, once, and not only when the task ends', () => {
    const house = open([planned(1), planned(2)])
    for (const number of [1, 2]) beginTask(house, number)
    const text = 'Task 1 changes the same lines in another lane (a.txt).'
    const proof = { checks: [], files: [], findings: [{ kind: 'overlap' as const, weight: 'tell' as const, text }] }
    const told = () => house.events.filter(({ type }) => type === 'note').map((event) => event.text)
    const found = (kind: OutcomeKind) => {
      const attemptId = liveOf(house, house.task(2))?.id ?? 'none'
      house.give({ type: 'ended', attemptId, outcome: { kind, text: kind }, proof })
    }
    found('failed')
    expect(told()).toEqual([`Task 2: ${text}`])
    expect(house.task(2).phase).not.toBe('done')
    house.act({ type: 'retry', task: 2 })
    beginTask(house, 2)
    found('done')
    expect(told()).toHaveLength(1)
  })

  it('ask once for a lost login, and start nothing before the answer', () => {
    const house = open([planned(1), planned(2), planned(3)])
    for (const number of [1, 2]) beginTask(house, number)
    for (const number of [1, 2]) end(house, number, 'credentials')
    expect(house.openAsks().map(({ about }) => about)).toEqual(['credentials'])
    expect(atWork(house)).toEqual([])
    house.act({ type: 'answer', target: { askId: house.openAsks()[0]?.id ?? '' }, choice: 'retry' })
    expect(atWork(house)).toHaveLength(1)
  })

  it('ask once where no task of the run can start, start none meanwhile, and all on retry', () => {
    const house = open([planned(1), planned(2), planned(3), planned(4)])
    for (const number of [1, 2]) beginTask(house, number, false)
    for (const number of [1, 2]) end(house, number, 'failed', { concerns: 'run', text: 'a bare repository' })
    const [ask, ...more] = house.openAsks()
    expect(more).toEqual([])
    expect(ask).toMatchObject({ kind: 'failure', about: 'workspace', title: 'Tasks cannot start' })
    expect(ask?.text).toContain('a bare repository')
    expect(atWork(house)).toEqual([])
    expect(house.task(1)).toMatchObject({ failures: 0 })
    house.act({ type: 'answer', target: { askId: ask?.id ?? '' }, choice: 'retry' })
    expect(atWork(house)).toHaveLength(3)
  })

  it('share a budget: what all may spend together is never more than is left', () => {
    const house = open([planned(1), planned(2), planned(3)], { budget: { runUsd: 9 } })
    const given = (number: number) => liveOf(house, house.task(number))?.givenUsd
    beginTask(house, 1)
    beginTask(house, 2)
    beginTask(house, 3)
    expect([1, 2, 3].map(given)).toEqual([3, 3, 3])
    end(house, 1, 'done', { sessionCostUsd: 1 })
    // It used its share up: all that is left is with the others but for what the first one left.
    end(house, 2, 'budget', { sessionCostUsd: 3 })
    expect(house.openAsks()).toEqual([])
    expect(atWork(house)).toContain('2 work')
    beginTask(house, 2)
    expect(given(2)).toBe(2)
    end(house, 2, 'budget', { sessionCostUsd: 5 })
    expect(house.task(2)).toMatchObject({ phase: 'working', failures: 0 })
    // Nothing is left before the third one is over.
    expect(atWork(house).filter((one) => one.endsWith('work'))).toEqual(['3 work'])
    end(house, 3, 'done', { sessionCostUsd: 1 })
    expect(atWork(house)).toContain('2 work')
    beginTask(house, 2)
    expect(given(2)).toBe(2)
    end(house, 2, 'budget', { sessionCostUsd: 7 })
    expect(house.openAsks()).toMatchObject([{ about: 'run-budget' }])
  })

  it('give a task back to its session twice, and then to a person', () => {
    const house = open([planned(1)])
    for (let time = 1; time <= 3; time++) {
      beginTask(house, 1)
      end(house, 1)
      house.give({
        type: 'landed',
        taskId: house.task(1).id,
        landing: { kind: 'returned', why: 'conflict', words: 'a.txt' },
      })
      if (time < 3) expect(house.task(1).continuation).toMatchObject({ reason: 'returned', words: 'a.txt' })
    }
    expect(house.events.flatMap(({ type, text }) => (type === 'task.returned' ? [text] : []))).toEqual([
      ...Array<string>(2).fill('Task 1 (Title 1) conflicts with what landed before it; it goes back to its session'),
      'Task 1 (Title 1) conflicts with what landed before it',
    ])
    expect(house.openAsks()).toMatchObject([{ kind: 'failure', about: 'landing', task: 1 }])
    house.act({ type: 'answer', target: { task: 1 }, choice: 'retry' })
    expect(house.task(1).returns).toBeUndefined()
    expect(atWork(house)).toEqual(['1 work'])
  })

  it('say on the receipt, beside what was found before, that a check is flaky', () => {
    const house = open([planned(1)])
    beginTask(house, 1)
    const before = { kind: 'overlap', weight: 'tell' as const, text: 'Task 2 changes the same lines.' }
    const attemptId = liveOf(house, house.task(1))?.id ?? ''
    house.give({ type: 'ended', attemptId, outcome: { kind: 'done', text: 'done' }, proof: { findings: [before] } })
    const flaky = { kind: 'flaky-check', weight: 'tell' as const, text: 'Flaky: unit failed at first.' }
    house.give({
      type: 'landed',
      taskId: house.task(1).id,
      landing: { kind: 'landed', commit: 'abc', findings: [flaky] },
    })
    mark(house, 1)
    const task = house.task(1)
    expect(task).toMatchObject({ phase: 'done', proof: { commit: 'abc' } })
    expect(receiptOf({ run: { id: task.runId }, task, attempts: [], asks: [] }).findings).toEqual([before, flaky])
  })

  it('ask once when nothing can land, work on meanwhile, and land on retry', () => {
    const house = open([planned(1), planned(2), planned(3)])
    for (const number of [1, 2]) {
      beginTask(house, number)
      end(house, number)
    }
    const landing = { kind: 'blocked' as const, words: 'the base is red' }
    for (const number of [1, 2]) house.give({ type: 'landed', taskId: house.task(number).id, landing })
    expect(house.openAsks()).toMatchObject([{ about: 'merge-line' }])
    expect(atWork(house)).toEqual(['3 work'])
    house.act({ type: 'answer', target: { askId: house.openAsks()[0]?.id ?? '' }, choice: 'retry' })
    expect(atWork(house)).toEqual(['1 land', '2 land', '3 work'])
  })

  it('hold tasks on the same files apart, but pass one over three times at most', () => {
    const files = { files: ['src/**'] }
    const house = open([planned(1, files), planned(2, files), ...[3, 4, 5, 6, 7].map((n) => planned(n))], { lanes: 2 })
    expect(atWork(house)).toEqual(['1 work', '3 work'])
    for (const number of [3, 4]) {
      beginTask(house, number)
      end(house, number)
    }
    expect(house.task(2).passedOver).toBe(3)
    beginTask(house, 5)
    end(house, 5)
    expect(house.task(2).lane).toBeDefined()
  })

  it('run the tasks of several runs side by side, each within its own number', () => {
    const house = open([planned(1), planned(2)])
    const more = [
      planned(1, { title: 'Other 1', origin: originOf('o1') }),
      planned(2, { title: 'Other 2', origin: originOf('o2') }),
    ]
    house.act({ type: 'start', tasks: more, files: ['other.md'], autoApprove: false, lanes: 1 })
    expect(due(house).map(({ task }) => task.spec.title)).toEqual(['Title 1', 'Title 2', 'Other 1'])
  })

  it('give the folder of a skipped task back once its process is gone', () => {
    const house = open([planned(1), planned(2)])
    house.give({ type: 'opened', taskId: house.task(1).id, worktree: '/trees/1', branch: 'baton/1' })
    beginTask(house, 1)
    house.act({ type: 'skip', task: 1 })
    expect(atWork(house)).toEqual(['2 work'])
    end(house, 1, 'interrupted')
    expect(atWork(house)).toEqual(['1 discard', '2 work'])
    house.give({ type: 'discarded', taskId: house.task(1).id })
    expect(atWork(house)).toEqual(['2 work'])
  })
})

const tasksArb = fc
  .array(fc.record({ asks: fc.boolean(), checked: fc.boolean(), files: fc.boolean(), deps: fc.array(fc.nat(6)) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((shapes) =>
    shapes.map(({ asks, checked, files, deps }, i) =>
      planned(
        i + 1,
        { requiresApproval: asks, verify: checked ? ['true'] : [], ...(files && { files: ['src/'] }) },
        [...new Set(deps)].filter((d) => d < i).map((d) => d + 1),
      ),
    ),
  )

/** Does one of the things that are due, as a worker that is sometimes unlucky. */
function step(house: House, pick: number, kind: OutcomeKind, luck: number): boolean {
  const all = due(house)
  const live = [...house.state.attempts.values()].filter((attempt) => attempt.live)
  const stray = live.find(({ taskId }) => !all.some((one) => one.task.id === taskId && one.step.do === 'work'))
  if (stray) {
    house.give({ type: 'ended', attemptId: stray.id, outcome: { kind: 'interrupted', text: 'ended' } })
    return true
  }
  const turn = all[pick % Math.max(1, all.length)]
  if (!turn) return false
  const { task } = turn
  const { id: taskId, number } = task
  if (turn.step.do === 'work') {
    if (liveOf(house, task)) end(house, number, kind, kind === 'limit' ? { resetsAt: house.now + 60_000 } : {})
    else {
      for (const needed of task.dependsOn) expect(house.task(needed).phase).toMatch(/^(done|skipped)$/)
      const id = beginTask(house, number)
      if (luck % 2 === 0) house.give({ type: 'served', attemptId: id })
    }
  } else if (turn.step.do === 'verify') {
    const proof = { checks: [{ name: 't', command: 't', ok: luck > 0, durationMs: 1, output: '' }] }
    house.give({ type: 'checked', taskId, ok: luck > 0, text: 'checked', proof })
  } else if (turn.step.do === 'land') {
    const words = 'words'
    const landing =
      luck === 0
        ? { kind: 'returned' as const, why: 'red' as const, words }
        : luck === 1
          ? { kind: 'blocked' as const, words }
          : { kind: 'landed' as const }
    house.give({ type: 'landed', taskId, landing })
  } else if (turn.step.do === 'mark') house.give({ type: 'marked', taskId })
  else if (turn.step.do === 'discard') house.give({ type: 'discarded', taskId })
  return true
}

function holds(house: House, lanes: number): void {
  const live = [...house.state.attempts.values()].filter((attempt) => attempt.live)
  expect(live.length, 'never more live attempts than lanes').toBeLessThanOrEqual(lanes)
  const taken = [...house.state.tasks.values()].flatMap(({ lane }) => lane ?? [])
  expect(new Set(taken).size, 'a lane has one task').toBe(taken.length)
  for (const task of house.state.tasks.values()) expect(task.passedOver ?? 0).toBeLessThanOrEqual(3)
  for (const { task, step } of turns(house.state, house.now)) {
    if (step.do !== 'wait') continue
    if (step.why === 'asks') expect(house.openAsks().some(({ taskId }) => taskId === step.task?.id)).toBe(true)
    if (step.why === 'lane') expect(taken.length, `task ${task.number} waits only while lanes are full`).toBe(lanes)
    if (step.why === 'held' && step.until === undefined) expect(house.state.queue.trial).toBeDefined()
  }
}

it('a task is not retried while what it depends on will not be done', () => {
  const house = createHouse({ workspace: 'worktree', lanes: 2 })
  house.start([planned(1), planned(2, {}, [1]), planned(3, {}, [2])])
  house.act({ type: 'skip', task: 3 })
  house.begin()
  house.end({ kind: 'failed' })
  house.act({ type: 'skip', task: 1 })
  expect([1, 2, 3].map((number) => house.task(number).phase)).toEqual(['skipped', 'blocked', 'skipped'])
  expect(house.act({ type: 'retry', task: 3 }).reply).toMatchObject({
    ok: false,
    text: 'Task 3 (Title 3) depends on task 2, which is blocked: /retry 2 first.',
  })
  expect(house.task(3).phase).toBe('skipped')
})

describe('lanes under any sequence of luck, kills and commands', () => {
  it('keep their number, respect dependencies, give every wait a reason, and finish every task', () => {
    fc.assert(
      fc.property(
        tasksArb,
        fc.integer({ min: 2, max: 4 }),
        fc.array(
          fc.record({
            what: fc.constantFrom(
              'step',
              'step',
              'step',
              'step',
              'answer',
              'kill',
              'time',
              'pause',
              'resume',
              'skip',
              'retry',
            ),
            pick: fc.nat(7),
            kind: fc.constantFrom<OutcomeKind>(
              'done',
              'done',
              'failed',
              'limit',
              'overloaded',
              'credentials',
              'crashed',
            ),
            luck: fc.nat(4),
          }),
          { maxLength: 60 },
        ),
        (tasks, lanes, moves) => {
          const house = open(tasks, { lanes })
          const answer = () => {
            const ask = house.openAsks()[0]
            const choice = ask?.options[0]?.choice
            if (ask && choice) house.act({ type: 'answer', target: { askId: ask.id }, choice })
            return ask !== undefined
          }
          for (const { what, pick, kind, luck } of moves) {
            if (what === 'step') step(house, pick, kind, luck)
            else if (what === 'answer') answer()
            else if (what === 'kill') house.give({ type: 'boot' })
            else if (what === 'time') {
              house.now += 61_000
              house.give({ type: 'tick' })
            } else if (what === 'pause' || what === 'resume') house.act({ type: what })
            else if (what === 'skip' || what === 'retry') house.act({ type: what, task: pick + 1 })
            holds(house, lanes)
          }
          for (let n = 0; n < 500 && [...house.state.tasks.values()].some((task) => !hasEnded(task)); n++) {
            if (house.state.queue.paused || ![...house.state.runs.values()].some(({ state }) => state === 'open'))
              house.act({ type: 'resume' })
            if (!answer() && !step(house, 0, 'done', 2)) {
              house.now += 3_600_000
              house.give({ type: 'tick' })
            }
            holds(house, lanes)
          }
          expect([...house.state.tasks.values()].filter((task) => !hasEnded(task))).toEqual([])
        },
      ),
      { numRuns: Number(process.env.BATON_PROPERTY_RUNS ?? 300) },
    )
  })
})

describe('commands with several tasks running', () => {
  it('ask which task is meant where none is named, and take the one that is', () => {
    const house = open([planned(1), planned(2), planned(3, { run: ['true'] })])
    for (const command of [
      { type: 'skip' as const },
      { type: 'retry' as const },
      { type: 'say' as const, text: 'faster' },
    ]) {
      const { reply } = house.act(command)
      expect(reply).toMatchObject({ ok: false, code: 'ambiguous' })
      expect(reply?.data?.tasks).toMatchObject([{ task: 1 }, { task: 2 }, { task: 3 }])
      expect(reply?.text).toContain('2: Title 2')
    }
    expect(house.act({ type: 'skip', task: 2 }).reply).toMatchObject({ ok: true, data: { task: 2 } })
    expect(atWork(house)).toEqual(['1 work', '3 work'])
  })

  it('ask which run is meant where tasks of several run under one number, and find the run that has it', () => {
    const house = open([planned(1), planned(2)])
    const other = (number: number) => planned(number, { title: `Other ${number}`, origin: originOf(`o${number}`) })
    house.act({ type: 'start', tasks: [other(1), other(7)], files: ['other.md'], autoApprove: false })
    const [one, two] = [...house.state.runs.keys()] as [string, string]
    expect(atWork(house)).toEqual(['1 work', '2 work', '1 work'])
    for (const command of [
      { type: 'skip' as const, task: 1 },
      { type: 'retry' as const, task: 1 },
      { type: 'say' as const, task: 1, text: 'faster' },
    ]) {
      const { reply } = house.act(command)
      expect(reply).toMatchObject({
        ok: false,
        code: 'ambiguous',
        text: `There is a task 1 in several runs; say in which:\n${one}: Title 1\n${two}: Other 1`,
      })
      expect(reply?.data?.tasks).toMatchObject([{ runId: one }, { runId: two }])
    }
    expect(house.act({ type: 'say', task: 1, runId: two, text: 'faster' }).reply).toMatchObject({ ok: true })
    expect(house.act({ type: 'skip', task: 1, runId: two }).reply).toMatchObject({
      ok: true,
      text: 'Skipped task 1: Other 1',
    })
    // Only the second run has one of that number.
    expect(house.act({ type: 'skip', task: 7 }).reply).toMatchObject({ ok: true, text: 'Skipped task 7: Other 7' })
  })

  it('retry the one of several runs that went wrong, and not the one that is done', () => {
    const house = open([planned(1), planned(2)])
    beginTask(house, 1)
    end(house, 1)
    land(house, 1)
    mark(house, 1)
    const other = (number: number) => planned(number, { title: `Other ${number}`, origin: originOf(`o${number}`) })
    house.act({ type: 'start', tasks: [other(1), other(2)], files: ['other.md'], autoApprove: false })
    const [one, two] = [...house.state.runs.keys()] as [string, string]
    house.act({ type: 'skip', task: 1, runId: two })
    expect(house.act({ type: 'retry', task: 1 }).reply).toMatchObject({ ok: true, text: 'Task 1 starts over: Other 1' })
    // Named, it is the other one.
    expect(house.act({ type: 'retry', task: 1, runId: one }).reply?.text).toBe('Task 1 starts over: Title 1')
  })

  it('mean what they say with ten running', () => {
    const all = Array.from({ length: 10 }, (_, at) => at + 1)
    const house = open(
      [...all, 11, 12].map((number) => planned(number)),
      { lanes: 10 },
    )
    const working = (numbers: number[]) => numbers.map((number) => `${number} work`)
    const live = () => [...house.state.attempts.values()].filter((attempt) => attempt.live)
    for (const number of all) beginTask(house, number)
    const first = liveOf(house, house.task(4))?.id
    expect(house.act({ type: 'retry', task: 4 }).reply).toMatchObject({ ok: true, data: { task: 4 } })
    expect(house.act({ type: 'skip', task: 7 }).reply).toMatchObject({ ok: true, data: { task: 7 } })
    expect(house.task(7).phase).toBe('skipped')
    end(house, 7, 'interrupted')
    end(house, 4, 'interrupted')
    // One starts over, the next takes the lane of the other, and nobody else is touched.
    expect(atWork(house)).toEqual(working([...all.filter((number) => number !== 7), 11]))
    expect(beginTask(house, 4)).not.toBe(first)
    expect(live()).toHaveLength(9)
    house.act({ type: 'pause' })
    expect(due(house)).toEqual([])
    house.act({ type: 'resume' })
    expect(atWork(house)).toHaveLength(10)
    expect(house.act({ type: 'stop' }).reply).toMatchObject({ ok: true, data: { left: 11 } })
    expect(atWork(house).filter((one) => one.endsWith('work'))).toEqual([])
    for (const { id } of live())
      house.give({ type: 'ended', attemptId: id, outcome: { kind: 'interrupted', text: 'ended' } })
    house.act({ type: 'resume' })
    expect(atWork(house).filter((one) => one.endsWith('work'))).toHaveLength(10)
  })

  it('pause every lane, and go on with each', () => {
    const house = open([planned(1), planned(2)])
    beginTask(house, 1)
    house.act({ type: 'pause' })
    expect(atWork(house)).toEqual([])
    end(house, 1, 'interrupted')
    house.act({ type: 'resume' })
    expect(atWork(house)).toEqual(['1 work', '2 work'])
  })

  it('let no task be skipped that is about to land', () => {
    const house = open([planned(1)])
    beginTask(house, 1)
    end(house, 1)
    expect(house.act({ type: 'skip', task: 1 }).reply).toMatchObject({ ok: false, code: 'not-possible' })
  })

  it('say how many tasks run at once where more were wanted', () => {
    const start = { type: 'start' as const, tasks: [planned(1)], files: ['a.md'], autoApprove: false, lanes: 40 }
    expect(createHouse().act(start).reply?.text).toBe('Started 1 task from a.md. Baton works on one task at a time.')
    expect(createHouse(WORKTREES).act(start).reply?.text).toBe(
      'Started 1 task from a.md. Baton works on 10 tasks at a time.',
    )
  })
})
