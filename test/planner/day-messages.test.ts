import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ask, Task } from '../../src/core/types.ts'
import { createViews } from '../../src/daemon/views.ts'
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
            'tasks/bad.md cannot be run: tasks/bad.md:3:1: no instruction',
          ],
        },
        { heading: 'Starts by itself', lines: ['08:30 tasks/2026-11-21.md'] },
        { heading: 'Waits for you', lines: ['Which color?'] },
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
    expect(sections).toEqual([{ lines: ['Nothing is planned. /plan and a few words have Claude write a list.'] }])
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
      { heading: 'web', lines: ['At work: Task 3: Three', '1 task in tasks/web/a.md', '• One'] },
      { heading: 'api', lines: ['A note to plan from: daily/api/2026-11-21.md'] },
      { heading: 'Starts by itself', lines: ['09:00 api'] },
    ])
    expect(buttons).toEqual([
      { label: 'Plan api', does: { type: 'plan', project: 'api', note: 'daily/api/2026-11-21.md' } },
    ])
  })
})

describe('the evening', () => {
  test('says what was done, what failed, what is left, what waits and what it cost', () => {
    const task = (number: number, title: string, why?: string) => ({
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
      title: 'Saturday 21 November: 1 done, 1 failed, 1 skipped',
      sections: [
        {
          lines: [
            '✓ 1: Add a login',
            '✗ 2: Write the docs: npm test: exit 1',
            '– 3: Ship: Waits for task 2 (Write the docs), which is failed',
            '2 tasks still to be done (paused)',
          ],
        },
        { heading: 'Waits for you', lines: ['Which color?'] },
        { lines: ['Cost today: $1.50', 'Next start: 2026-11-22 08:00 tasks/2026-11-22.md'] },
      ],
      buttons: [
        { label: 'Retry 2', does: { type: 'retry', project: 'main', task: 2 } },
        { label: 'Show questions', does: { type: 'asks' } },
      ],
    })
  })
  test('of a quiet day is one line', () => {
    const quiet = { name: 'main', done: [], failed: [], others: [], left: 0, costUsd: 0 }
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
      live: () => undefined,
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
    const paused = { mode: 'now' as const, by: { surface: 'telegram' as const, who: 'Anna' }, at: NOW }
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
          done: [{ number: 1, title: 'One', why: 'Made it.', canRetry: true }],
          failed: [
            { number: 1, title: 'Earlier', why: 'exit 1', canRetry: false },
            { number: 2, title: 'Two', why: 'exit 2', canRetry: true },
          ],
          others: [{ number: 3, title: 'Three', why: 'Waits for task 2', canRetry: true }],
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
})
