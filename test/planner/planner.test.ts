import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply } from '../../src/core/inputs.ts'
import type { Actor } from '../../src/core/types.ts'
import type { OpenPlan } from '../../src/planner/plan.ts'
import { createPlanner, type Planner, type PlannerPorts } from '../../src/planner/planner.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { createFile } from '../../src/taskfile/write/exchange.ts'
import { createMemory } from '../schedule/house.ts'

const ANNA: Actor = { surface: 'telegram', id: '4711', name: 'Anna' }
const file = (title = 'One', day = '2026-11-22') =>
  `# Tasks - ${day}\n\n## Task 1: ${title}\n**Claude Instruction:**\nDo it.\n`

let home: string
let memory: ReturnType<typeof createMemory>
let shown: OpenPlan[]
let acts: { command: unknown; by: Actor; key: string | undefined; queue: string | undefined }[]
let prompts: string[]
let answers: (string | Error | Promise<string>)[]
let reply: Reply
const open: Planner[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'planner-'))
  mkdirSync(join(home, 'tasks'))
  memory = createMemory()
  shown = []
  acts = []
  prompts = []
  answers = []
  reply = { ok: true, text: '1 task queued.', data: { runId: 'r1' } }
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((planner) => planner.stop()))
  rmSync(home, { recursive: true })
})

