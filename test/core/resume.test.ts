import { describe, expect, it } from 'vitest'
import type { Actor } from '../../src/core/types.ts'
import { createHouse, planned } from './house.ts'

const ROOT: Actor = { surface: 'terminal', id: 'root', name: 'root' }
const marked = { requiresApproval: true }
const resumeApproved = { type: 'resume', autoApprove: true } as const

describe('a run that is resumed without approvals', () => {
  it('passes the approval that it asked for already, by whom that was said, and asks for none later', () => {
    const house = createHouse()
    house.start([planned(1, marked), planned(2, marked)])
    expect(house.openAsks()).toMatchObject([{ kind: 'approval', task: 1 }])
    expect(house.act(resumeApproved, ROOT).reply).toMatchObject({ ok: true })
    expect(house.openAsks()).toEqual([])
    expect([...house.state.asks.values()]).toMatchObject([
      { state: 'answered', answer: { choice: 'approve', by: ROOT } },
    ])
    for (const number of [1, 2]) {
      house.begin()
      house.end({ kind: 'done' })
      house.give({ type: 'marked', taskId: house.task(number).id })
    }
    expect(house.openAsks()).toEqual([])
  })

  it('does so, too, where it was stopped meanwhile', () => {
    const house = createHouse()
    house.start([planned(1, marked)])
    house.act({ type: 'stop' })
    house.act(resumeApproved, ROOT)
    expect(house.openAsks()).toEqual([])
    expect(house.next()).toMatchObject({ do: 'work' })
  })

  it('gives the permission that Claude waits for', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.begin()
    house.ask()
    house.act(resumeApproved, ROOT)
    expect([...house.state.asks.values()]).toMatchObject([
      { kind: 'permission', answer: { choice: 'allow', by: ROOT } },
    ])
  })

  it('has a question answered by nobody only where nobody is there', () => {
    const questions = (attended: boolean) => {
      const house = createHouse({ attended })
      house.start([planned(1)])
      house.begin()
      house.ask({ kind: 'question' })
      house.act(resumeApproved, ROOT)
      return house.openAsks().length
    }
    expect([questions(true), questions(false)]).toEqual([1, 0])
  })

  it('still waits for a role, and for what to do about a failure', () => {
    const withRole = createHouse({ roles: { members: { ops: ['telegram:42'] }, people: [] } })
    withRole.start([planned(1, { role: 'ops' })])
    withRole.act(resumeApproved, ROOT)
    expect(withRole.openAsks()).toMatchObject([{ kind: 'approval', deciders: { roles: ['ops'] } }])
    const failed = createHouse()
    failed.start([planned(1)])
    failed.begin()
    failed.end({ kind: 'failed' })
    failed.act(resumeApproved, ROOT)
    expect(failed.openAsks()).toMatchObject([{ kind: 'failure' }])
  })

  it('is refused where answers come from the phone alone', () => {
    const house = createHouse({
      approval: { mode: 'all', auto: [], review: 'never', checkpointAfter: [], from: 'phone' },
    })
    house.start([planned(1)])
    expect(house.act(resumeApproved, ROOT).reply).toMatchObject({ ok: false, code: 'not-possible' })
    expect(house.openAsks()).toHaveLength(1)
    expect(house.act({ type: 'resume' }, ROOT).reply).toMatchObject({ ok: true })
  })
})
