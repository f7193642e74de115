import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  actOf,
  advanceDeployment,
  type Deployment,
  type DeploymentReport,
  hasPrevious,
  type KnownEnvironment,
  newEnvironment,
  rollbackTarget,
  settleEnvironment,
} from '../../src/core/deploy/deployment.ts'
import { ANNA } from './house.ts'

const begun = (more: Partial<Deployment> = {}): Deployment => ({
  ...{ id: 'd1', queue: 'q', runId: 'r', taskId: 't', task: 1, environment: 'production', kind: 'deploy' },
  ...{
    sha: 'new',
    branch: 'main',
    by: ANNA,
    approvedBy: [],
    step: 'naming',
    epoch: 1,
    onRed: 'rollback',
    startedAt: 0,
  },
  ...more,
})

const play = (start: Deployment, ...reports: DeploymentReport[]): Deployment =>
  reports.reduce((deployment, report, now) => advanceDeployment(deployment, report, now + 1), start)

const named: DeploymentReport = { kind: 'named', previous: { sha: 'old' } }
const green: DeploymentReport = { kind: 'checked', ok: true }
const red: DeploymentReport = { kind: 'checked', ok: false, why: 'answers 500' }

describe('a deployment', () => {
  it('is live once its check is green', () => {
    expect(play(begun(), named, { kind: 'deployed' }, green)).toMatchObject({ step: 'live', endedAt: 3 })
  })

  it('goes back to what was named before, and is checked again', () => {
    const back = play(begun(), named, { kind: 'deployed' }, red)
    expect(back).toMatchObject({ step: 'rolling-back', previous: { sha: 'old' }, why: 'answers 500' })
    expect(play(back, { kind: 'rolled-back', ok: true }, green)).toMatchObject({ step: 'rolled-back' })
    expect(play(back, { kind: 'rolled-back', ok: true }, red)).toMatchObject({ step: 'lost' })
    expect(play(back, { kind: 'rolled-back', ok: false, why: 'exit 1' }, red)).toMatchObject({ step: 'lost' })
  })

  it('is not rolled back to a guess', () => {
    const first = play(begun(), { kind: 'named' }, { kind: 'deployed' }, red)
    expect(first).toMatchObject({ step: 'red' })
  })

  it('is checked after a kill, and not begun again', () => {
    const killed = play(begun(), named, { kind: 'interrupted' })
    expect(killed).toMatchObject({ step: 'checking', doubt: 'unknown' })
    expect(play(killed, green)).toMatchObject({ step: 'live' })
    expect(play(killed, { ...red, runs: 'previous' })).toMatchObject({ step: 'kept' })
    expect(play(killed, red)).toMatchObject({ step: 'rolling-back' })
    expect(play(killed, red, { kind: 'interrupted' })).toMatchObject({ step: 'checking-rollback' })
  })

  it('does not take a green check for proof after a command that failed', () => {
    const failed = play(begun(), named, { kind: 'deploy-failed', why: 'exit 1' })
    expect(play(failed, { ...red, runs: 'previous' })).toMatchObject({ step: 'kept' })
    expect(play(failed, green)).toMatchObject({ step: 'rolling-back' })
  })

  const report = fc.oneof(
    fc.constantFrom<DeploymentReport>(
      named,
      { kind: 'named' },
      { kind: 'not-named', why: 'x' },
      { kind: 'deployed' },
      { kind: 'deploy-failed', why: 'x' },
      { kind: 'rolled-back', ok: true },
      { kind: 'rolled-back', ok: false, why: 'x' },
      { kind: 'interrupted' },
      green,
      red,
      { ...red, runs: 'previous' },
    ),
  )
  const start = fc.record({
    kind: fc.constantFrom('deploy' as const, 'rollback' as const),
    onRed: fc.constantFrom('rollback' as const, 'ask' as const, 'never' as const),
  })

  it('enters each command once at most, whatever is reported and however often it is killed', () => {
    fc.assert(
      fc.property(start, fc.array(report, { maxLength: 30 }), ({ kind, onRed }, reports) => {
        let now = 1
        let at = begun(kind === 'rollback' ? { kind, onRed, previous: { sha: 'old' } } : { kind, onRed })
        const entered = new Map<string, number>([[at.step, 1]])
        for (const one of reports) {
          const next = advanceDeployment(at, one, ++now)
          if (at.endedAt !== undefined) expect(next).toEqual(at)
          if (next.step !== at.step) entered.set(next.step, (entered.get(next.step) ?? 0) + 1)
          // Named once, before it is started; whatever is reported later changes nothing about it.
          if (at.step !== 'naming') expect(next.previous).toEqual(at.previous)
          at = next
        }
        for (const count of entered.values()) expect(count).toBe(1)
        if (entered.has('rolling-back')) expect(hasPrevious(at)).toBe(true)
        expect(actOf(at) === undefined).toBe(at.endedAt !== undefined)
      }),
    )
  })

  it('comes to an end when every command is answered, and the environment is free again', () => {
    const answer = fc.record({ ok: fc.boolean(), kill: fc.boolean(), previous: fc.boolean() })
    fc.assert(
      fc.property(start, fc.array(answer, { minLength: 6, maxLength: 6 }), ({ kind, onRed }, answers) => {
        let at = begun(kind === 'rollback' ? { kind, onRed, previous: { sha: 'old' } } : { kind, onRed })
        const before: KnownEnvironment = { ...newEnvironment('q', 'production'), epoch: 1, holder: 'd1' }
        for (const { ok, kill, previous } of answers) {
          const act = actOf(at)
          if (act === undefined) break
          const isCheck = act === 'check' || act === 'check-rollback'
          // A kill in the middle of a check, or before a name is known, has it done again: neither changes anything.
          if (kill && act !== 'name' && !isCheck) at = advanceDeployment(at, { kind: 'interrupted' }, 9)
          else if (act === 'name')
            at = advanceDeployment(at, ok ? (previous ? named : { kind: 'named' }) : { kind: 'not-named', why: 'x' }, 9)
          else if (act === 'deploy')
            at = advanceDeployment(at, ok ? { kind: 'deployed' } : { kind: 'deploy-failed', why: 'x' }, 9)
          else if (act === 'roll-back') at = advanceDeployment(at, { kind: 'rolled-back', ok }, 9)
          else at = advanceDeployment(at, { kind: 'checked', ok, ...(previous && { runs: 'previous' }) }, 9)
        }
        expect(at.endedAt).toBe(9)
        const after = settleEnvironment(before, at, 10)
        expect(after.holder).toBeUndefined()
        expect(after.locked !== undefined).toBe(at.step === 'lost')
        // What is said to run well is known to be good.
        if (after.runs && !after.isRed) expect(after.good.at(-1)).toEqual(after.runs)
      }),
    )
  })
})

