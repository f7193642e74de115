import { describe, expect, it } from 'vitest'
import { readWords } from '../../src/core/asks/asks.ts'
import { deferredAsk } from '../../src/core/asks/requests.ts'
import type { ResolvedCommand } from '../../src/core/commands/commands.ts'
import type { Actor, Policy } from '../../src/core/types.ts'
import { ANNA, createHouse, POLICY, planned } from './house.ts'

const BOB: Actor = { surface: 'terminal', id: 'bob', name: 'bob' }

describe('an approval', () => {
  it('is asked before a marked task starts, and shows the whole instruction', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true, instruction: 'Drop the table\n'.repeat(500) })])
    expect(house.next()).toMatchObject({ do: 'wait', why: 'asks' })
    expect(house.openAsks()[0]).toMatchObject({ kind: 'approval', title: 'Start task 1: Title 1?' })
    expect(house.openAsks()[0]?.text).toContain('Drop the table\n'.repeat(500))
  })

  it('lets the task start once it is given', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    expect(house.act({ type: 'approve', target: {} }).reply).toMatchObject({ ok: true })
    expect(house.next()).toMatchObject({ do: 'work' })
    expect(house.task(1).approvedBy).toEqual(ANNA)
  })

  it('skips the task with the reason when it is refused, and blocks what depends on it', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true }), planned(2, {}, [1]), planned(3, {}, [2])])
    house.act({ type: 'reject', target: {}, text: 'not today' })
    expect(house.task(1)).toMatchObject({ phase: 'skipped', result: 'rejected by Anna (Telegram): not today' })
    expect(house.task(2)).toMatchObject({ phase: 'blocked', blockedBy: [1] })
    expect(house.task(3)).toMatchObject({ phase: 'blocked', blockedBy: [2] })
  })

  it('is not asked for types that pass by themselves, nor under --auto-approve', () => {
    const auto = createHouse({
      approval: { mode: 'all', auto: ['documentation'], review: 'never', checkpointAfter: [] },
    })
    auto.start([planned(1, { type: 'Documentation' })])
    expect(auto.next()).toMatchObject({ do: 'work' })
    const all = createHouse({ approval: { mode: 'all', auto: [], review: 'never', checkpointAfter: [] } })
    all.start([planned(1)], true)
    expect(all.next()).toMatchObject({ do: 'work' })
  })
})

describe('the hash that an answer is bound to', () => {
  it('covers everything that is shown of a call', () => {
    const hashOf = (words: { description?: string; remark?: string }) => {
      const house = createHouse()
      house.start([planned(1)])
      house.begin()
      house.ask({ useId: 'use', ...words })
      const [ask] = house.openAsks()
      expect(ask).toMatchObject({ text: 'npm test', ...words })
      return ask?.hash
    }
    const all = [{}, { description: 'a' }, { description: 'b' }, { remark: 'a' }, { description: 'a', remark: 'a' }]
    expect(new Set(all.map(hashOf)).size).toBe(all.length)
  })
})

describe('where answers are taken', () => {
  const PHONE: Partial<Policy> = { approval: { ...POLICY.approval, from: 'phone', review: 'always' } }
  const ELSEWHERE: Actor[] = [BOB, { surface: 'http', id: 'api', name: 'API' }]
  const onlyPhone = { ok: false, code: 'not-possible', text: expect.stringContaining('phone') }

  it.each(ELSEWHERE)('is not $surface where only the phone counts', (by) => {
    const house = createHouse(PHONE)
    house.start([planned(1, { requiresApproval: true })])
    const askId = house.openAsks()[0]?.id as string
    const acts: ResolvedCommand[] = [
      { type: 'approve', target: {} },
      { type: 'reject', target: {} },
      { type: 'words', target: { askId }, text: 'yes' },
      { type: 'answer', target: { askId }, choice: 'approve' },
      { type: 'accept-run' },
    ]
    for (const act of acts) expect(house.act(act, by).reply, act.type).toMatchObject(onlyPhone)
    expect(house.openAsks()).toHaveLength(1)
    expect(house.act({ type: 'approve', target: {} }).reply).toMatchObject({ ok: true })

    house.begin()
    house.end({ kind: 'failed', text: 'It broke.' })
    expect(house.act({ type: 'retry' }, by).reply).toMatchObject(onlyPhone)
    expect(house.act({ type: 'retry' }).reply).toMatchObject({ ok: true })
  })

  it.each(ELSEWHERE)(
    'is not $surface for everything beforehand either, but a schedule has its word from the user',
    (by) => {
      const house = createHouse(PHONE)
      const start: ResolvedCommand = { type: 'start', tasks: [planned(1)], files: ['a.md'], autoApprove: true }
      expect(house.act(start, by).reply).toMatchObject(onlyPhone)
      expect(house.act({ ...start, autoApprove: false }, by).reply).toMatchObject({ ok: true })
      expect(
        house.act({ ...start, tasks: [planned(2)] }, { surface: 'schedule', id: 'schedule', name: 'schedule' }).reply,
      ).toMatchObject({ ok: true })
      expect(house.act({ ...start, tasks: [planned(3)] }).reply).toMatchObject({ ok: true })
    },
  )

  it('is anywhere otherwise', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    expect(house.act({ type: 'approve', target: {} }, BOB).reply).toMatchObject({ ok: true })
  })
})

