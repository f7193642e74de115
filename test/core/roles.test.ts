import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overHttp } from '../../src/core/actors.ts'
import { decidersText } from '../../src/core/asks/deciders.ts'
import { areDifferent, readMember, rolesOf } from '../../src/core/roles.ts'
import type { Actor, Policy } from '../../src/core/types.ts'
import { ANNA, createHouse, planned } from './house.ts'

const BEN: Actor = { surface: 'telegram', id: '42', name: 'Ben' }
const CLEO: Actor = { surface: 'slack', id: 'U7', name: 'Cleo' }
const DORA: Actor = { surface: 'discord', id: '9', name: 'Dora', groups: ['discord-role:900'] }
const ANYBODY: Actor = { surface: 'http', id: 'dashboard', name: 'dashboard' }
const MEMBERS = {
  ops: ['telegram:4711', 'telegram:42', 'slack:U7', 'discord-role:900', 'github:anna', 'dashboard'],
  nobody: [],
}
const roles = (people: NonNullable<Policy['roles']>['people'] = []) => ({ members: MEMBERS, people })

describe('the roles of somebody', () => {
  it('come from their account, their groups, or the link that they opened the dashboard by', () => {
    const held = (actor: Actor) => rolesOf(roles(), actor)
    for (const actor of [ANNA, CLEO, DORA, ANYBODY, overHttp(ANNA)]) expect(held(actor)).toEqual(['ops'])
    expect(held({ surface: 'github', id: '1', name: 'Anna' })).toEqual(['ops'])
    const strangers: Actor[] = [
      { surface: 'slack', id: '4711', name: 'Anna' },
      { surface: 'telegram', id: '1', name: '4711' },
      { surface: 'discord', id: '10', name: 'Dora' },
      { surface: 'http', id: 'api', name: 'API' },
      { surface: 'terminal', id: 'dashboard', name: 'dashboard' },
      { surface: 'baton', id: 'dashboard', name: 'Baton' },
      // What a chat calls a group must not pass for one of another platform.
      { surface: 'github', id: 'x', name: 'discord-role:900' },
    ]
    for (const actor of strangers) expect(held(actor)).toEqual([])
  })

  it('are given to accounts by id, never by name', () => {
    expect(readMember('github:Anna')).toBe('github:anna')
    for (const wrong of [
      'anna',
      'telegram:@anna',
      'telegram:',
      'slack:anna',
      'discord-role:ops',
      '@anna',
      'baton',
      'schedule',
    ])
      expect(readMember(wrong)).toBeUndefined()
  })
})

describe('two actors', () => {
  it('are two people only where that is certain', () => {
    const people = [
      { accounts: [{ surface: 'telegram' as const, id: '4711' }], logins: ['github:anna'], hears: 'telegram' as const },
      { accounts: [{ surface: 'telegram' as const, id: '42' }], hears: 'telegram' as const },
    ]
    const anna: Actor = { surface: 'github', id: '1', name: 'Anna' }
    expect(areDifferent(people, ANNA, anna)).toBe('same')
    expect(areDifferent(people, BEN, anna)).toBe('different')
    expect(areDifferent([], BEN, anna)).toBe('unknown')
    expect(areDifferent([], ANNA, BEN)).toBe('different')
    expect(areDifferent([], ANNA, overHttp(ANNA))).toBe('same')
    expect(areDifferent(people, ANNA, ANYBODY)).toBe('unknown')
  })

  it('compare the same both ways, and nobody differs from themselves', () => {
    const actor = fc.constantFrom(ANNA, BEN, CLEO, DORA, ANYBODY, overHttp(BEN))
    fc.assert(
      fc.property(actor, actor, (a, b) => {
        expect(areDifferent([], a, b)).toBe(areDifferent([], b, a))
        expect(areDifferent([], a, a)).not.toBe('different')
      }),
    )
  })
})

