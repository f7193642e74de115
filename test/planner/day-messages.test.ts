import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ask, Task } from '../../src/core/types.ts'
import { createViews } from '../../src/daemon/api/views.ts'
import { type DayPorts, lookInTheEvening, lookInTheMorning } from '../../src/planner/day-views.ts'
import { eveningText } from '../../src/planner/evening.ts'
import { morningText } from '../../src/planner/morning.ts'
import { readTaskFile } from '../../src/taskfile/read.ts'
import { type House, NOW, openHouse } from '../notify/house.ts'

const DAY = '2026-11-21'

describe('the morning', () => {
  test('says what is planned for the day, what starts by itself and what waits', () => {
    const message = morningText({
      day: DAY,
      projects: [
        {
          name: 'main',
          files: [
            { file: 'tasks/2026-11-21.md', titles: ['Add a login', 'Write the docs'] },
            { file: 'tasks/old.md', titles: ['Later'] },
            { file: 'tasks/bad.md', titles: [], problem: 'tasks/bad.md:3:1: no instruction' },
          ],
        },
      ],
      next: [{ time: '08:30', files: ['tasks/2026-11-21.md'], project: 'main' }],
      asks: ['Which color?'],
    })
    expect(message).toEqual({
      kind: 'morning',
      day: DAY,
      title: 'Saturday 21 November: 2 tasks planned',
      sections: [
        {
          lines: [
            '2 tasks in tasks/2026-11-21.md',
            '• Add a login',
            '• Write the docs',
            '1 task open in 1 other file',
            'tasks/bad.md cannot run: tasks/bad.md:3:1: no instruction',
          ],
        },
        { heading: 'Starts automatically', lines: ['08:30 tasks/2026-11-21.md'] },
        { heading: 'Waiting for you', lines: ['Which color?'] },
      ],
      buttons: [
        { label: 'Start', does: { type: 'start', project: 'main', files: ['tasks/2026-11-21.md'] } },
        { label: 'Show questions', does: { type: 'asks' } },
      ],
    })
  })

  test('without a file for the day counts all that is open, and never gets long', () => {
    const titles = Array.from({ length: 30 }, (_, i) => `Number ${i + 1}`)
    const { title, sections, buttons } = morningText({
      day: DAY,
      projects: [{ name: 'main', files: [{ file: 'tasks/a.md', titles }] }],
      next: [],
      asks: [],
    })
    expect(title).toBe('Saturday 21 November: 30 tasks planned')
    expect(sections[0]?.lines).toHaveLength(9)
    expect(sections[0]?.lines.at(-1)).toBe('… and 23 more')
    expect(buttons.map(({ label }) => label)).toEqual(['Start'])
  })

  test('says how to plan when nothing is', () => {
    const { title, sections } = morningText({ day: DAY, projects: [{ name: 'main', files: [] }], next: [], asks: [] })
    expect(title).toBe('Saturday 21 November: no open tasks')
    expect(sections).toEqual([{ lines: ['Nothing is planned. Send /plan and a few words, and Claude drafts a list.'] }])
  })

  test('tells several projects apart, offers the note, and starts nothing that is at work', () => {
    const { sections, buttons } = morningText({
      day: DAY,
      projects: [
        { name: 'web', files: [{ file: 'tasks/web/a.md', titles: ['One'] }], working: 'Task 3: Three' },
        { name: 'api', files: [], note: 'daily/api/2026-11-21.md' },
      ],
      next: [{ time: '09:00', project: 'api' }],
      asks: [],
    })
    expect(sections).toEqual([
      { heading: 'web', lines: ['Running: Task 3: Three', '1 task in tasks/web/a.md', '• One'] },
      { heading: 'api', lines: ['New note: daily/api/2026-11-21.md'] },
      { heading: 'Starts automatically', lines: ['09:00 api'] },
    ])
    expect(buttons).toEqual([
      { label: 'Plan api', does: { type: 'plan', project: 'api', note: 'daily/api/2026-11-21.md' } },
    ])
  })
})

