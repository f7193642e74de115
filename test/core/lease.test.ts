import { expect, it } from 'vitest'
import type { RunLease } from '../../src/core/types.ts'
import { createHouse, type House, planned } from './house.ts'

const offered = (): House => {
  const house = createHouse()
  const lease = { offer: 'o', fence: 1 }
  house.act({ type: 'start', tasks: [planned(1), planned(2)], files: ['a.md'], autoApprove: true, lease })
  return house
}
const runOf = ({ state }: House) => [...state.runs.values()].at(-1) as NonNullable<ReturnType<typeof state.runs.get>>
const lease = (house: House, state: RunLease['state'], fence = 1, offer = 'o') =>
  house.give({ type: 'lease', runId: runOf(house).id, lease: { offer, fence, state }, why: `now ${state}` })

it('an offered run is worked on while its lease is held, and continues in its session when it is held again', () => {
  const house = offered()
  house.begin()
  expect(house.next()).toMatchObject({ do: 'work' })
  lease(house, 'waits')
  // Its process must end before anything else may happen.
  expect(house.next()).toMatchObject({ do: 'wait', why: 'ending' })
  house.end({ kind: 'interrupted' })
  expect(house.next()).toMatchObject({ do: 'wait', why: 'lease' })
  lease(house, 'held', 2)
  const step = house.next()
  expect(step).toMatchObject({ do: 'work', task: { number: 1, continuation: { reason: 'interrupted' } } })
  expect(house.events.filter(({ type }) => type === 'note').map(({ text }) => text)).toEqual(['now waits', 'now held'])
})

it('after a start nobody knows whether it still holds', () => {
  const house = offered()
  house.begin()
  house.give({ type: 'boot' })
  expect(runOf(house).lease).toMatchObject({ state: 'waits' })
  expect(house.next()).toMatchObject({ do: 'wait', why: 'lease' })
})

it('a run that another machine took over has ended here for good', () => {
  const house = offered()
  house.begin()
  lease(house, 'lost')
  house.end({ kind: 'interrupted' })
  expect(runOf(house)).toMatchObject({ state: 'stopped', reason: 'now lost', lease: { state: 'lost' } })
  for (const act of ['resume', 'retry'] as const) expect(house.act({ type: act }).reply).toMatchObject({ ok: false })
  expect(house.act({ type: 'retry', task: 1 }).reply?.text).toContain('another machine took over')
  // Nor does an answer that was on its way bring it back.
  lease(house, 'held', 3)
  expect(runOf(house)).toMatchObject({ state: 'stopped', lease: { fence: 1, state: 'lost' } })
  expect(house.next()).toEqual({ do: 'rest' })
})

it('what an older fence, or one of another run, says is void', () => {
  const house = offered()
  lease(house, 'held', 4)
  lease(house, 'lost', 3)
  lease(house, 'lost', 9, 'other')
  expect(runOf(house)).toMatchObject({ state: 'open', lease: { fence: 4, state: 'held' } })
})

it('once its end was reported, a run belongs to this machine alone', () => {
  const house = offered()
  house.act({ type: 'stop' })
  lease(house, 'over')
  expect(house.act({ type: 'resume' }).reply).toMatchObject({ ok: true })
  expect(house.next()).toMatchObject({ do: 'work' })
})

/** Another machine had it and is gone: a run here carries the ask, and another one of the queue is running. */
const stranded = () => {
  const house = createHouse()
  const gone = { machine: 'alpha', since: '14:02', here: 'beta' }
  const lease = { offer: 'o', fence: 1, gone }
  house.act({ type: 'start', tasks: [planned(1)], files: ['a.md'], autoApprove: true, lease })
  house.act({ type: 'start', tasks: [planned(2)], files: ['b.md'], autoApprove: true })
  house.begin()
  const [asked, own] = [...house.state.runs.values()]
  return { house, asked: asked?.id ?? '', own: own?.id ?? '' }
}

it('a run of a machine that is gone stands in nobody’s way, and with a yes comes after what is there', () => {
  const { house, asked, own } = stranded()
  expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  expect(house.act({ type: 'approve', target: {} }).reply).toMatchObject({ ok: true })
  const seqOf = (id: string) => house.state.runs.get(id)?.seq ?? 0
  expect(house.state.runs.get(asked)?.lease).toMatchObject({ state: 'wanted' })
  expect(seqOf(asked)).toBeGreaterThan(seqOf(own))
  // The running task keeps its place when this one may be worked on.
  house.give({ type: 'lease', runId: asked, lease: { offer: 'o', fence: 2, state: 'held' } })
  expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  house.end({ kind: 'done', result: 'Done.' })
  expect(house.next()).toMatchObject({ task: { number: 2 } })
})

it('what was decided meanwhile about a run of a machine that is gone is not undone by what was seen before', () => {
  const { house, asked } = stranded()
  house.act({ type: 'approve', target: {} })
  house.give({ type: 'lease', runId: asked, lease: { offer: 'o', fence: 1, state: 'lost' }, from: 'asked' })
  expect(house.state.runs.get(asked)).toMatchObject({ state: 'open', lease: { state: 'wanted' } })
})

it('a run of a machine that is gone is stopped with a no, and by a new run from the terminal left to be decided', () => {
  const { house, asked } = stranded()
  house.act({ type: 'start', tasks: [planned(3)], files: ['c.md'], autoApprove: true, supersede: true })
  expect(house.state.runs.get(asked)).toMatchObject({ state: 'open', lease: { state: 'asked' } })
  house.act({ type: 'reject', target: {} })
  expect(house.state.runs.get(asked)).toMatchObject({ state: 'stopped', lease: { state: 'refused' } })
})

it('what a machine before this one has pushed is done, and what depends on it may start', () => {
  const house = createHouse()
  const before = { branch: 'baton/a/merged', commit: 'c'.repeat(40), done: [1] }
  const lease = { offer: 'o', fence: 2, before }
  const tasks = [planned(1), { ...planned(2), dependsOn: [1] }]
  house.act({ type: 'start', tasks, files: ['a.md'], autoApprove: true, lease })
  expect([...house.state.tasks.values()].map(({ phase }) => phase)).toEqual(['done', 'ready'])
  expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
  expect(house.events.filter(({ type }) => type === 'note').map(({ text }) => text)).toEqual([
    'This run starts from baton/a/merged at cccccccc, as another machine pushed it. 1 task of it is done there.',
  ])
  // It is kept over what becomes of the lease later.
  house.give({ type: 'lease', runId: runOf(house).id, lease: { offer: 'o', fence: 2, state: 'waits' } })
  expect(runOf(house).lease).toMatchObject({ state: 'waits', before })
})

it('a run whose tasks were all pushed has ended', () => {
  const house = createHouse()
  const gone = { machine: 'alpha', since: '14:02', here: 'beta' }
  house.act({
    type: 'start',
    tasks: [planned(1)],
    files: ['a.md'],
    autoApprove: true,
    lease: { offer: 'o', fence: 1, gone },
  })
  house.act({ type: 'approve', target: {} })
  // Its task has its turn before it is known what was pushed.
  house.give({ type: 'lease', runId: runOf(house).id, lease: { offer: 'o', fence: 1, state: 'waits' } })
  expect(house.next()).toMatchObject({ do: 'wait', why: 'lease' })
  const before = { branch: 'b', commit: 'c'.repeat(40), done: [1] }
  house.give({ type: 'lease', runId: runOf(house).id, lease: { offer: 'o', fence: 2, state: 'held', before } })
  expect(runOf(house)).toMatchObject({ state: 'done' })
})