describe('a failure', () => {
  it('is neither stopped, skipped nor tried again by a mere no', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.end({ kind: 'failed', text: 'It broke.' })
    for (const act of [
      { type: 'words', target: {}, text: 'no' },
      { type: 'words', target: {}, text: 'No.' },
      { type: 'reject', target: {} },
      { type: 'reject', target: {}, text: 'not like that' },
    ] as const) {
      expect(house.act(act).reply).toMatchObject({
        ok: false,
        code: 'not-possible',
        text: expect.stringContaining('Possible: Retry, Skip, Undo, Stop'),
      })
    }
    expect(house.task(1).phase).toBe('failure')
    expect(house.act({ type: 'words', target: {}, text: 'stop' }).reply).toMatchObject({ ok: true })
  })
})

describe('an answer', () => {
  it('counts once: who comes second is told who was first and where', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    const askId = house.openAsks()[0]?.id as string
    house.act({ type: 'answer', target: { askId }, choice: 'approve' })
    const second = house.act({ type: 'answer', target: { askId }, choice: 'reject' }, BOB)
    expect(second.reply).toMatchObject({
      ok: false,
      code: 'closed',
      text: 'Already decided: Approved by Anna (Telegram).',
    })
    expect(house.task(1).phase).toBe('ready')
  })

  it('is refused when it was given to something else than what is asked', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    const askId = house.openAsks()[0]?.id as string
    const reply = house.act({ type: 'answer', target: { askId, hash: 'of another text' }, choice: 'approve' }).reply
    expect(reply).toMatchObject({ ok: false, code: 'changed' })
    expect(house.openAsks()).toHaveLength(1)
  })

  it('must be one of the options of its ask', () => {
    const house = createHouse()
    house.start([planned(1, { requiresApproval: true })])
    const askId = house.openAsks()[0]?.id as string
    expect(house.act({ type: 'answer', target: { askId }, choice: 'allow' }).reply).toMatchObject({
      ok: false,
      code: 'not-possible',
    })
  })

  it('reaches a live process as a verdict, and a parked one as a continuation that names it', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.give({ type: 'parked', askId, how: 'deferred' })
    house.end({ kind: 'deferred' })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'asks' })
    house.act({ type: 'words', target: {}, text: '2' })
    expect(house.task(1).continuation).toEqual({ reason: 'answer', askIds: [askId] })
    house.begin()
    expect(house.ask({ kind: 'question', useId: 'u1' }).verdict).toEqual({
      do: 'answer',
      answers: { 'Which colour?': 'Blue' },
    })
  })

  it('is told of as parked once, though the end of the run parks it again', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.give({ type: 'parked', askId, how: 'deferred' })
    house.give({ type: 'parked', askId, how: 'deferred' })
    expect(house.events.filter(({ type }) => type === 'ask.parked')).toHaveLength(1)
  })

  it('is given in words where a crash leaves it unknown whether the session has put its call off', () => {
    for (const end of ['crash', 'SIGTERM']) {
      const house = createHouse()
      house.start([planned(1)])
      house.begin()
      house.ask({ kind: 'question', useId: 'u1' })
      const askId = house.openAsks()[0]?.id as string
      house.give({ type: 'parked', askId, how: 'deferred' })
      if (end === 'crash') house.give({ type: 'boot' })
      else house.end({ kind: 'interrupted' })
      house.act({ type: 'words', target: {}, text: 'Blue' })
      expect(house.task(1).continuation).toEqual({ reason: 'answer', askIds: [askId] })
      expect(deferredAsk({ ask: (id) => house.state.asks.get(id) }, house.task(1)), end).toBeUndefined()
      // The session has put it off after all, and makes its call once more.
      house.begin()
      const answer = { do: 'answer', answers: { 'Which colour?': 'Blue' } }
      expect(house.ask({ kind: 'question', useId: 'u1' }).verdict).toEqual(answer)
      house.give({ type: 'delivered', askId })
      expect(house.ask({ kind: 'question', useId: 'u1' }).verdict, 'asked once more').toEqual(answer)
      expect(house.openAsks()).toEqual([])
    }
  })

  it('is the answer to the same call also where Claude took an earlier one back as its process ended', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    house.give({ type: 'withdrawn', askId: house.openAsks()[0]?.id as string, why: 'Claude withdrew it' })
    house.ask({ kind: 'question', useId: 'u1' })
    house.end({ kind: 'interrupted' })
    house.act({ type: 'words', target: {}, text: 'Blue' })
    house.begin()
    const answer = { do: 'answer', answers: { 'Which colour?': 'Blue' } }
    expect(house.ask({ kind: 'question', useId: 'u1' }).verdict).toEqual(answer)
    expect(house.openAsks()).toEqual([])
  })

  it('never takes the place of words that came after it and that Claude has not heard', () => {
    const house = createHouse({ approval: { mode: 'none', auto: [], review: 'always', checkpointAfter: [] } })
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    house.act({ type: 'words', target: {}, text: 'Blue' })
    house.end({ kind: 'done', result: 'Done.' })
    house.act({ type: 'words', target: {}, text: 'Make it bigger' })
    const { id: taskId, attemptId: id = '', continuation } = house.task(1)
    expect(continuation).toEqual({ reason: 'sent-back', words: 'Make it bigger' })
    house.give({ type: 'claimed', taskId, attempt: { id, sessionId: 's', cwd: '/', logFile: '/log', rawFile: '/raw' } })
    house.give({ type: 'boot' })
    expect(house.task(1).continuation).toEqual(continuation)
  })

  it('survives a crash between being given and being heard', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    house.act({ type: 'words', target: {}, text: 'Green' })
    house.give({ type: 'boot' })
    expect(house.task(1).continuation).toMatchObject({ reason: 'answer' })
  })

  it.each(['crashed', 'no-result'] as const)('is still waited for when the process that asked is gone (%s)', (kind) => {
    const house = createHouse()
    house.start([planned(1)])
    const attempt = house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.give({ type: 'parked', askId, how: 'deferred' })
    house.end({ kind, text: 'ended by SIGKILL' })
    expect(house.openAsks()).toMatchObject([{ id: askId, parked: 'terminated' }])
    expect(house.task(1)).toMatchObject({ phase: 'working', failures: 0 })
    expect(house.next()).toMatchObject({ do: 'wait', why: 'asks' })
    house.act({ type: 'words', target: {}, text: '2' })
    expect(house.task(1).continuation).toEqual({ reason: 'answer', askIds: [askId] })
    expect(house.begin()).toBe(attempt)
  })

  it('given when the process that asked was gone already goes with the next try', () => {
    const house = createHouse()
    house.start([planned(1, { retries: 1 })])
    const attempt = house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.act({ type: 'words', target: {}, text: '2' })
    house.end({ kind: 'crashed', text: 'ended by SIGKILL' })
    const retry = { reason: 'retry', words: 'ended by SIGKILL', askIds: [askId] }
    expect(house.task(1)).toMatchObject({ failures: 1, continuation: retry })
    expect(house.begin()).toBe(attempt)
    expect(house.task(1).continuation).toBeUndefined()
    expect(house.state.asks.get(askId)?.delivered).toBe(true)
  })

  it('goes with the try that a person asks for, too', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ kind: 'question', useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.act({ type: 'words', target: {}, text: '2' })
    house.end({ kind: 'crashed', text: 'ended by SIGKILL' })
    house.act({ type: 'answer', target: {}, choice: 'retry' })
    expect(house.task(1).continuation).toMatchObject({ reason: 'retry', askIds: [askId] })
  })
})