describe('the evening', () => {
  test('says what was done, what failed, what is left, what waits and what it cost', () => {
    const task = (number: number, title: string, why?: string) => ({
      runId: 'r1',
      number,
      title,
      canRetry: true,
      ...(why !== undefined && { why }),
    })
    const message = eveningText({
      day: DAY,
      projects: [
        {
          name: 'main',
          done: [task(1, 'Add a login', 'Added it.')],
          failed: [task(2, 'Write the docs', 'npm test: exit 1\n…')],
          others: [task(3, 'Ship', 'Waits for task 2 (Write the docs), which is failed')],
          undone: [task(4, 'Move the files', 'undone by Anna (Telegram)')],
          left: 2,
          held: 'paused',
          costUsd: 1.5,
        },
      ],
      asks: ['Which color?'],
      next: { time: '2026-11-22 08:00', files: ['tasks/2026-11-22.md'], project: 'main' },
    })
    expect(message).toEqual({
      kind: 'evening',
      day: DAY,
      title: 'Saturday 21 November: 1 done, 1 failed, 1 skipped, 1 undone',
      sections: [
        {
          lines: [
            '✓ 1: Add a login',
            '✗ 2: Write the docs: npm test: exit 1',
            '– 3: Ship: Waits for task 2 (Write the docs), which is failed',
            '← 4: Move the files: undone by Anna (Telegram)',
            '2 tasks still to do (paused)',
          ],
        },
        { heading: 'Waiting for you', lines: ['Which color?'] },
        { lines: ['Cost today: $1.50', 'Next start: 2026-11-22 08:00 tasks/2026-11-22.md'] },
      ],
      buttons: [
        { label: 'Retry 2', does: { type: 'retry', project: 'main', task: 2, runId: 'r1' } },
        { label: 'Redo 4', does: { type: 'retry', project: 'main', task: 4, runId: 'r1' } },
        { label: 'Show questions', does: { type: 'asks' } },
      ],
    })
  })
  test('of a quiet day is one line', () => {
    const quiet = { name: 'main', done: [], failed: [], others: [], undone: [], left: 0, costUsd: 0 }
    expect(eveningText({ day: DAY, projects: [quiet], asks: [] })).toMatchObject({
      title: 'Saturday 21 November: nothing was done',
      sections: [],
      buttons: [],
    })
  })
})