function begin(more: Partial<PlannerPorts> = {}): Planner {
  let ids = 0
  const planner = createPlanner({
    home,
    projects: [
      { name: 'main', tasks: ['tasks/*.md'] },
      { name: 'api', tasks: ['tasks/api/*.md'] },
    ],
    api: {
      submit: async (command, by, options) => {
        acts.push({ command, by, key: options?.key, queue: options?.queue })
        return reply
      },
    },
    ask: (prompt, { signal }) => {
      prompts.push(prompt)
      const answer = answers.shift() ?? file()
      if (answer instanceof Error) return Promise.reject(answer)
      return Promise.race([
        Promise.resolve(answer),
        new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended')))),
      ])
    },
    check: async (_, name, text) =>
      parseTaskFile(text, name)
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`),
    create: (path, text) => createFile(path, Buffer.from(text)),
    meta: memory,
    onPlan: (plan) => shown.push(plan),
    onError: (error) => {
      throw error
    },
    now: () => Date.parse('2026-11-22T09:00:00Z'),
    dayOf: (ms) => new Date(ms).toISOString().slice(0, 10),
    redact: (text) => text,
    newId: () => `p${++ids}`,
    ...more,
  })
  planner.start()
  open.push(planner)
  return planner
}
const read = (name: string) => readFileSync(join(home, name), 'utf8')

describe('a plan', () => {
  test('is written from words, checked, shown, and started as a new file', async () => {
    const planner = begin()
    expect(await planner.plan({ words: 'Add a login' }, ANNA)).toMatchObject({ ok: true, data: { plan: 'p1' } })
    await expect
      .poll(() => shown)
      .toMatchObject([
        {
          id: 'p1',
          project: 'main',
          state: 'ready',
          version: 1,
          name: 'tasks/2026-11-22.md',
          text: file(),
          problems: [],
        },
      ])
    expect(prompts[0]).toContain('Add a login')
    expect(await planner.begin('p1', 1, ANNA)).toEqual({
      ok: true,
      text: 'tasks/2026-11-22.md: 1 task queued.',
      data: { runId: 'r1', file: 'tasks/2026-11-22.md' },
    })
    expect(read('tasks/2026-11-22.md')).toBe(file())
    expect(acts).toEqual([
      {
        command: { type: 'start', files: ['tasks/2026-11-22.md'] },
        by: ANNA,
        key: 'plan:p1:1',
        queue: 'main',
      },
    ])
    expect(planner.open()).toEqual([])
    expect(await planner.begin('p1', 1, ANNA)).toMatchObject({ ok: false, code: 'closed' })
  })

  test('is for the day in its heading, stands among the files of its project, and never takes the place of a file', async () => {
    answers = [file('One', '2026-11-24')]
    mkdirSync(join(home, 'tasks/api'))
    writeFileSync(join(home, 'tasks/api/2026-11-24.md'), 'mine')
    const planner = begin()
    await planner.plan({ words: 'on Tuesday', project: 'api' }, ANNA)
    await expect.poll(() => shown.map(({ name }) => name)).toEqual(['tasks/api/2026-11-24-one.md'])
    writeFileSync(join(home, 'tasks/api/2026-11-24-one.md'), 'mine, too')
    expect((await planner.begin('p1', 1, ANNA)).data).toMatchObject({ file: 'tasks/api/2026-11-24-one-2.md' })
    expect(readdirSync(join(home, 'tasks/api')).sort()).toEqual([
      '2026-11-24-one-2.md',
      '2026-11-24-one.md',
      '2026-11-24.md',
    ])
    expect([read('tasks/api/2026-11-24.md'), read('tasks/api/2026-11-24-one.md')]).toEqual(['mine', 'mine, too'])
    expect(acts[0]).toMatchObject({ queue: 'api' })
  })

  test('has another name than a plan that is still open; secrets are in no name', async () => {
    answers = [file('Log in'), file('Rotate hunter2'), file('Log in')]
    const planner = begin({ redact: (text) => text.replaceAll('hunter2', '') })
    for (const words of ['a', 'b', 'c']) await planner.plan({ words }, ANNA)
    await expect
      .poll(() => shown.map(({ name }) => name))
      .toEqual(['tasks/2026-11-22.md', 'tasks/2026-11-22-rotate.md', 'tasks/2026-11-22-log-in.md'])
    planner.change('p2', 1, 'smaller')
    await expect.poll(() => shown.map(({ name }) => name).slice(3)).toEqual(['tasks/2026-11-22-one.md'])
  })

  test('is mended once, and shown with its problems when it is still wrong', async () => {
    answers = ['# Tasks\n\n## Task 1: No instruction\n', file('Mended')]
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    expect(shown[0]).toMatchObject({ text: file('Mended'), problems: [] })
    expect(prompts[1]).toContain('## Task 1: No instruction')
    expect(prompts[1]).toMatch(/tasks\/2026-11-22\.md:3:4: .*instruction/i)

    answers = ['# Tasks\n\n## Task 1: Bad\n', '# Tasks\n\n## Task 1: Still bad\n']
    await planner.plan({ words: 'y' }, ANNA)
    await expect.poll(() => shown.length).toBe(2)
    expect(shown[1]?.problems).toHaveLength(1)
    expect(prompts).toHaveLength(4)
    expect(await planner.begin('p2', 1, ANNA)).toMatchObject({
      ok: false,
      text: expect.stringContaining('cannot run as it is'),
    })
    expect(readdirSync(join(home, 'tasks'))).toEqual([])
  })

  test('keeps what there was when the repair is no task file', async () => {
    answers = ['# Tasks\n\n## Task 1: Bad\n', 'Sorry.']
    await begin().plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown).toMatchObject([{ state: 'ready', text: '# Tasks\n\n## Task 1: Bad\n' }])
    expect(shown[0]?.problems).toHaveLength(1)
  })

  test('is asked for once more when no task file came, and has failed when none comes again', async () => {
    answers = ['I would rather not.', 'Still not.']
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect
      .poll(() => shown)
      .toMatchObject([{ state: 'failed', error: 'Claude did not write a task file. It said: I would rather not.' }])
    expect(await planner.begin('p1', 1, ANNA)).toMatchObject({ ok: false })
    await planner.change('p1', 1, 'please')
    await expect.poll(() => shown.at(-1)).toMatchObject({ state: 'ready', version: 2, words: 'x\n\nplease' })
    expect(shown.at(-1)).not.toHaveProperty('error')
  })

  test('is changed in words, from the last version, as often as one likes', async () => {
    answers = [file('One'), file('Two'), new Error('the network is away'), file('Four')]
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    expect(planner.change('p1', 1, 'smaller tasks')).toMatchObject({ ok: true })
    expect(planner.change('p1', 2, 'and more')).toMatchObject({
      ok: false,
      text: expect.stringContaining('being written'),
    })
    expect(await planner.begin('p1', 2, ANNA)).toMatchObject({ ok: false })
    await expect.poll(() => shown.length).toBe(2)
    expect(prompts[1]).toMatch(
      /# Tasks - 2026-11-22\n\n## Task 1: One[\s\S]*all else stays\n\n~~~~\nsmaller tasks\n~~~~/,
    )
    expect(planner.change('p1', 1, 'late')).toMatchObject({ ok: false, code: 'changed' })
    expect(await planner.begin('p1', 1, ANNA)).toMatchObject({ ok: false, code: 'changed' })
    planner.change('p1', 2, 'tests first')
    await expect
      .poll(() => shown.at(-1))
      .toMatchObject({ state: 'failed', error: 'the network is away', text: file('Two') })
    planner.change('p1', 3, 'try again')
    await expect.poll(() => shown.at(-1)).toMatchObject({ state: 'ready', version: 4, text: file('Four') })
    expect(prompts[3]).toMatch(
      /is so in the file\n\n~~~~\nsmaller tasks\n~~~~\n\n# What should be different now.*\n\n~~~~\ntests first\n~~~~\n\n~~~~\ntry again/,
    )
    expect(planner.get('p1')).toMatchObject({ changes: ['smaller tasks', 'tests first', 'try again'], pending: [] })
  })

  test('is dropped, also while it is being written', async () => {
    let finish = (_: string) => {}
    answers = [new Promise<string>((resolve) => (finish = resolve))]
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => prompts.length).toBe(1)
    expect(planner.drop('p1')).toMatchObject({ ok: true })
    finish(file())
    await planner.plan({ words: 'y' }, ANNA)
    await expect.poll(() => shown.map(({ id }) => id)).toEqual(['p2'])
    expect([planner.drop('p1'), planner.change('p1', 1, 'z')]).toMatchObject([{ code: 'closed' }, { code: 'closed' }])
  })

  test('is written one after the other', async () => {
    let finish = (_: string) => {}
    answers = [new Promise<string>((resolve) => (finish = resolve))]
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await planner.plan({ words: 'y' }, ANNA)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(prompts).toHaveLength(1)
    finish(file())
    await expect.poll(() => shown.map(({ id }) => id)).toEqual(['p1', 'p2'])
  })

  test('with the key of one that is open is that one', async () => {
    const planner = begin()
    const first = await planner.plan({ words: 'x', key: 'telegram:7' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    expect(await planner.plan({ words: 'x', key: 'telegram:7' }, ANNA)).toEqual(first)
    expect(planner.get('p1')).toMatchObject({ state: 'ready' })
    expect(prompts).toHaveLength(1)
  })
})

test('plans that nobody answers give way to new ones, the oldest first', async () => {
  const planner = begin()
  for (let i = 1; i <= 22; i++) await planner.plan({ words: `Number ${i}` }, ANNA)
  await expect.poll(() => planner.open().every(({ state }) => state === 'ready')).toBe(true)
  expect(planner.open().map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `p${i + 3}`))
})

describe('over restarts', () => {
  test('a plan that was being written is written, and one that is ready can be started', async () => {
    answers = [new Promise<string>(() => {})]
    const first = begin()
    await first.plan({ words: 'x' }, ANNA)
    await expect.poll(() => prompts.length).toBe(1)
    await first.stop()
    expect(shown).toEqual([])
    expect(first.get('p1')).toMatchObject({ state: 'writing' })
    const second = begin()
    await expect.poll(() => shown).toMatchObject([{ id: 'p1', state: 'ready' }])
    await second.stop()
    expect(await begin().begin('p1', 1, ANNA)).toMatchObject({ ok: true })
  })

  test('a kill between writing and starting neither writes twice nor forgets to start', async () => {
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    const killed = begin({ api: { submit: () => new Promise(() => {}) } })
    open.pop()
    void killed.begin('p1', 1, ANNA)
    await expect.poll(() => existsSync(join(home, 'tasks/2026-11-22.md'))).toBe(true)
    begin()
    await expect.poll(() => acts.length).toBe(1)
    expect(acts[0]).toMatchObject({ command: { files: ['tasks/2026-11-22.md'] }, key: 'plan:p1:1', by: ANNA })
    expect(readdirSync(join(home, 'tasks'))).toEqual(['2026-11-22.md'])
    expect(planner.open()).toEqual([])
  })
})

describe('a start', () => {
  test('that is tapped twice is one', async () => {
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    const [one, two] = await Promise.all([planner.begin('p1', 1, ANNA), planner.begin('p1', 1, ANNA)])
    expect(one).toEqual(two)
    expect(acts).toHaveLength(1)
  })

  test('that cannot write tells why and can be tried again', async () => {
    let broken = true
    const planner = begin({
      create: (path, text) => {
        if (!broken) return createFile(path, Buffer.from(text))
        broken = false
        return Promise.reject(new Error('the disk is full'))
      },
    })
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    expect(await planner.begin('p1', 1, ANNA)).toEqual({
      ok: false,
      code: 'not-possible',
      text: 'The plan could not be started: the disk is full',
    })
    expect(await planner.begin('p1', 1, ANNA)).toMatchObject({ ok: true })
  })

  test('that is refused leaves the file and says so', async () => {
    reply = { ok: false, code: 'not-possible', text: 'The queue is closed.' }
    const planner = begin()
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    expect(await planner.begin('p1', 1, ANNA)).toMatchObject({
      ok: false,
      text: 'Wrote tasks/2026-11-22.md, but did not start it: The queue is closed.',
    })
  })

  test('tells first that the file is Baton’s own', async () => {
    const told: string[] = []
    const planner = begin({
      onWritten: async (project, name) => {
        told.push(`${project} ${name} ${acts.length}`)
      },
    })
    await planner.plan({ words: 'x' }, ANNA)
    await expect.poll(() => shown.length).toBe(1)
    await planner.begin('p1', 1, ANNA)
    expect(told).toEqual(['main tasks/2026-11-22.md 0'])
  })
})

describe('notes', () => {
  beforeEach(() => mkdirSync(join(home, 'daily/api'), { recursive: true }))

  test('of today are planned from when nothing is said', async () => {
    const planner = begin()
    expect(await planner.plan({}, ANNA)).toMatchObject({
      ok: false,
      text: expect.stringContaining('daily/2026-11-22.md'),
    })
    writeFileSync(join(home, 'daily/2026-11-22 Sunday.md'), '# Goals\n\nShip the login.\n')
    expect(await planner.plan({}, ANNA)).toMatchObject({
      ok: true,
      text: expect.stringContaining('daily/2026-11-22 Sunday.md'),
    })
    await expect.poll(() => shown.length).toBe(1)
    expect(prompts[0]).toContain('Ship the login.')
    writeFileSync(join(home, 'daily/api/2026-11-22.md'), 'For the API.\n')
    await planner.plan({ project: 'api' }, ANNA)
    await expect.poll(() => shown.length).toBe(2)
    expect(prompts[1]).toContain('For the API.')
  })

  test('can be named, with words beside them', async () => {
    writeFileSync(join(home, 'daily/x.md'), 'Notes.\n')
    const planner = begin()
    await planner.plan({ note: 'daily/x.md', words: 'only the first point' }, ANNA)
    await expect.poll(() => prompts.length).toBe(1)
    expect(prompts[0]).toMatch(/Notes\.[\s\S]*only the first point/)
  })

  test('that are not there, empty, too long or elsewhere are refused', async () => {
    writeFileSync(join(home, 'daily/empty.md'), ' \n')
    writeFileSync(join(home, 'daily/long.md'), 'x'.repeat(300_000))
    const planner = begin()
    const texts = []
    for (const note of ['daily/none.md', 'daily/empty.md', 'daily/long.md', '../../etc/hostname', 'daily'])
      texts.push((await planner.plan({ note }, ANNA)).text)
    expect(texts).toEqual([
      'There is no note daily/none.md.',
      'daily/empty.md is empty.',
      'daily/long.md is too long to plan from (300 kB, at most 200).',
      expect.stringContaining('is not in'),
      'There is no note daily.',
    ])
    expect(await planner.plan({ words: 'x', project: 'nope' }, ANNA)).toMatchObject({
      ok: false,
      text: 'There is no project nope.',
    })
    expect(await planner.plan({ words: 'x'.repeat(60_000) }, ANNA)).toMatchObject({ ok: false })
    expect(planner.open()).toEqual([])
  })
})