describe('a permission', () => {
  it('that was allowed while no process ran becomes a grant for exactly that call, once', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ input: { command: 'npm publish' } })
    house.give({ type: 'boot' })
    house.act({ type: 'approve', target: {} })
    house.begin()
    expect(house.ask({ input: { command: 'npm publish --force' } }).verdict).toMatchObject({ do: 'wait' })
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toEqual({ do: 'allow' })
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toMatchObject({ do: 'wait' })
  })

  it('that was allowed when the process that asked was gone already passes in the next try, once', () => {
    const house = createHouse()
    house.start([planned(1, { retries: 1 })])
    house.begin()
    house.ask({ input: { command: 'npm publish' } })
    house.act({ type: 'approve', target: {} })
    house.end({ kind: 'crashed', text: 'ended by SIGKILL' })
    expect(house.task(1).continuation).toEqual({ reason: 'retry', words: 'ended by SIGKILL' })
    house.begin()
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toEqual({ do: 'allow' })
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toMatchObject({ do: 'wait' })
  })

  it('whose call ran out of time is asked for again', () => {
    const house = createHouse()
    house.start([planned(1, { retries: 1 })])
    house.begin()
    house.ask({ input: { command: 'npm publish' } })
    house.act({ type: 'approve', target: {} })
    house.end({ kind: 'timeout', text: 'too long' })
    house.begin()
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toMatchObject({ do: 'wait' })
  })

  it('that was allowed counts for one call, also when the session makes it once more under its old id', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask({ input: { command: 'npm publish' }, useId: 'u1' })
    const askId = house.openAsks()[0]?.id as string
    house.act({ type: 'approve', target: {} })
    house.give({ type: 'delivered', askId })
    expect(house.ask({ input: { command: 'npm publish' }, useId: 'u1' }).verdict).toMatchObject({ do: 'wait' })
  })

  it('of one call is none of another, where Claude names neither', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    const ask = (command: string) => {
      const request = { kind: 'permission', tool: 'Bash', input: { command }, title: 'Run', text: command } as const
      return house.give({ type: 'asked', attemptId: house.live() ?? 'none', request }).verdict
    }
    expect(ask('npm publish')).toMatchObject({ do: 'wait' })
    house.act({ type: 'approve', target: {} })
    expect(ask('rm -rf build')).toMatchObject({ do: 'wait' })
    expect(house.openAsks()).toHaveLength(1)
  })

  it('is not asked for, nor granted, for a task that is over', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.act({ type: 'stop' })
    expect(house.ask({ input: { command: 'npm publish' } }).verdict).toEqual({ do: 'ending' })
    expect(house.openAsks()).toEqual([])
  })

  it('for the task covers the rule for the rest of that task and no other', () => {
    const house = createHouse()
    house.start([planned(1), planned(2)])
    house.begin()
    house.ask({ rule: 'Bash(npm test:*)' })
    house.act({ type: 'answer', target: {}, choice: 'allow-task' })
    const covered = { input: { command: 'npm test -- a' }, matchingRules: ['Bash(npm test:*)'] }
    expect(house.ask(covered).verdict).toEqual({ do: 'allow' })
    house.end({ kind: 'done' })
    house.give({ type: 'marked', taskId: house.task(1).id })
    house.begin()
    expect(house.ask(covered).verdict).toMatchObject({ do: 'wait' })
  })

  it('under --auto-approve is granted, and recorded with its whole input', () => {
    const house = createHouse()
    house.start([planned(1)], true)
    house.begin()
    expect(house.ask({ input: { command: 'rm -rf build' } }).verdict).toEqual({ do: 'allow' })
    expect(house.events.find((event) => event.type === 'grant.given')?.data).toMatchObject({
      input: { command: 'rm -rf build' },
    })
  })
})

