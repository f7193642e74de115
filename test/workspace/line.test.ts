import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Landing } from '../../src/core/types.ts'
import { locate } from '../../src/git/repository.ts'
import type { Candidate } from '../../src/workspace/merge-line/chain.ts'
import type { Round } from '../../src/workspace/merge-line/checked.ts'
import { createLandedTasks } from '../../src/workspace/merge-line/landed.ts'
import { createMergeLine, type LinePorts } from '../../src/workspace/merge-line/merge-line.ts'
import { newRepository, type Playground } from '../git/support/playground.ts'
import { sampleTask } from '../support/samples.ts'

const BRANCH = 'baton/run/merged'
const never = new AbortController().signal
const check = { check: { name: 'check', command: 'check', timeoutMs: 0 }, isOwn: false }
const roundOf = (ok: boolean): Round => ({
  ok,
  ran: [check],
  results: [{ name: 'check', command: 'check', ok, durationMs: 1, output: ok ? '' : 'it is red' }],
})

/** Commits that change files, each on a branch of its own from where the line begins. */
function commitOf(user: Playground, number: number, files: Record<string, string>) {
  user.git('checkout', '-q', '-b', `task-${number}`, 'main')
  for (const [path, content] of Object.entries(files)) user.write(path, content)
  user.git('add', '-A')
  user.git('commit', '-q', '-m', `Task ${number}`)
  const work = user.git('rev-parse', 'HEAD').trim()
  user.git('checkout', '-q', 'main')
  return {
    task: sampleTask({ id: `task${number}`, number, spec: { title: `Task ${number}` } }),
    work,
    message: `Task ${number}\n`,
  }
}

/** A line whose checks are red for a tree in which `isRed` finds something. */
async function lineWorld(isRed: (files: string[], times: number) => boolean = () => false) {
  const user = newRepository()
  user.git('branch', BRANCH)
  const located = await locate(user.root)
  if ('reason' in located) throw new Error(located.reason)
  const kept = new Map<string, unknown>()
  const meta = {
    get: <T>(key: string) => kept.get(key) as T | undefined,
    set: (key: string, value: unknown) => void kept.set(key, value),
  }
  const landed = createLandedTasks(located.repository, meta, 'main')
  const rounds: string[] = []
  const returned: number[] = []
  const known = new Map<string, Round>()
  const run = (commit: string): Round => {
    const files = user.git('ls-tree', '-r', '--name-only', commit).trim().split('\n')
    const key = files.join()
    rounds.push(commit)
    const round = roundOf(!isRed(files, rounds.length))
    if (round.ok) known.set(key, round)
    return round
  }
  const checkOnce = (commit: string) =>
    known.get(user.git('ls-tree', '-r', '--name-only', commit).trim().split('\n').join()) ?? run(commit)
  const ports: LinePorts = {
    repository: located.repository,
    branch: BRANCH,
    method: 'squash',
    advance: landed.advance,
    check: async ({ commit }) => checkOnce(commit),
    checkBase: async (commit) => checkOnce(commit),
    again: async ({ commit }) => run(commit),
    giveBack: async ({ number }) => void returned.push(number),
    landedSince: async () => [],
  }
  const line = createMergeLine(ports)
  const land = (candidates: ReturnType<typeof commitOf>[], signals: AbortSignal[] = []): Promise<Landing[]> =>
    Promise.all(candidates.map((one, index) => line.land(one, signals[index] ?? never)))
  const log = () => user.git('log', '--format=%s', '--reverse', BRANCH).trim().split('\n')
  return { user, ports, line, land, log, rounds, returned, landed, meta }
}

const eight = (user: Playground, culprit?: number) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((number) =>
    commitOf(user, number, { [number === culprit ? 'bad' : `${number}.txt`]: 'x\n' }),
  )

