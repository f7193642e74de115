import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScheduledStart } from '../../src/config/types.ts'
import type { Reply } from '../../src/core/inputs.ts'
import type { DaemonApi } from '../../src/daemon/api/api.ts'
import { createSchedule, type Review, type Schedule } from '../../src/schedule/schedule.ts'
import { at, createClock, createMemory } from './house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let home: string
let memory: ReturnType<typeof createMemory>
let acts: { command: unknown; who: string; key: string; queue: string }[]
let accepted: Map<string, Reply>
let notes: string[]
let errors: unknown[]
let answer: (command: unknown) => Reply | 'not stored'
const open: Schedule[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'schedule-'))
  mkdirSync(join(home, 'tasks'))
  memory = createMemory()
  acts = []
  accepted = new Map()
  notes = []
  errors = []
  review = undefined
  answer = () => ({ ok: true, text: '3 tasks queued.' })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((schedule) => schedule.stop()))
  rmSync(home, { recursive: true })
  expect(errors).toEqual([])
})

/** As the real one: the same key a second time gives the first reply, unless it could not be stored. */
const act: DaemonApi['submit'] = async (command, by, { key = '', queue = '' } = {}) => {
  acts.push({ command, who: `${by.surface}: ${by.name}`, key, queue })
  const before = accepted.get(key)
  if (before) return before
  const reply = answer(command)
  if (reply === 'not stored') return { ok: false, code: 'not-possible', text: 'The disk is full.' }
  accepted.set(key, reply)
  return reply
}

const write = (...names: string[]) => {
  for (const name of names) writeFileSync(join(home, name), '# Tasks\n')
}

const entry = (more: Partial<ScheduledStart> = {}): ScheduledStart => ({
  cron: '0 8 * * *',
  project: 'main',
  autoApprove: false,
  timezone: 'Europe/Berlin',
  catchUpMs: 12 * HOUR,
  ...more,
})

let review: Review | undefined

async function begin(clock: ReturnType<typeof createClock>, ...entries: ScheduledStart[]): Promise<Schedule> {
  const schedule = createSchedule({
    ...(review && { review }),
    entries,
    home,
    api: { submit: act },
    meta: memory,
    note: (text) => notes.push(text),
    now: clock.now,
    timer: clock.timer,
    onError: (error) => errors.push(error),
  })
  schedule.start()
  open.push(schedule)
  await clock.settle()
  return schedule
}

