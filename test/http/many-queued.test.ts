import { StatementSync } from 'node:sqlite'
import { beforeEach, expect, test } from 'vitest'
import type { House } from './house.ts'
import type { Served } from './serve.ts'
import { servedHouse } from './served-house.ts'

let house: House
let served: Served
beforeEach(async () => {
  ;({ house, served } = await servedHouse())
})

const queue = async (from: number, to: number) => {
  for (let run = from; run < to; run++) {
    const task = (n: number) => `## Task ${n}: Chore ${n} of ${run}\n**Claude Instruction:**\nDo.\n`
    house.write(`tasks/${run}.md`, [task(1), task(2), task(3)].join('\n'))
    await house.api.submit(
      { type: 'start', files: [`tasks/${run}.md`] },
      { surface: 'terminal', id: 'Ben', name: 'Ben' },
    )
  }
}

/** How many questions a request asks the database, and how many rows it gets. */
async function costOf(path: string): Promise<{ questions: number; rows: number }> {
  const { all, get } = StatementSync.prototype
  let questions = 0
  let rows = 0
  StatementSync.prototype.all = function (...values) {
    const found = all.apply(this, values as never)
    questions++
    rows += found.length
    return found
  }
  StatementSync.prototype.get = function (...values) {
    questions++
    rows++
    return get.apply(this, values as never)
  }
  try {
    expect((await served.get(path)).status).toBe(200)
    return { questions, rows }
  } finally {
    Object.assign(StatementSync.prototype, { all, get })
  }
}

test.each(['/api/overview', '/metrics', '/api/sessions?limit=20', '/api/cost', '/health'])(
  '%s asks the same of the database, however many runs are queued',
  async (path) => {
    await queue(0, 30)
    house.begin()
    await served.get(path)
    const few = await costOf(path)
    expect(few.questions).toBeLessThan(30)
    await queue(30, 130)
    const many = await costOf(path)
    expect(many.questions).toBe(few.questions)
    // What began on a day is told by the day: its sums are made from a row a run.
    if (path !== '/api/cost') expect(many.rows).toBe(few.rows)
  },
)

test('what waits is counted whole and named in part', async () => {
  await queue(0, 40)
  house.begin()
  const { json } = await served.get('/api/overview')
  expect([json.queued_total, json.queued_sessions.length]).toEqual([39, 20])
  expect(json.session).toMatchObject({ task_files: ['tasks/0.md'], status: 'running', total_tasks: 3 })
  expect(json.queued_sessions.map((run: { task_files: string[] }) => run.task_files[0]).slice(0, 2)).toEqual([
    'tasks/1.md',
    'tasks/2.md',
  ])
  expect(json.queued_sessions[0]).toMatchObject({ status: 'queued', total_tasks: 3, counts: { queued: 3 } })
  expect((await served.get('/metrics')).text).toContain('baton_queued_runs{queue="main"} 39\n')
})

test('every run is found by pages, newest first, none twice', async () => {
  await queue(0, 45)
  const seen: string[] = []
  for (let next: number | null = 0; next !== null; ) {
    const { json } = await served.get(`/api/sessions?limit=20&offset=${next}`)
    seen.push(...json.sessions.map((run: { task_files: string[] }) => run.task_files[0]))
    next = json.next
  }
  expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => `tasks/${44 - i}.md`))
})
