import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CheckResult, Finding } from '../../src/core/types.ts'
import { createVerify, type VerifyPorts } from '../../src/daemon/attempt/verify.ts'
import { type AttemptHouse, openAttemptHouse, unwatched } from './attempt.ts'

let house: AttemptHouse
beforeEach(async () => {
  house = openAttemptHouse({ hasChecks: () => true })
  const { over, claude } = await house.begin()
  claude.finish()
  await over
})
afterEach(() => house.close())

const check = (name: string, more: Partial<CheckResult> = {}): CheckResult => ({
  name,
  command: `npm run ${name}`,
  ok: true,
  exitCode: 0,
  durationMs: 1_000,
  output: '',
  ...more,
})
const FINDING: Finding = { kind: 'own-files', weight: 'ask', text: 'A hook of Baton was changed.' } as Finding

const verify = (more: Partial<VerifyPorts> = {}, signal = new AbortController().signal) =>
  createVerify({
    dispatcher: house.dispatcher,
    feed: house.feed,
    now: Date.now,
    open: async () => ({ folder: house.dir, env: {} }),
    watchOwnFiles: unwatched,
    runChecks: async () => [check('test')],
    proveNewTests: async () => undefined,
    judge: async () => undefined,
    ...more,
  })(house.task(), signal)

describe('the proof of a task', () => {
  it('is that its checks pass', async () => {
    expect(house.task().phase).toBe('verifying')
    await verify()
    expect(house.task()).toMatchObject({ phase: 'done', proof: { checks: [{ name: 'test', ok: true }] } })
    expect(house.feed.current()).toEqual([])
  })

  it('fails with the command, its exit code and what it printed', async () => {
    await verify({
      runChecks: async () => [check('test'), check('lint', { ok: false, exitCode: 2, output: '3 errors' })],
    })
    expect(house.asks()).toMatchObject([{ kind: 'failure' }])
    expect(house.asks()[0]?.text).toContain('The check “lint” failed (exit code 2): npm run lint\n3 errors')
    expect(house.asks()[0]?.text).not.toContain('“test”')
  })

  it('says that a check ran out of time, and after how long', async () => {
    await verify({ runChecks: async () => [check('test', { ok: false, timedOut: true, durationMs: 61_000 })] })
    expect(house.asks()[0]?.text).toContain('timed out after 61 s')
  })

  it('asks nobody to judge, and tries no new tests, where a check fails', async () => {
    const asked: string[] = []
    await verify({
      runChecks: async () => [check('test', { ok: false })],
      proveNewTests: async () => void asked.push('new tests'),
      judge: async () => void asked.push('judge'),
    })
    expect(asked).toEqual([])
  })

  it('sends it back with the criteria that are not met', async () => {
    await verify({
      judge: async () => [
        { criterion: 'It answers', pass: true, evidence: 'a.ts:1' },
        { criterion: 'It is fast', pass: false, evidence: 'takes 4 s' },
      ],
    })
    const told = JSON.stringify(house.task())
    expect(told).toContain('It is fast')
    expect(told).toContain('takes 4 s')
    expect(house.task().phase).toBe('working')
  })

  it('keeps what the checks themselves changed of ours, and what the new tests showed', async () => {
    const own = { ready: Promise.resolve(), rules: { deny: [], ask: [] }, heard: () => undefined }
    await verify({
      watchOwnFiles: () => ({ ...own, guard: () => undefined, judge: () => undefined, end: async () => [FINDING] }),
      proveNewTests: async () => ({ finding: { ...FINDING, text: 'The new tests pass without the change.' } }),
    })
    expect(house.task().proof?.findings?.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['A hook of Baton was changed.', 'The new tests pass without the change.']),
    )
  })

  it('is not decided by checks that were ended', async () => {
    const ending = new AbortController()
    await verify(
      {
        runChecks: async () => {
          ending.abort()
          return [check('test', { ok: false })]
        },
      },
      ending.signal,
    )
    expect(house.task().phase).toBe('verifying')
    expect(house.asks()).toEqual([])
    expect(house.feed.current()).toEqual([])
  })
})