describe('a question', () => {
  it('under --auto-approve waits where somebody can answer', () => {
    const house = createHouse({ attended: true })
    house.start([planned(1)], true)
    house.begin()
    expect(house.ask({ kind: 'question' }).verdict).toMatchObject({ do: 'wait' })
  })

  it('under --auto-approve with nobody there tells Claude to choose and say so', () => {
    const house = createHouse({ attended: false })
    house.start([planned(1)], true)
    house.begin()
    const { verdict } = house.ask({ kind: 'question' })
    expect(verdict).toMatchObject({ do: 'answer' })
    expect(JSON.stringify(verdict)).toContain('Choose the most reasonable option')
  })
})

describe('free words', () => {
  const house = createHouse()
  house.start([planned(1)])
  house.begin()
  house.ask({ kind: 'question' })
  const question = house.openAsks()[0]
  if (!question) throw new Error('no question')

  it('pick an option by number or label, and are an answer of their own otherwise', () => {
    expect(readWords(question, '2')).toEqual({ choice: 'answer', answers: { 'Which colour?': 'Blue' } })
    expect(readWords(question, 'red')).toEqual({ choice: 'answer', answers: { 'Which colour?': 'Red' } })
    expect(readWords(question, 'mauve, please')).toEqual({
      choice: 'answer',
      answers: { 'Which colour?': 'mauve, please' },
    })
  })

  it('choose several where several may be chosen', () => {
    const several = { ...question, questions: question.questions?.map((q) => ({ ...q, multiSelect: true })) ?? [] }
    expect(readWords(several, '1, blue')?.answers).toEqual({ 'Which colour?': 'Red, Blue' })
  })

  it('answer several questions with a line for each, and nothing with too few', () => {
    const two = {
      ...question,
      questions: [...(question.questions ?? []), { question: 'Size?', options: [{ label: 'S' }], multiSelect: false }],
    }
    expect(readWords(two, '1\nXL')?.answers).toEqual({ 'Which colour?': 'Red', 'Size?': 'XL' })
    expect(readWords(two, '1')).toBeUndefined()
  })

  it('deny a permission with their reason, and never grant one by accident', () => {
    const permission = {
      ...question,
      kind: 'permission' as const,
      options: [
        { choice: 'allow' as const, label: 'Allow' },
        { choice: 'deny' as const, label: 'Deny' },
      ],
    }
    expect(readWords(permission, 'yes')).toEqual({ choice: 'allow' })
    expect(readWords(permission, 'yes but only in src')).toEqual({ choice: 'deny', text: 'yes but only in src' })
  })
})
