import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClaudeHandlers } from '../../src/claude/types.ts'
import type { Task } from '../../src/core/types.ts'
import { type AttemptHouse, openAttemptHouse } from './attempt.ts'

let house: AttemptHouse
beforeEach(() => {
  house = openAttemptHouse()
})
afterEach(() => house.close())

const word = (id: string): Parameters<NonNullable<ClaudeHandlers['onMessage']>>[0] => ({
  type: 'assistant',
  id,
  sub: false,
  blocks: [{ type: 'text', text: `word ${id}` }],
})
const attempt = () => [...house.dispatcher.state().attempts.values()][0]

describe('an attempt', () => {
  it('is stored before its process is started, and ends with what was found', async () => {
    let live: boolean | undefined
    const { claude, over } = await house.begin({
      reached: (point) => {
        if (point === 'claimed') live = attempt()?.live
      },
    })
    expect(live).toBe(true)
    expect(claude.start).toMatchObject({ prompt: 'Do 1.', attemptId: attempt()?.id })
    await claude.on.onMessage?.(word('m1'))
    expect(house.feed.current()[0]).toMatchObject({ task: 1, turns: 1 })
    claude.finish()
    await over
    expect(house.task()).toMatchObject({
      outcome: 'done',
      result: 'All done.',
      costUsd: 0.5,
      proof: { flags: ['looked at'] },
    })
    expect(house.feed.current()).toEqual([])
    expect(house.logged).toEqual([expect.stringMatching(/^▶ Title 1/), 'word m1', '■ done: done'])
  })

  it('notes the pid with the first word, or without one when none comes', async () => {
    const { claude } = await house.begin()
    claude.on.onSpawn?.(4_711, 'boot+1')
    await claude.on.onMessage?.(word('m1'))
    await expect.poll(attempt, { interval: 1 }).toMatchObject({ pid: 4_711, heard: true, checkpointBefore: 'before' })
  })

  it('notes the pid of a process that says nothing', async () => {
    const { claude } = await house.begin()
    claude.on.onSpawn?.(4_712, 'boot+2')
    await expect.poll(attempt).toMatchObject({ pid: 4_712 })
    expect(attempt()?.heard).toBeFalsy()
  })

  it('lets the next Claude be started early only once its own has what its prompt waits for', async () => {
    const looked = Promise.withResolvers<object>()
    const expected: string[] = []
    const warmStart = {
      expect: (task: Task) => {
        expected.push(task.id)
        return () => expected.push('off')
      },
      prepare: () => undefined,
      take: async () => undefined,
      look: () => undefined,
      discard: async () => undefined,
    }
    const evidence = { before: () => looked.promise, after: async () => ({ proof: { flags: [] } }) }
    const { claude, over } = await house.begin({ warmStart, evidence })
    await new Promise(setImmediate)
    expect(expected).toEqual([])
    looked.resolve({})
    await claude.start.ready
    await new Promise(setImmediate)
    expect(expected).toEqual([house.task().id])
    claude.finish()
    await over
    expect(expected).toEqual([house.task().id, 'off'])
  })

  it('fails with words for people where its folder is missing, and a person is asked', async () => {
    await house.work({
      open: async () => {
        throw new Error('the folder web is missing')
      },
    })
    expect(house.claudes).toEqual([])
    expect(house.asks()).toMatchObject([{ kind: 'failure', state: 'open' }])
    expect(house.asks()[0]?.text).toContain('the folder web is missing')
  })

  it('fails at a defect of ours, told once, without taking the queue down', async () => {
    const { claude, over } = await house.begin({
      classify: () => {
        throw new Error('a defect')
      },
    })
    claude.finish()
    await over
    expect(house.errors).toHaveLength(1)
    expect(house.asks()[0]?.text).toContain('Baton itself failed: a defect')
    expect(house.feed.current()).toEqual([])
  })

  it('runs commands without Claude', async () => {
    await house.close()
    house = openAttemptHouse({}, { run: ['npm ci'] })
    await house.work()
    expect(house.claudes).toEqual([])
    expect(house.task()).toMatchObject({ outcome: 'done' })
  })

  it('goes on in its session after a pause', async () => {
    const first = await house.begin()
    await first.claude.on.onMessage?.(word('m1'))
    await expect.poll(() => attempt()?.heard, { interval: 1 }).toBe(true)
    house.act({ type: 'pause' })
    await first.over
    expect(first.claude.endedFor).toEqual(['pause'])
    expect(house.task().phase).toBe('working')
    house.act({ type: 'resume' })
    const second = await house.begin()
    expect(second.claude.start.args).toEqual(['--resume', attempt()?.sessionId])
    second.claude.finish()
    await second.over
    expect(house.task().outcome).toBe('done')
  })

  it('does not begin while another process has its session open, says so, and begins once it is free', async () => {
    const first = await house.begin()
    await first.claude.on.onMessage?.(word('m1'))
    await expect.poll(() => attempt()?.heard, { interval: 1 }).toBe(true)
    house.act({ type: 'pause' })
    await first.over
    house.act({ type: 'resume' })
    const session = attempt()?.sessionId
    let holder: number | undefined = 4_713
    const asked: string[] = []
    const over = house.work({
      sessionInUse: async (sessionId) => {
        asked.push(sessionId)
        return holder
      },
    })
    const waits = 'its session is open in another Claude (process 4713)'
    await expect.poll(() => house.feed.current()[0]?.activity, { interval: 1 }).toContain(waits)
    expect(house.logged.filter((line) => line.includes(waits))).toHaveLength(1)
    expect(house.claudes).toHaveLength(1)
    holder = undefined
    await expect.poll(() => house.claudes.length, { timeout: 20_000, interval: 1 }).toBe(2)
    house.claudes[1]?.finish()
    await over
    expect(house.task().outcome).toBe('done')
    expect(new Set(asked)).toEqual(new Set([session]))
  })

  it('does not begin while there is no room for it, says so, and begins once there is', async () => {
    let why: string | undefined = 'waiting for memory: 10 MB free, 300 MB needed'
    const firsts: boolean[] = []
    const over = house.work({
      whyNoRoom: (isFirst) => {
        firsts.push(isFirst)
        return why
      },
    })
    await expect.poll(() => house.feed.current()[0]?.activity, { interval: 1 }).toBe(why)
    expect(house.claudes).toHaveLength(0)
    why = undefined
    await expect.poll(() => house.claudes.length, { timeout: 20_000, interval: 1 }).toBe(1)
    house.claudes[0]?.finish()
    await over
    expect(house.task().outcome).toBe('done')
    expect(new Set(firsts)).toEqual(new Set([true]))
  })

  it('is ended once for a task that is skipped', async () => {
    const { claude, over } = await house.begin()
    house.act({ type: 'skip', why: 'later' })
    await over
    expect(claude.endedFor).toEqual(['skip'])
  })
})

