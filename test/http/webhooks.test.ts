import { beforeEach, describe, expect, test } from 'vitest'
import type { House } from './house.ts'
import { type Served, serve } from './serve.ts'
import { servedHouse } from './served-house.ts'
import { TODAY } from './task-files.ts'

let house: House
let served: Served
beforeEach(async () => {
  ;({ house, served } = await servedHouse({ 'tasks/today.md': TODAY }))
})

const command = (name: string, params?: object) => served.hook('command', { command: name, ...(params && { params }) })

describe('the webhooks of the predecessor', () => {
  test('start begins the named file and gives back what it was told and the session', async () => {
    const { status, json } = await command('start', { task_file: 'tasks/today.md', auto_approve: true })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      status: 'ok',
      message: 'Started 2 tasks from tasks/today.md.',
      task_file: 'tasks/today.md',
      auto_approve: true,
      session_id: expect.any(String),
    })
    expect(house.api.view.run(json.session_id)).toMatchObject({ autoApprove: true, files: ['tasks/today.md'] })
  })

  test('start without a file begins the configured ones', async () => {
    const { json } = await command('start')
    expect(json).toMatchObject({ status: 'ok', task_file: 'tasks/today.md', auto_approve: false })
  })

  test('a second start waits behind the first and says so', async () => {
    await command('start')
    house.write('tasks/more.md', '## Task 1: More\n**Claude Instruction:**\nMore.\n')
    const { json } = await command('start', { task_file: 'tasks/more.md' })
    expect(json.message).toBe('Queued 1 task from tasks/more.md, behind 2 tasks.')
  })

  test.each(['status', 'approve', 'reject', 'pause', 'resume', 'skip', 'retry', 'stop', 'logs'])(
    'without a session %s is no error',
    async (name) => {
      const { status, json } = await command(name)
      expect(status).toBe(200)
      if (name === 'logs') expect(json).toMatchObject({ status: 'ok', logs: '', file: null, total_log_files: 0 })
      else expect(json).toEqual({ status: 'idle', message: 'No active session' })
    },
  )

  test.each(['approve', 'pause', 'resume', 'skip'])('/webhook/%s is the command of that name', async (name) => {
    expect((await served.hook(name)).json).toEqual({ status: 'idle', message: 'No active session' })
    await command('start')
    if (name === 'approve') {
      house.begin()
      house.end()
    }
    if (name === 'resume') await command('pause')
    const { status, json } = await served.hook(name)
    expect(status).toBe(200)
    expect(json.status).toBe('ok')
    const { type } = house.store.read.events({}).at(-1) ?? {}
    const happened = { approve: 'ask.answered', pause: 'queue.paused', resume: 'queue.resumed', skip: 'ask.opened' }
    expect(type).toBe(happened[name as keyof typeof happened])
  })

  test('status tells the run in the words of the contract', async () => {
    expect((await served.hook('status')).json).toEqual({ status: 'idle', message: 'No active session' })
    const { json: started } = await command('start')
    const attempt = house.begin('first line')
    house.end()
    const { status, json } = await served.hook('status')
    expect(status).toBe(200)
    expect(json).toEqual({
      session_id: started.session_id,
      task_file: 'tasks/today.md',
      status: 'waiting',
      current_task_index: 1,
      task: 2,
      total: 2,
      tasks: [
        {
          id: 1,
          title: 'Add a login endpoint',
          type: 'backend',
          status: 'done',
          started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          result: 'All done.',
          output_log: attempt.logFile,
        },
        {
          id: 2,
          title: 'Drop the old table',
          type: 'database',
          status: 'waiting',
          started_at: null,
          completed_at: null,
          result: null,
          output_log: null,
        },
      ],
      started_at: expect.any(String),
      last_activity: expect.any(String),
    })
    const { json: word } = await command('status')
    expect(word).toMatchObject({ status: 'ok', session: json, session_status: 'waiting', total: 2 })
    expect(word.message).toBe('The run is waiting: task 2 of 2, Drop the old table (waiting)')
  })

  test('a run that is over is still told, until the next one', async () => {
    await command('start')
    await command('stop')
    expect((await served.hook('status')).json).toMatchObject({ status: 'stopped', current_task_index: 0 })
  })

  test('answer gives the words to what is asked', async () => {
    await command('start')
    house.begin()
    house.ask({
      kind: 'question',
      tool: 'AskUserQuestion',
      title: 'Which colour?',
      text: 'Which colour?',
      questions: [{ question: 'Which colour?', options: [{ label: 'Red' }, { label: 'Blue' }], multiSelect: false }],
    })
    const { status } = await command('answer', { response: 'blue' })
    expect(status).toBe(200)
    const [asked] = house.store.read.asksOfRun(house.api.view.latestRun()?.id ?? '')
    expect(asked?.answer).toMatchObject({
      answers: { 'Which colour?': 'Blue' },
      by: { surface: 'http', id: 'webhook', name: 'webhook' },
    })
    expect((await command('answer', {})).status).toBe(400)
  })

  test('reject takes the reason along, and a task can be named', async () => {
    await command('start')
    house.begin()
    house.end()
    expect((await command('reject', { task: '1' })).status).toBe(409)
    expect((await command('reject', { task: 2, text: 'too early' })).status).toBe(200)
    expect(house.api.view.latestRun()?.counts.skipped).toBe(1)
    expect(house.store.read.events({}).find((e) => e.type === 'task.skipped')?.text).toContain('too early')
  })

  test('logs gives the last lines of the task at work', async () => {
    await command('start')
    const { logFile } = house.begin(...Array.from({ length: 80 }, (_, i) => `line ${i + 1}`))
    const { json } = await served.hook('logs')
    expect(json).toMatchObject({ file: logFile, total_log_files: 1 })
    expect(json.logs.split('\n')).toHaveLength(50)
    expect(json.logs.endsWith('line 80')).toBe(true)
    expect((await served.hook('logs', { lines: 2 })).json.logs).toBe('line 79\nline 80')
    expect((await command('logs', { lines: '3' })).json.logs).toBe('line 78\nline 79\nline 80')
  })

  test('logs of a task that is named are its own', async () => {
    await command('start', { auto_approve: true })
    const { logFile } = house.begin('of the first')
    house.end()
    const { logFile: second } = house.begin('of the second')
    expect((await served.hook('logs')).json.file).toBe(second)
    expect((await command('logs', { task: 1 })).json).toMatchObject({ file: logFile, logs: 'of the first' })
    expect(await command('logs', { task: 9 })).toMatchObject({ status: 404, json: { error: 'There is no task 9.' } })
  })

  test('refusals are words with the right status', async () => {
    expect(await served.hook('command', { secret: 'wrong', command: 'status' })).toMatchObject({
      status: 401,
      json: { error: 'The secret is wrong.' },
    })
    expect((await served.hook('command', { secret: 5, command: 'status' })).status).toBe(401)
    expect(await command('dance')).toMatchObject({ status: 400, json: { error: expect.stringContaining('command') } })
    expect((await served.hook('command', {})).status).toBe(400)
    expect((await command('start', { task_file: 'tasks/none.md' })).status).toBe(404)
    expect((await command('skip', { task: 'two' })).status).toBe(400)
    await command('start')
    expect(await command('approve')).toMatchObject({ status: 409, json: { error: expect.any(String) } })
  })

  test('without WEBHOOK_SECRET they are switched off and say so', async () => {
    await served.close()
    served = await serve(house, { webhookSecret: undefined as never })
    const { status, json } = await served.hook('status', { secret: '' })
    expect(status).toBe(401)
    expect(json.error).toContain('WEBHOOK_SECRET')
  })

  test('a task file with mistakes is told, and nothing starts', async () => {
    house.write('tasks/bad.md', '## Task 1: No instruction\n')
    const { status, json } = await command('start', { task_file: 'tasks/bad.md' })
    expect(status).toBe(400)
    expect(json.error).toContain('tasks/bad.md:1')
    expect(house.api.view.runs()).toEqual([])
  })
})
