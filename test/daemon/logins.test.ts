import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Input } from '../../src/core/inputs.ts'
import { turns } from '../../src/core/next.ts'
import type { OutcomeKind } from '../../src/core/types.ts'
import { joinLogins, sharesLogin } from '../../src/daemon/queue/logins.ts'
import { createHouse, planned } from '../core/house.ts'

/** Projects as the dispatchers of one process: each input is decided at once, and whoever listens hears of it. */
function projectsOf(commands: Record<string, string>) {
  const named = Object.entries(commands).map(([name, command]) => ({ name, claude: { command } as never }))
  const houses = named.map((project) => {
    const house = createHouse({ lanes: 2, workspace: 'worktree', sharesLogin: sharesLogin(named, project) })
    const listeners = new Set<(events: never[]) => void>()
    const give = (input: Input) => {
      const decided = house.give(input)
      if (decided.changes.length > 0) for (const tell of listeners) tell([])
      return decided
    }
    const onCommit = (tell: (events: never[]) => void) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    }
    const attempt = (number: number) =>
      [...house.state.attempts.values()].find(({ taskId }) => taskId === house.task(number).id)?.id ?? 'none'
    return {
      name: project.name,
      house,
      dispatcher: { state: () => house.state, record: async (input: Input) => give(input), onCommit },
      give,
      begin: (number: number) => {
        const id = house.task(number).attemptId ?? `${project.name}-${number}`
        const files = { cwd: '/', logFile: '', rawFile: '' }
        give({ type: 'claimed', taskId: house.task(number).id, attempt: { id, sessionId: id, ...files } })
        return id
      },
      end: (number: number, kind: OutcomeKind, more: object = {}) =>
        give({ type: 'ended', attemptId: attempt(number), outcome: { kind, text: kind, ...more } }),
      answer: (choice: 'retry' | 'stop') => {
        const askId = house.openAsks()[0]?.id ?? 'none'
        give({ type: 'command', command: { type: 'answer', target: { askId }, choice }, by: ANNA })
      },
      work: () => turns(house.state, house.now).flatMap(({ task, step }) => (step.do === 'work' ? [task.number] : [])),
    }
  })
  let now = houses[0]?.house.now ?? 0
  joinLogins(named, new Map(houses.map(({ name, dispatcher }) => [name, dispatcher])), {
    now: () => now,
    onError: (error) => {
      throw error
    },
  })
  for (const { give } of houses)
    give({
      type: 'command',
      command: { type: 'start', tasks: [planned(1), planned(2)], files: [], autoApprove: false },
      by: ANNA,
    })
  return {
    houses,
    pass: (to: number) => {
      now = to
      for (const { house, give } of houses) {
        house.now = to
        give({ type: 'tick' })
      }
    },
    now: () => now,
    work: () => houses.map(({ work }) => work().join()),
  }
}

const ANNA = { surface: 'telegram', id: '4711', name: 'Anna' } as const

describe('projects that share a login', () => {
  it('all wait for a limit that one of them met, and one task of one of them goes first after it', async () => {
    const world = projectsOf({ a: 'claude', b: 'claude', c: 'claude-of-another' })
    const [a, b] = world.houses
    if (!a || !b) throw new Error('no projects')
    a.begin(1)
    const resetsAt = world.now() + 60_000
    a.end(1, 'limit', { resetsAt })
    await setImmediate()
    expect(world.work()).toEqual(['', '', '1,2'])
    expect(b.house.events.map(({ type }) => type)).not.toContain('queue.held')
    world.pass(resetsAt + 2_000)
    await setImmediate()
    expect(world.work()).toEqual(['1', '', '1,2'])
    // Still refused: all wait again, and then one goes first again.
    a.begin(1)
    a.end(1, 'limit', { resetsAt: resetsAt + 60_000 })
    await setImmediate()
    expect(world.work().slice(0, 2)).toEqual(['', ''])
    world.pass(resetsAt + 70_000)
    await setImmediate()
    expect(world.work().slice(0, 2)).toEqual(['1', ''])
    const attemptId = a.begin(1)
    a.give({ type: 'served', attemptId })
    await setImmediate()
    expect(world.work().slice(0, 2)).toEqual(['1,2', '1,2'])
  })

  it('wait for the one answer about a lost login, and go on one after the other', async () => {
    const world = projectsOf({ a: 'claude', b: 'claude' })
    const [a, b] = world.houses
    if (!a || !b) throw new Error('no projects')
    b.begin(1)
    b.end(1, 'credentials')
    await setImmediate()
    expect(world.work()).toEqual(['', ''])
    b.answer('retry')
    await setImmediate()
    expect(world.work().filter(Boolean)).toHaveLength(1)
  })

  it('leave the turn to another when the one whose turn it was has nothing to start any more', async () => {
    const world = projectsOf({ a: 'claude', b: 'claude' })
    const [a] = world.houses
    a?.begin(1)
    a?.end(1, 'credentials')
    await setImmediate()
    a?.answer('stop')
    await setImmediate()
    expect(world.work()).toEqual(['', '1'])
  })
})