describe('the schedule', () => {
  test('starts the files of the day in the time zone of the entry, under a key of the occurrence', async () => {
    const clock = createClock(at('2026-11-21T22:00Z'))
    write('tasks/2026-11-22.md')
    const schedule = await begin(clock, entry({ files: ['tasks/{yyyy-MM-dd}.md'], autoApprove: true, project: 'web' }))
    expect(schedule.next()).toEqual([{ at: at('2026-11-22T07:00Z'), files: ['tasks/2026-11-22.md'], project: 'web' }])
    await clock.pass(9 * HOUR - 1)
    expect(acts).toEqual([])
    await clock.pass(1)
    expect(acts).toEqual([
      {
        command: { type: 'start', files: ['tasks/2026-11-22.md'], autoApprove: true },
        who: 'schedule: 0 8 * * *',
        key: expect.stringMatching(/^schedule:[0-9a-f]{12}:2026-11-22T07:00:00\.000Z$/),
        queue: 'web',
      },
    ])
    expect(schedule.next()[0]).toMatchObject({ at: at('2026-11-23T07:00Z'), files: ['tasks/2026-11-23.md'] })
    await clock.pass(HOUR)
    expect([acts.length, notes]).toEqual([1, []])
  })

  test('without files starts those of the project', async () => {
    const clock = createClock(at('2026-11-22T06:00Z'))
    await begin(clock, entry())
    await clock.pass(2 * HOUR)
    expect(acts.map(({ command }) => command)).toEqual([{ type: 'start', autoApprove: false }])
  })

  test('tells once that the file of the day is missing, and starts nothing', async () => {
    const clock = createClock(at('2026-11-22T06:00Z'))
    await begin(clock, entry({ files: ['tasks/{yyyy-MM-dd}.md', 'tasks/extra-*.md'] }))
    await clock.pass(4 * HOUR)
    await open.pop()?.stop()
    await begin(clock, entry({ files: ['tasks/{yyyy-MM-dd}.md', 'tasks/extra-*.md'] }))
    await clock.pass(4 * HOUR)
    expect(acts).toEqual([])
    expect(notes).toEqual(['There is no tasks/2026-11-22.md, tasks/extra-*.md, so nothing is started (0 8 * * *).'])
  })

  test('starts the files that are there when others are missing', async () => {
    const clock = createClock(at('2026-11-22T06:00Z'))
    write('tasks/extra-1.md', 'tasks/[a].md')
    await begin(clock, entry({ files: ['tasks/{yyyy-MM-dd}.md', 'tasks/extra-*.md', 'tasks/[a].md'] }))
    await clock.pass(2 * HOUR)
    expect(acts.map(({ command }) => command)).toMatchObject([{ files: ['tasks/extra-*.md', 'tasks/[a].md'] }])
    expect(notes).toEqual(['There is no tasks/2026-11-22.md (0 8 * * *).'])
  })

  test('offers what an agent changed, starts the rest, and says so', async () => {
    const clock = createClock(at('2026-11-22T06:00Z'))
    const offered: string[] = []
    review = async (project, names) => ({
      held: ['tasks/a.md'],
      rest: names ? ['tasks/b.md'] : [],
      offer: () => offered.push(`${project} ${names}`),
    })
    write('tasks/a.md', 'tasks/b.md')
    await begin(clock, entry({ files: ['tasks/*.md'] }), entry({ cron: '0 9 * * *' }))
    await clock.pass(4 * HOUR)
    expect(acts.map(({ command }) => command)).toEqual([{ type: 'start', files: ['tasks/b.md'], autoApprove: false }])
    expect(offered).toEqual(['main tasks/*.md', 'main undefined'])
    const [first] = notes
    expect(notes).toHaveLength(2)
    expect(first).toBe(
      'tasks/a.md was changed while a task ran, and is not started by the schedule (0 8 * * *). Start it yourself once you have looked at it: /start tasks/a.md',
    )
  })

  test('makes up once for what was missed while the machine slept', async () => {
    const clock = createClock(at('2026-11-22T05:00Z'))
    await begin(clock, entry({ cron: '0 * * * *' }))
    await clock.jump(at('2026-11-22T10:20Z'))
    await clock.pass(MINUTE)
    expect(acts.map(({ key }) => key.slice(-24))).toEqual(['2026-11-22T10:00:00.000Z'])
    expect(notes).toEqual(['The start at 2026-11-22 11:00 was missed; starting now (0 * * * *).'])
  })

  test('makes up over a restart, but not for what was before the entry was first seen', async () => {
    const clock = createClock(at('2026-11-22T09:00Z'))
    await (await begin(clock, entry())).stop()
    expect(acts).toEqual([])
    const later = createClock(at('2026-11-23T09:00Z'))
    await begin(later, entry(), entry({ cron: '0 9 * * *' }))
    await later.pass(MINUTE)
    expect(acts.map(({ who }) => who)).toEqual(['schedule: 0 8 * * *'])
  })

  test('lets go of what is later than catch_up', async () => {
    const clock = createClock(at('2026-11-22T05:00Z'))
    const schedule = await begin(clock, entry({ catchUpMs: HOUR }), entry({ cron: '5 8 * * *', catchUpMs: 0 }))
    await clock.jump(at('2026-12-30T09:00Z'))
    await clock.pass(HOUR)
    expect(acts).toEqual([])
    // Of many only the latest is told, and once.
    expect(notes).toEqual([
      'The start of 2026-12-30 08:00 (0 8 * * *) did not happen: it was missed by 2 h, too late to be made up for (catch_up).',
      'The start of 2026-12-30 08:05 (5 8 * * *) did not happen: it was missed by 1 h 55 min, too late to be made up for (catch_up).',
    ])
    expect(schedule.next().map((n) => n.at)).toEqual([at('2026-12-31T07:00Z'), at('2026-12-31T07:05Z')])
  })

  test('a restart between the act and its note repeats the act under the same key', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    await begin(clock, entry())
    const before = new Map(memory.rows)
    await clock.pass(MINUTE)
    memory.rows.clear()
    for (const [key, json] of before) memory.rows.set(key, json)
    await begin(createClock(at('2026-11-22T07:10Z')), entry())
    expect(acts).toHaveLength(2)
    expect(accepted.size).toBe(1)
  })

  test('a clock that goes back and forth does not start an occurrence again', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    await begin(clock, entry())
    await clock.pass(5 * MINUTE)
    await clock.jump(at('2026-11-22T06:50Z'))
    await clock.pass(20 * MINUTE)
    for (const day of ['20', '21', '22']) {
      await clock.jump(at(`2026-11-${day}T06:55Z`))
      await clock.pass(10 * MINUTE)
    }
    expect(acts.map(({ key }) => key.slice(-24))).toEqual([
      '2026-11-22T07:00:00.000Z',
      '2026-11-20T07:00:00.000Z',
      '2026-11-21T07:00:00.000Z',
    ])
  })

  test('tries again what could not be stored, told once, until it may not start any more', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    answer = () => 'not stored'
    await begin(clock, entry({ catchUpMs: 3 * HOUR }))
    await clock.pass(HOUR)
    expect(acts.length).toBeGreaterThan(3)
    expect(acts.length).toBeLessThan(10)
    expect(notes).toEqual(['The start at 2026-11-22 08:00 (0 8 * * *) was refused: The disk is full.'])
    answer = () => ({ ok: true, text: '3 tasks queued.' })
    await clock.pass(2 * HOUR)
    const count = acts.length
    expect(accepted.size).toBe(1)
    await clock.pass(5 * HOUR)
    expect(acts).toHaveLength(count)
  })

  test('a refusal is told once, also over restarts, and the next day starts as ever', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    answer = () => ({ ok: false, code: 'not-possible', text: 'tasks/a.md:3:1: a task without an instruction' })
    await begin(clock, entry())
    await clock.pass(HOUR)
    await open.pop()?.stop()
    await begin(clock, entry())
    await clock.pass(12 * HOUR)
    expect(notes).toHaveLength(1)
    answer = () => ({ ok: true, text: '1 task queued.' })
    await clock.pass(12 * HOUR)
    expect([...accepted.values()].map(({ ok }) => ok)).toEqual([false, true])
  })

  test('a failing act is told and does not keep the other entries from starting', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    answer = (command) => {
      if ((command as { autoApprove: boolean }).autoApprove) throw new Error('broken')
      return { ok: true, text: '1 task queued.' }
    }
    await begin(clock, entry({ autoApprove: true, files: ['tasks'] }), entry())
    await clock.pass(2 * MINUTE)
    expect(notes).toEqual(['The start at 2026-11-22 08:00 (0 8 * * *) was refused: broken'])
    expect(accepted.size).toBe(1)
  })

  test('an entry that cannot be stored does not keep the others from starting', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    await begin(clock, entry(), entry({ cron: '0 8 * * 0' }))
    const { set } = memory
    let broken = true
    memory.set = (key, value) => {
      if (broken) {
        broken = false
        throw new Error('the disk is full')
      }
      set(key, value)
    }
    await clock.pass(MINUTE)
    expect(acts).toHaveLength(2)
    expect(errors.splice(0)).toHaveLength(1)
    await clock.pass(MINUTE)
    expect([acts.length, accepted.size]).toEqual([3, 2])
  })

  test('two equal entries are two, and what is gone from the configuration is forgotten', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    await begin(clock, entry(), entry(), entry({ cron: '0 20 * * *' }))
    await clock.pass(2 * MINUTE)
    expect(new Set(acts.map(({ key }) => key)).size).toBe(2)
    await open.pop()?.stop()
    await begin(clock, entry())
    expect(Object.keys(memory.get<object>('schedule') ?? {})).toHaveLength(1)
  })

  test('stops while an act is under way, and lets it finish', async () => {
    const clock = createClock(at('2026-11-22T06:59Z'))
    const schedule = await begin(clock, entry())
    await clock.pass(MINUTE)
    await schedule.stop()
    expect(acts).toHaveLength(1)
    expect(JSON.stringify(memory.get('schedule'))).toContain(String(at('2026-11-22T07:00Z')))
    await clock.jump(at('2026-11-24T07:00Z'))
    expect(acts).toHaveLength(1)
  })
})