describe('words for Claude', () => {
  it('wait until it has taken its prompt', async () => {
    const { claude } = await house.begin()
    house.act({ type: 'say', text: 'use Redis' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(claude.heard).toEqual([])
    await claude.on.onMessage?.(word('m1'))
    await expect.poll(() => claude.heard, { interval: 1 }).toEqual(['use Redis'])
    await expect.poll(() => house.task().say ?? [], { interval: 1 }).toEqual([])
  })

  it('are kept where it takes none any more', async () => {
    const { claude } = await house.begin()
    claude.deaf = true
    await claude.on.onMessage?.(word('m1'))
    house.act({ type: 'say', text: 'use Redis' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(house.task().say).toEqual(['use Redis'])
  })

  it('that it ended without taking up come back to the task', async () => {
    const { claude, over } = await house.begin()
    claude.finish({ unheard: ['and test it'], reason: 'shutdown' })
    await over
    expect(JSON.stringify(house.task())).toContain('and test it')
  })
})

it('a call that touches what is ours is refused without asking anybody', async () => {
  const { claude } = await house.begin({
    watchOwnFiles: () => ({
      ready: Promise.resolve(),
      rules: { deny: [], ask: [] },
      guard: () => undefined,
      judge: () => ({ do: 'deny', why: 'that is ours' }),
      heard: () => undefined,
      end: async () => [],
    }),
  })
  claude.permission('r1', 'rm -r .baton')
  expect(claude.decisions).toEqual([{ requestId: 'r1', decision: { behavior: 'deny', message: 'that is ours' } }])
  expect(house.asks()).toEqual([])
})
