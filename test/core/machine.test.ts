import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHOICES } from '../../src/core/asks/choices.ts'
import { hasEnded } from '../../src/core/state.ts'
import type { Choice, OutcomeKind, PlannedTask, Policy, Task } from '../../src/core/types.ts'
import { createHouse, type House, planned } from './house.ts'

const OUTCOMES: OutcomeKind[] = [
  'done',
  'done',
  'done',
  'failed',
  'max-turns',
  'budget',
  'limit',
  'overloaded',
  'credentials',
  'timeout',
  'crashed',
  'no-result',
  'interrupted',
  'parked',
  'deferred',
]

/** Tasks in any order, each depending only on tasks of a lower rank, so that there is no circle. */
const tasksArb = fc
  .array(
    fc.record({
      approval: fc.boolean(),
      verify: fc.boolean(),
      first: fc.boolean(),
      retries: fc.integer({ min: 0, max: 2 }),
      rank: fc.integer({ min: 0, max: 99 }),
      deps: fc.array(fc.nat(5), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((shapes): PlannedTask[] =>
    shapes.map(({ approval, verify, first, retries, rank, deps }, i) =>
      planned(
        i + 1,
        { requiresApproval: approval, verify: verify ? ['true'] : [], verifyFirst: first, retries },
        [...new Set(deps)].filter((d) => d < shapes.length && (shapes[d]?.rank ?? 0) < rank).map((d) => d + 1),
      ),
    ),
  )

const policyArb: fc.Arbitrary<Partial<Policy>> = fc.record({
  approval: fc.record({
    mode: fc.constantFrom('marked' as const, 'all' as const, 'none' as const),
    auto: fc.constant([]),
    review: fc.constantFrom('never' as const, 'marked' as const, 'always' as const),
    checkpointAfter: fc.constant([]),
  }),
  onFailure: fc.constantFrom('ask' as const, 'stop' as const, 'continue' as const),
  attended: fc.boolean(),
  finish: fc.boolean(),
  budget: fc.constantFrom({}, { runUsd: 2 }, { dayUsd: 3 }, { taskUsd: 1 }),
})

type Move =
  | { move: 'worker'; outcome: OutcomeKind; cost: number; ok: boolean }
  | { move: 'request'; kind: 'permission' | 'question'; useId: string }
  | { move: 'answer'; choice: Choice; pick: number }
  | { move: 'words'; text: string }
  | { move: 'command'; type: 'pause' | 'resume' | 'stop' | 'approve' | 'reject'; afterTask: boolean }
  | { move: 'task'; type: 'skip' | 'retry' | 'say' | 'takeover' | 'release'; task: number; done: boolean }
  | { move: 'order'; task: number; before: number | 'end' | undefined }
  | { move: 'time'; ms: number }
  | { move: 'crash' }
  | { move: 'undo'; task: number; ok: boolean; again: boolean }
  | { move: 'park'; how: 'deferred' | 'terminated' }

const moveArb: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      move: fc.constant('worker' as const),
      outcome: fc.constantFrom(...OUTCOMES),
      cost: fc.constantFrom(0, 0.4, 1.5),
      ok: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constant('request' as const),
      kind: fc.constantFrom('permission' as const, 'question' as const),
      useId: fc.constantFrom('u1', 'u2', 'u3', 'u4'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      move: fc.constant('answer' as const),
      choice: fc.constantFrom(...CHOICES),
      pick: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constant('words' as const),
      text: fc.constantFrom('yes', 'no', '2', 'do it otherwise'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('command' as const),
      type: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'stop' as const,
        'approve' as const,
        'reject' as const,
      ),
      afterTask: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      move: fc.constant('task' as const),
      type: fc.constantFrom(...(['skip', 'retry', 'say', 'takeover', 'takeover', 'release'] as const)),
      task: fc.integer({ min: 1, max: 6 }),
      done: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('order' as const),
      task: fc.integer({ min: 1, max: 6 }),
      before: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom('end' as const, undefined)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('time' as const),
      ms: fc.constantFrom(1_000, 60_000, 3_600_000, 86_400_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('crash' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constant('undo' as const),
      task: fc.integer({ min: 1, max: 6 }),
      ok: fc.boolean(),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constant('park' as const),
      how: fc.constantFrom('deferred' as const, 'terminated' as const),
    }),
  },
)

/** The worker does what next says; a live attempt that is no longer wanted is ended. */
function work(house: House, outcome: OutcomeKind, cost: number, ok: boolean): void {
  const step = house.next()
  const live = house.live()
  if (step.do === 'work') {
    if (!live) {
      const before = house.task(step.task.number)
      // One that started before its dependency was put back continues; the rule is only for starts.
      if (before.attempts === 0 && before.spec.verifyFirst && before.spec.verify.length > 0)
        expect(
          before.firstCheck ?? before.continuation?.reason,
          'its checks ran first, or a person wants more',
        ).toMatch(/^(failed|sent-back|retry)$/)
      if (before.attempts === 0)
        for (const dependency of before.dependsOn)
          expect(house.task(dependency).phase, 'a dependency is done before').toMatch(/^(done|skipped)$/)
      house.begin()
    } else {
      const spent = house.state.attempts.get(live)?.costUsd ?? 0
      house.end({
        kind: outcome,
        sessionCostUsd: spent + cost,
        ...(outcome === 'limit' && { resetsAt: house.now + 60_000 }),
      })
    }
  } else if (live) house.end({ kind: 'interrupted' })
  else if (step.do === 'verify' && step.task.phase === 'ready') {
    for (const number of step.task.dependsOn) expect(house.task(number).phase).toMatch(/^(done|skipped)$/)
    house.give({ type: 'checking', taskId: step.task.id })
  } else if (step.do === 'verify') {
    const proof = { checks: [{ name: 'npm test', command: 'npm test', ok, durationMs: 1, output: '' }] }
    house.give({ type: 'checked', taskId: step.task.id, ok, text: ok ? 'checks passed' : 'npm test failed', proof })
  } else if (step.do === 'hand-back') house.give({ type: 'handed-back', taskId: step.task.id })
  else if (step.do === 'mark') house.give({ type: 'marked', taskId: step.task.id })
  else if (step.do === 'undo')
    house.give({
      type: 'undone',
      taskId: step.task.id,
      by: { surface: 'baton', id: 'baton', name: 'Baton' },
      text: 'undone',
      ok,
    })
}

function make(house: House, move: Move): void {
  const ask = (pick: number) => house.openAsks()[pick % Math.max(1, house.openAsks().length)]
  if (move.move === 'worker') work(house, move.outcome, move.cost, move.ok)
  else if (move.move === 'request' && house.live())
    house.ask({ kind: move.kind, useId: move.useId, rule: 'Bash(npm test:*)' })
  else if (move.move === 'answer') {
    const target = ask(move.pick)
    if (target)
      house.act({
        type: 'answer',
        target: { askId: target.id, hash: target.hash },
        choice: move.choice,
        text: 'because',
        answers: { 'Which colour?': 'Blue' },
      })
  } else if (move.move === 'words') house.act({ type: 'words', target: {}, text: move.text })
  else if (move.move === 'command') {
    if (move.type === 'approve' || move.type === 'reject') house.act({ type: move.type, target: {} })
    else house.act(move.type === 'pause' ? { type: 'pause', afterTask: move.afterTask } : { type: move.type })
  } else if (move.move === 'task') house.act({ type: move.type, task: move.task, text: 'faster', done: move.done })
  else if (move.move === 'order') {
    const { task, before } = move
    house.act({ type: 'move', task, ...(before !== undefined && { before }) })
  } else if (move.move === 'time') {
    house.now += move.ms
    house.give({ type: 'tick' })
  } else if (move.move === 'crash') house.give({ type: 'boot' })
  else if (move.move === 'undo') {
    const task = [...house.state.tasks.values()].find(({ number }) => number === move.task)
    // Refused while a process works in the folder, or Baton itself.
    if (!task || house.live() || ['verifying', 'marking', 'undoing', 'taken_over'].includes(task.phase)) return
    const { ok, again } = move
    house.give({
      type: 'undone',
      taskId: task.id,
      by: { surface: 'http', id: 'Bob', name: 'Bob' },
      text: 'undone',
      ok,
      again,
    })
  } else if (move.move === 'park') {
    const live = house.live()
    const open = house.openAsks().find((a) => a.attemptId === live && a.tool)
    if (live && open) {
      house.give({ type: 'parked', askId: open.id, how: move.how })
      house.end({ kind: move.how === 'deferred' ? 'deferred' : 'parked' })
    }
  }
}

function invariants(house: House, total: number, closed: Map<string, string>): void {
  const live = [...house.state.attempts.values()].filter((attempt) => attempt.live)
  expect(live.length, 'at most one live attempt').toBeLessThanOrEqual(1)
  const run = [...house.state.runs.values()][0]
  expect(run).toBeDefined()
  expect([...house.state.tasks.values()].length, 'no task is lost').toBe(total)
  const order = (run && house.state.order.get(run.id)) ?? []
  expect(
    order.map((id) => house.state.tasks.get(id)?.position),
    'every place is taken by one task, which knows it',
  ).toEqual(order.map((_, place) => place))
  expect(new Set(order).size).toBe(total)
  for (const id of order.slice(0, house.state.heads.get(run?.id ?? '')))
    expect(hasEnded(house.state.tasks.get(id) as Task), 'nothing to do is passed over').toBe(true)
  const step = house.next()
  if (run?.state === 'open') {
    expect(step.do, 'an open run has something to do or to wait for').not.toBe('rest')
    if (step.do === 'wait' && step.why === 'asks')
      expect(
        house.openAsks().some((a) => a.taskId === step.task?.id),
        'a wait for an ask has one',
      ).toBe(true)
    if (step.do === 'wait' && step.why === 'person')
      expect(step.task?.takenOver?.release, 'a wait for a person has one').toBeUndefined()
    if (step.do === 'wait' && step.why === 'held') expect(step.until).toBeGreaterThan(house.now)
  } else expect(house.openAsks(), 'an ended run asks nothing').toEqual([])
  for (const ask of house.openAsks()) {
    const task = house.state.tasks.get(ask.taskId)
    expect(task && hasEnded(task), 'an ended task asks nothing').toBe(false)
  }
  for (const task of house.state.tasks.values()) {
    expect(task.phase === 'taken_over', 'who has a task is known exactly while it is taken over').toBe(
      task.takenOver !== undefined,
    )
    if (task.phase !== 'taken_over') continue
    expect(
      house.openAsks().some((ask) => ask.taskId === task.id),
      'what a person has asks nothing',
    ).toBe(false)
    expect(step.do === 'work' || step.do === 'verify', 'nobody else works in the folder').toBe(false)
  }
  for (const task of house.state.tasks.values())
    if (task.phase === 'done')
      expect(house.state.attempts.has(task.attemptId ?? '') && live.length > 0 && live[0]?.taskId === task.id).toBe(
        false,
      )
  for (const event of house.events) {
    if (event.type !== 'ask.answered' && event.type !== 'ask.withdrawn') continue
    const id = event.askId as string
    const mark = `${event.type} ${event.at} ${event.text}`
    expect(closed.get(id) ?? mark, 'an ask is closed once').toBe(mark)
    closed.set(id, mark)
  }
  house.events.length = 0
}

/** Someone who says yes to everything, a worker that succeeds, and time. */
function finish(house: House): number {
  // What a run stops for when nobody is there (a budget, a login) is asked once somebody is.
  house.policy = { ...house.policy, attended: true }
  for (let steps = 0; steps < 400; steps++) {
    const run = [...house.state.runs.values()][0]
    if (run?.state === 'done' || run?.state === 'failed') return steps
    if (run?.state === 'stopped' || house.state.queue.paused) house.act({ type: 'resume' })
    const open = house.openAsks()[0]
    if (open) {
      const choice =
        open.kind === 'question'
          ? 'answer'
          : ((['approve', 'allow', 'accept', 'skip', 'retry'] as const).find((c) =>
              open.options.some((o) => o.choice === c),
            ) ?? 'retry')
      house.act({ type: 'answer', target: { askId: open.id }, choice, answers: { 'Which colour?': 'Red' } })
      continue
    }
    const taken = [...house.state.tasks.values()].find(
      ({ phase, takenOver }) => phase === 'taken_over' && !takenOver?.release,
    )
    if (taken && !house.live()) {
      house.act({ type: 'release', task: taken.number, done: steps % 2 === 0 })
      continue
    }
    const step = house.next()
    if (step.do === 'wait' && step.why === 'held') house.now = step.until ?? house.now
    if (step.do === 'wait') house.give({ type: 'tick' })
    work(house, 'done', 0, true)
  }
  return Number.POSITIVE_INFINITY
}

describe('the state machine under any sequence of acts and outcomes', () => {
  it('loses no task, runs one at a time, keeps to dependencies, closes an ask once and never leaves a run stuck', () => {
    fc.assert(
      fc.property(
        tasksArb,
        policyArb,
        fc.boolean(),
        fc.array(moveArb, { maxLength: 80 }),
        (tasks, policy, auto, moves) => {
          const house = createHouse(policy)
          house.start(tasks, auto)
          const closed = new Map<string, string>()
          invariants(house, tasks.length, closed)
          for (const move of moves) {
            make(house, move)
            invariants(house, tasks.length, closed)
          }
          expect(finish(house), 'a willing person and a good worker bring every run to an end').toBeLessThan(400)
        },
      ),
      { numRuns: Number(process.env.BATON_PROPERTY_RUNS ?? 1_500) },
    )
  })
})