describe('an approval that a role gives', () => {
  const withRole = (policy: Partial<Policy> = {}) => {
    const house = createHouse({ roles: roles(), ...policy })
    house.start([planned(1, { role: 'ops' })], true)
    return house
  }

  it('is asked for whatever else the configuration or the start says', () => {
    const house = withRole({ approval: { mode: 'none', auto: [], review: 'never', checkpointAfter: [] } })
    expect(house.openAsks()[0]).toMatchObject({ kind: 'approval', deciders: { roles: ['ops'], count: 1 } })
  })

  it('is refused from anybody else, on every way to decide, and the refusal says who may', () => {
    const house = withRole()
    const stranger: Actor = { surface: 'telegram', id: '1', name: 'Eve' }
    const ask = house.openAsks()[0]
    const target = { askId: ask?.id as string, hash: ask?.hash as string }
    for (const command of [
      { type: 'approve' as const, target },
      { type: 'words' as const, target, text: 'yes' },
      { type: 'answer' as const, target, choice: 'approve' as const },
      { type: 'answer' as const, target, choice: 'skip' as const },
      { type: 'reject' as const, target },
    ]) {
      const { reply } = house.act(command, stranger)
      expect(reply).toMatchObject({ ok: false, code: 'not-allowed' })
      expect(reply?.text).toContain('Only ops (telegram:4711, telegram:42')
      expect(reply?.text).toContain('Eve (Telegram)')
    }
    expect(house.openAsks()).toHaveLength(1)
    expect(house.act({ type: 'approve', target }).reply).toMatchObject({ ok: true })
    expect(house.next()).toMatchObject({ do: 'work' })
  })

  it('is said to be that of people by their names, where they have one', () => {
    const anna = { name: 'anna', accounts: [{ surface: 'telegram' as const, id: '4711' }], logins: ['github:anna'] }
    const house = createHouse({
      roles: { ...roles([anna]), members: { ops: ['telegram:4711', 'github:anna', 'telegram:42'] } },
    })
    house.start([planned(1, { role: 'ops' })], true)
    const eve: Actor = { surface: 'slack', id: 'UEVE', name: 'Eve' }
    expect(house.act({ type: 'approve', target: {} }, eve).reply?.text).toBe(
      'Only ops (anna, telegram:42) may decide this. You are Eve (Slack).',
    )
  })

  it('is given by nobody where the role has no members, or does not exist', () => {
    for (const role of ['nobody', 'unheard-of']) {
      const house = createHouse({ roles: roles() })
      house.start([planned(1, { role })])
      expect(house.openAsks()[0]?.text).toContain(`Nobody has the role ${role}, so nobody can approve this`)
      expect(house.act({ type: 'approve', target: {} }).reply).toMatchObject({ code: 'not-allowed' })
      expect(house.act({ type: 'skip' }).reply).toMatchObject({ ok: true })
    }
    const house = createHouse({ roles: roles() })
    house.start([planned(1, { role: 'ops' })])
    expect(house.openAsks()[0]?.text).not.toContain('Nobody has')
  })
})

describe('several approvals', () => {
  const asking = (count: number, requester?: Actor, people?: NonNullable<Policy['roles']>['people']) => {
    const house = createHouse({ roles: roles(people) })
    house.start([planned(1, { role: 'ops' })])
    const ask = house.openAsks()[0]
    if (!ask) throw new Error('nothing is asked')
    const deciders = { roles: ['ops'], count, ...(requester && { requester }) }
    house.state.asks.get(ask.id)
    Object.assign(ask, { deciders })
    return { house, approve: (by: Actor) => house.act({ type: 'approve', target: {} }, by).reply }
  }

  it('come from different people, each once', () => {
    const { house, approve } = asking(2)
    expect(approve(ANNA)).toMatchObject({ ok: true, text: 'Approved. 1 more approval is needed.' })
    expect(house.events.at(-1)).toMatchObject({ type: 'ask.approved' })
    const [open] = house.openAsks()
    expect(open && decidersText(open)).toBe('To be decided by ops (2 people). Approved so far by Anna (Telegram).')
    expect(approve(ANNA)).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(approve(overHttp(ANNA))).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(approve(ANYBODY)?.text).toContain('cannot tell whether')
    expect(approve(CLEO)?.text).toContain('cannot tell whether')
    expect(approve(BEN)).toMatchObject({ ok: true })
    expect(house.openAsks()).toHaveLength(0)
    expect(house.events.find(({ type }) => type === 'ask.answered')?.text).toBe(
      'Approved by Anna (Telegram) and Ben (Telegram)',
    )
  })

  it('are all void once one refuses', () => {
    const { house, approve } = asking(2)
    approve(ANNA)
    expect(house.act({ type: 'reject', target: {} }, BEN).reply).toMatchObject({ ok: true })
    expect(house.task(1).phase).toBe('skipped')
  })

  it('do not come from whoever wants it, who may take it back', () => {
    const { house, approve } = asking(1, ANNA)
    expect(approve(ANNA)?.text).toContain('somebody else approves it')
    expect(approve(overHttp(ANNA))).toMatchObject({ code: 'not-allowed' })
    expect(house.act({ type: 'reject', target: {} }).reply).toMatchObject({ ok: true })
  })

  it('are one more where it is not certain that whoever wants it is not among them', () => {
    const pusher: Actor = { surface: 'github', id: '5', name: 'somebody' }
    const { house, approve } = asking(1, pusher)
    expect(approve(ANNA)?.text).toContain('cannot tell whether somebody (GitHub)')
    expect(house.task(1).phase).toBe('approval')
    expect(approve(BEN)).toMatchObject({ ok: true })
    expect(house.task(1).phase).not.toBe('approval')
  })
})