describe('a line of candidates', () => {
  it('is combined, checked once and landed in order; the commit that was checked is the one that lands', async () => {
    const { user, land, log, rounds } = await lineWorld()
    const landings = await land(eight(user))
    expect(landings.map(({ kind }) => kind)).toEqual(Array(8).fill('landed'))
    expect(rounds).toEqual([user.git('rev-parse', BRANCH).trim()])
    expect(log()).toEqual(['first', ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `Task ${number}`)])
    expect(landings.map((landing) => landing.kind === 'landed' && landing.commit)).toEqual(
      user.git('rev-list', '--reverse', BRANCH).trim().split('\n').slice(1),
    )
  })

  it('lands who waits longest first, in whichever order their work comes', async () => {
    const { user, line, log } = await lineWorld()
    const waiting = [1, 2, 3].map((number) => commitOf(user, number, { 'same.txt': `${number}\n` }))
    for (const [index, since] of [30, 10, 10].entries()) waiting[index]!.task.mergingSince = since
    const [one, two, three] = waiting as [Candidate, Candidate, Candidate]
    const [kind1, kind3, kind2] = await Promise.all([one, three, two].map((candidate) => line.land(candidate, never)))
    // All three want the same file: the one that is first gets it.
    expect([kind1?.kind, kind2?.kind, kind3?.kind]).toEqual(['returned', 'landed', 'returned'])
    expect(log()).toEqual(['first', 'Task 2'])
  })

  it('makes the same commits of the same work each time, in whichever order that comes', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 27), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { user, ports, land } = await lineWorld()
    const first = user.git('rev-parse', 'main').trim()
    const ready = [1, 2, 3].map((number) =>
      commitOf(user, number, { [number === 3 ? '1.txt' : `${number}.txt`]: `${number}\n` }),
    )
    const landed = async (again: Promise<Landing[]>) => {
      const kinds = (await again).map(({ kind }) => kind)
      return { kinds, commits: user.git('rev-list', BRANCH) }
    }
    const once = await landed(land(ready))
    expect(once.kinds).toEqual(['landed', 'landed', 'returned'])
    user.git('branch', '-f', BRANCH, first)
    const line = createMergeLine(ports)
    const twice = await landed(Promise.all(ready.toReversed().map((one) => line.land(one, never))))
    expect(twice).toEqual({ kinds: once.kinds.toReversed(), commits: once.commits })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'with culprit %i of eight finds it in few rounds, and throws no innocent out',
    async (culprit) => {
      const { user, land, log, rounds, returned } = await lineWorld((files) => files.includes('bad'))
      // What landed last is known to be good.
      await land([commitOf(user, 9, { '9.txt': 'x\n' })])
      rounds.splice(0)
      const landings = await land(eight(user, culprit))
      expect(returned).toEqual([culprit])
      expect(landings[culprit - 1]).toMatchObject({
        kind: 'returned',
        why: 'red',
        words: expect.stringMatching(/it is red/),
      })
      expect(log()).toHaveLength(9)
      // All at once, three halves, and those without the culprit; or, of the last one, what failed once more.
      expect(rounds.length).toBeLessThanOrEqual(1 + 3 + 1)
    },
  )

  it('blames nobody for a conflict with a candidate that does not land', async () => {
    const { user, land, returned } = await lineWorld((files) => files.includes('bad'))
    const landings = await land([
      commitOf(user, 1, { 'a.txt': 'one\n', bad: '' }),
      commitOf(user, 2, { 'a.txt': 'two\n' }),
    ])
    expect(returned).toEqual([1])
    expect(landings).toMatchObject([{ kind: 'returned', why: 'red' }, { kind: 'landed' }])
  })

  it('sends back what conflicts with what landed, and lands the others', async () => {
    const { user, land, log } = await lineWorld()
    const candidates = [
      commitOf(user, 1, { 'a.txt': 'one\n' }),
      commitOf(user, 2, { 'a.txt': 'two\n' }),
      commitOf(user, 3, { 'b.txt': 'three\n' }),
    ]
    expect(await land(candidates)).toMatchObject([
      { kind: 'landed' },
      { kind: 'returned', why: 'conflict', words: expect.stringMatching(/- a\.txt/) },
      { kind: 'landed' },
    ])
    expect(log()).toEqual(['first', 'Task 1', 'Task 3'])
  })

  it('lands what a check failed for that passes when it is run again, and says so', async () => {
    const { user, land } = await lineWorld((files, times) => files.includes('2.txt') && times < 4)
    const landings = await land(eight(user).slice(0, 2))
    expect(landings).toMatchObject([
      {
        kind: 'landed',
        notes: [expect.stringMatching(/^Flaky: check/)],
        findings: [{ kind: 'flaky-check', weight: 'tell', text: expect.stringMatching(/^Flaky: check/) }],
      },
      { kind: 'landed' },
    ])
  })

  it('blames nobody where the branch itself is red', async () => {
    const { user, land, returned, log } = await lineWorld(() => true)
    expect(await land(eight(user).slice(0, 3))).toMatchObject(Array(3).fill({ kind: 'blocked' }))
    expect(returned).toEqual([])
    expect(log()).toEqual(['first'])
  })

  it('begins again on the new tip when the branch moves meanwhile', async () => {
    const world = await lineWorld()
    const { user, ports } = world
    const [one, theirs] = [commitOf(user, 1, { 'one.txt': 'x' }), commitOf(user, 2, { 'theirs.txt': 'x' })]
    let isMoved = false
    const line = createMergeLine({
      ...ports,
      check: async (target, ...more) => {
        if (!isMoved) user.git('branch', '-f', BRANCH, theirs.work)
        isMoved = true
        return ports.check(target, ...more)
      },
    })
    expect(await line.land(one, never)).toMatchObject({ kind: 'landed' })
    expect(world.log()).toEqual(['first', 'Task 2', 'Task 1'])
  })

  it('never moves a branch that is checked out', async () => {
    const { user, land } = await lineWorld()
    const candidates = eight(user).slice(0, 1)
    user.git('checkout', '-q', BRANCH)
    expect(await land(candidates)).toMatchObject([{ kind: 'blocked', words: expect.stringMatching(/checked out in/) }])
    user.git('checkout', '-q', 'main')
    expect(await land(candidates)).toMatchObject([{ kind: 'landed' }])
  })

  it('goes on without one that was interrupted', async () => {
    const world = await lineWorld()
    const stopping = new AbortController()
    const line = createMergeLine({
      ...world.ports,
      check: async (target, tasks, signal) => {
        if (tasks.length === 2) stopping.abort()
        signal.throwIfAborted()
        return world.ports.check(target, tasks, signal)
      },
    })
    const [one, two] = eight(world.user) as [ReturnType<typeof commitOf>, ReturnType<typeof commitOf>]
    expect(await Promise.all([line.land(one, stopping.signal), line.land(two, never)])).toMatchObject([
      { kind: 'blocked', words: expect.stringMatching(/Interrupted/) },
      { kind: 'landed' },
    ])
  })
})