describe('an environment', () => {
  const live = (environment: KnownEnvironment, sha: string, id: string) =>
    settleEnvironment({ ...environment, holder: id }, begun({ id, sha, step: 'live', endedAt: 1 }), 1)

  it('knows what it goes back to: the release before, or from a red one the last good one', () => {
    const none = newEnvironment('q', 'production')
    expect(rollbackTarget(none)).toBeUndefined()
    const one = live(none, 'a', 'd1')
    expect(rollbackTarget(one)).toBeUndefined()
    const two = live(one, 'b', 'd2')
    expect(rollbackTarget(two)?.sha).toBe('a')
    const again = live(two, 'b', 'd3')
    expect(rollbackTarget(again)?.sha).toBe('a')
    const broken = settleEnvironment(
      { ...two, holder: 'd4' },
      begun({ id: 'd4', sha: 'c', step: 'red', endedAt: 2 }),
      2,
    )
    expect(broken).toMatchObject({ isRed: true, runs: { sha: 'c' } })
    expect(rollbackTarget(broken)?.sha).toBe('b')
    const back = settleEnvironment(
      { ...broken, holder: 'd5' },
      begun({ id: 'd5', kind: 'rollback', sha: 'b', step: 'rolled-back', previous: { sha: 'b' }, endedAt: 3 }),
      3,
    )
    expect(back).toMatchObject({ runs: { sha: 'b', since: 3 }, missing: { sha: 'c' } })
    expect(back.isRed).toBeUndefined()
    // Going back once more does not come to what was left behind.
    expect(rollbackTarget(back)?.sha).toBe('a')
  })

  it('says what should run there and does not, until it is true again', () => {
    const one = live(newEnvironment('q', 'production'), 'a', 'd1')
    const kept = settleEnvironment(
      { ...one, holder: 'd2' },
      begun({ id: 'd2', sha: 'b', step: 'kept', why: 'exit 1', endedAt: 5 }),
      5,
    )
    expect(kept).toMatchObject({ runs: { sha: 'a' }, missing: { sha: 'b', since: 5, why: 'exit 1' } })
    expect(live(kept, 'b', 'd3').missing).toBeUndefined()
  })

  it('hears nothing from a deployment that does not have it', () => {
    const held: KnownEnvironment = { ...newEnvironment('q', 'production'), holder: 'd2' }
    expect(settleEnvironment(held, begun({ id: 'd1', step: 'live', endedAt: 1 }), 1)).toBe(held)
  })
})