describe('what they are made of', () => {
  let house: House
  let home: string
  beforeEach(() => {
    house = openHouse()
    home = mkdtempSync(join(tmpdir(), 'day-'))
    mkdirSync(join(home, 'tasks'))
    mkdirSync(join(home, 'daily'))
  })
  afterEach(async () => {
    await house.close()
    rmSync(home, { recursive: true })
  })
  const ports = (more: Partial<DayPorts> = {}): DayPorts => ({
    home,
    view: createViews({
      read: house.store.read,
      queues: ['main'],
      now: () => NOW,
      localDay: () => DAY,
      runner: () => ({ pid: 1, since: NOW, kind: 'daemon' }),
      live: () => [],
    }),
    projects: ['main'],
    findFiles: () => ['tasks/2026-11-21.md', 'tasks/gone.md', 'tasks/done.md', 'tasks/bad.md'],
    read: async (_, file) => {
      const { specs, problems } = await readTaskFile(join(home, file), file)
      return { specs, problems: problems.map(({ message }) => message) }
    },
    next: () => [
      { at: NOW + 3_600_000, project: 'main' },
      { at: NOW + 86_400_000, project: 'main' },
    ],
    dayOf: (ms) => new Date(ms).toISOString().slice(0, 10),
    timeOf: (ms) => new Date(ms).toISOString().slice(11, 16),
    ...more,
  })
  const write = (file: string, text: string) => writeFileSync(join(home, file), text)

  test('in the morning: open tasks by file, problems, the note only when nothing is planned', async () => {
    write('daily/2026-11-21.md', 'Goals\n')
    write('tasks/done.md', '- [x] Done\n')
    expect(await lookInTheMorning(DAY, ports())).toMatchObject({
      projects: [{ name: 'main', files: [], note: 'daily/2026-11-21.md' }],
      next: [{ time: '10:14' }],
    })
    write('tasks/2026-11-21.md', '- [ ] One\n- [x] Two\n')
    write('tasks/bad.md', '## Task 1: No instruction\n')
    const { projects } = await lookInTheMorning(DAY, ports())
    expect(projects).toEqual([
      {
        name: 'main',
        files: [
          { file: 'tasks/2026-11-21.md', titles: ['One'] },
          { file: 'tasks/bad.md', titles: [], problem: 'Task 1 has no Claude Instruction' },
        ],
      },
    ])
  })

  test('in the evening: what ended on the day, in any run, and what is still open', async () => {
    const put = (task: Task | undefined, fields: Partial<Task>) => {
      if (task) house.store.commit({ changes: [{ table: 'tasks', row: { ...task, ...fields } }], events: [] })
    }
    const old = house.run('r0', ['Earlier', 'Yesterday'], {
      state: 'failed',
      endedAt: NOW - 3_600_000,
      createdAt: NOW - 90_000_000,
    })
    put(old[0], { phase: 'failed', result: 'exit 1', endedAt: NOW - 3_600_000 })
    put(old[1], { phase: 'done', endedAt: NOW - 86_400_000 })
    const now = house.run('r1', ['One', 'Two', 'Three', 'Four'], { seq: 2 })
    put(now[0], { phase: 'done', result: 'Made it.', endedAt: NOW })
    put(now[1], { phase: 'failed', result: 'exit 2', endedAt: NOW })
    put(now[2], { phase: 'blocked', result: 'Waits for task 2', endedAt: NOW })
    const queue = { name: 'main', overloads: 0, day: { date: DAY, costUsd: 2.5 } }
    const paused = { mode: 'now' as const, by: { surface: 'telegram' as const, id: '4711', name: 'Anna' }, at: NOW }
    const ask = {
      id: 'a',
      queue: 'main',
      runId: 'r1',
      taskId: 'r1-4',
      title: 'Which color?',
      state: 'open',
      openedAt: NOW,
    } as Ask
    house.store.commit({
      changes: [
        { table: 'queue', row: { ...queue, paused } },
        { table: 'asks', row: ask },
      ],
      events: [],
    })
    expect(lookInTheEvening(DAY, ports())).toEqual({
      day: DAY,
      projects: [
        {
          name: 'main',
          done: [{ runId: 'r1', number: 1, title: 'One', why: 'Made it.', canRetry: true }],
          failed: [
            { runId: 'r0', number: 1, title: 'Earlier', why: 'exit 1', canRetry: false },
            { runId: 'r1', number: 2, title: 'Two', why: 'exit 2', canRetry: true },
          ],
          others: [{ runId: 'r1', number: 3, title: 'Three', why: 'Waits for task 2', canRetry: true }],
          undone: [],
          left: 1,
          held: 'paused',
          costUsd: 2.5,
        },
      ],
      asks: ['Which color?'],
      next: { time: '10:14', project: 'main' },
    })
    const [stopped] = house.store.read.runs({ queue: 'main', openOnly: true })
    if (stopped)
      house.store.commit({
        changes: [{ table: 'runs', row: { ...stopped, state: 'stopped', endedAt: NOW } }],
        events: [],
      })
    expect(lookInTheEvening(DAY, ports()).projects[0]?.left).toBe(0)
    expect(lookInTheEvening(DAY, ports({ next: () => [{ at: NOW + 86_400_000, project: 'main' }] })).next?.time).toBe(
      '2026-11-22 09:14',
    )
  })

  describe('in the evening each task counts once', () => {
    const HOUR_MS = 3_600_000
    const put = (task: Task | undefined, fields: Partial<Task>) => {
      if (task) house.store.commit({ changes: [{ table: 'tasks', row: { ...task, ...fields } }], events: [] })
    }
    const ended = (id: string, seq: number, at: number) =>
      house.run(id, ['One'], { state: 'done', seq, createdAt: at, endedAt: at })
    const by = { surface: 'terminal', id: 'Anna', name: 'Anna' } as const
    /** What the evening says of it: its lists, with titles and why. */
    const told = () => {
      const [project] = lookInTheEvening(DAY, ports()).projects
      const { done = [], failed = [], others = [], undone = [], left } = project ?? {}
      return { done: done.length, failed: failed.length, others: others.length, undone: undone.length, left }
    }
    const nothing = { done: 0, failed: 0, others: 0, undone: 0, left: 0 }

    test('as what it came to last, when it was in several runs', () => {
      const [failed] = ended('r1', 1, NOW - 3 * HOUR_MS)
      put(failed, { phase: 'failed', result: 'exit 1', endedAt: NOW - 3 * HOUR_MS })
      const [skipped] = ended('r2', 2, NOW - 2 * HOUR_MS)
      put(skipped, { phase: 'skipped', endedAt: NOW - 2 * HOUR_MS })
      const [done] = ended('r3', 3, NOW - HOUR_MS)
      put(done, { phase: 'done', result: 'Made it.', endedAt: NOW - HOUR_MS })
      expect(told()).toEqual({ ...nothing, done: 1 })
      expect(lookInTheEvening(DAY, ports()).projects[0]?.done).toEqual([
        { runId: 'r3', number: 1, title: 'One', why: 'Made it.', canRetry: true },
      ])
    })

    test('as undone, when it was undone on this day, also after it was done on another', () => {
      const [task] = ended('r1', 1, NOW - 40 * HOUR_MS)
      const done = { endedAt: NOW - 40 * HOUR_MS }
      put(task, { ...done, phase: 'done' })
      expect(told()).toEqual(nothing)
      put(task, { ...done, phase: 'undone', undone: { at: NOW, by, phase: 'done' } })
      expect(told()).toEqual({ ...nothing, undone: 1 })
      put(task, { ...done, phase: 'done' })
      expect(told()).toEqual(nothing)
    })

    test('on the day of its last end, when it was retried, undone and redone over midnight', () => {
      const days = (...wanted: string[]) =>
        wanted.map((day) => {
          const [project] = lookInTheEvening(day, ports()).projects
          return [project?.done.length, project?.failed.length, project?.undone.length]
        })
      const { dayOf } = ports()
      const next = dayOf(NOW + 24 * HOUR_MS)
      // The last minutes of the day, wherever that is.
      let at = NOW
      while (dayOf(at + HOUR_MS / 6) === DAY) at += HOUR_MS / 6
      const after = at + HOUR_MS
      const [first] = ended('r1', 1, at)
      put(first, { phase: 'failed', result: 'exit 1', endedAt: at })
      expect(days(DAY, next)).toEqual([
        [0, 1, 0],
        [0, 0, 0],
      ])
      // Retried before midnight and done; undone after it.
      put(first, { phase: 'done', endedAt: at })
      put(first, { phase: 'undone', endedAt: at, undone: { at: after, by, phase: 'done' } })
      expect(days(DAY, next)).toEqual([
        [0, 0, 0],
        [0, 0, 1],
      ])
      // Redone: in a run of its own.
      const [again] = ended('r2', 2, after + HOUR_MS)
      put(again, { phase: 'done', endedAt: after + HOUR_MS })
      expect(days(DAY, next)).toEqual([
        [0, 0, 0],
        [1, 0, 0],
      ])
    })

    test('as left, when it is to be done again', () => {
      const [failed] = ended('r1', 1, NOW - HOUR_MS)
      put(failed, { phase: 'failed', endedAt: NOW - HOUR_MS })
      expect(told()).toEqual({ ...nothing, failed: 1 })
      house.run('r2', ['One'], { seq: 2 })
      expect(told()).toEqual({ ...nothing, left: 1 })
    })

    test('and tasks of the same name in other files are others', () => {
      for (const [i, file] of ['a.md', 'b.md'].entries()) {
        const [task] = ended(`r${i}`, i + 1, NOW)
        const { spec: said } = task as Task
        const spec = { ...said, origin: { ...said.origin, file } }
        // What a task says never changes once it is stored: a new row is stored.
        house.store.db.exec(`DELETE FROM tasks WHERE id = 'r${i}-1'`)
        put({ ...(task as Task), spec }, { phase: 'done', endedAt: NOW })
      }
      expect(told()).toEqual({ ...nothing, done: 2 })
    })

    test('also behind many runs that wait', () => {
      const [task] = ended('old', 1, NOW)
      put(task, { phase: 'done', endedAt: NOW })
      house.run('r1', ['A'], { seq: 2 })
      for (let i = 0; i < 150; i++) house.run(`q${i}`, [`Q ${i}`, `R ${i}`], { seq: 3 + i })
      expect(told()).toEqual({ ...nothing, done: 1, left: 301 })
    })
  })
})
