import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import { ANNA, type Home, type OpenHome } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

/** Claude has heard its task: from here on there is a session to resume. */
const works = (house: OpenHome) => expect.poll(() => house.runner.api.view.status().live?.turns ?? 0).toBeGreaterThan(0)
const task = (number: number, instruction: string, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\n${instruction}\n\n`

describe('a run', () => {
  it('works through the tasks in order, notes what is done in the file and touches nothing else of it', async () => {
    const text = `# Today\n\nSome context.\n\n${task(1, 'rehearse: edit a.txt "one"')}${task(2, 'rehearse: edit b.txt "two"', '**Depends On:** Task 1\n')}`
    const home = homeOfTest(text)
    const house = await home.open()
    const runId = await house.start()
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
    expect([home.read('a.txt'), home.read('b.txt')]).toEqual(['one', 'two'])
    expect(home.read('tasks/today.md').replaceAll(/\*\*Status:\*\* done \d{4}-\d\d-\d\dT\d\d:\d\dZ\n/g, '')).toBe(text)
    expect(
      readdirSync(join(home.dir, 'logs', runId))
        .filter((name) => name !== 'report.md')
        .sort(),
    ).toEqual(['01-title-1.jsonl', '01-title-1.log', '02-title-2.jsonl', '02-title-2.log'])
    expect(house.errors).toEqual([])
  })

  it('asks a question live and hands the answer to the same process', async () => {
    const home = homeOfTest(task(1, 'rehearse: ask "Which colour?" Red|Blue'))
    const house = await home.open()
    await house.start()
    await house.answer(await house.ask('question'), '2')
    await house.rest()
    expect(house.runner.api.view.latestRun()?.status).toBe('done')
    expect(house.runner.api.view.task(house.runner.api.view.latestRun()?.id ?? '', 1)?.result).toContain('Blue')
    expect(house.events.filter((event) => event.type === 'task.continued')).toEqual([])
  })

  it('is refused while another one works on the same state, and says who', async () => {
    const home = homeOfTest(task(1, 'Do it.'))
    await home.open()
    await expect(home.open()).rejects.toThrow(`held by ${process.pid}`)
  })
})

describe('an ask that stays open', () => {
  const hold =
    (ms: number) => (config: Parameters<NonNullable<NonNullable<Parameters<Home['open']>[0]>['change']>>[0]) => {
      config.projects[0].claude.holdMs = ms
    }

  it('is parked by a deferred call, survives a restart, and goes on exactly where it stood', async () => {
    const home = homeOfTest(
      task(1, 'rehearse: ask "Which colour?" Red|Blue\nrehearse: say Good.\nrehearse: ask "Which size?" S|L'),
    )
    let house = await home.open({ change: hold(0) })
    await house.start()
    await house.event('attempt.ended', (event) => event.data?.outcome === 'deferred')
    await house.runner.stop()
    house = await home.open({ change: hold(0) })
    await house.answer(await house.ask('question'), 'Blue')
    await house.event('ask.opened')
    await house.event('attempt.ended', (event) => event.data?.outcome === 'deferred')
    await house.answer(await house.ask('question'), 'L')
    await house.rest()
    const view = house.runner.api.view
    expect(view.task(view.latestRun()?.id ?? '', 1)).toMatchObject({ status: 'done', attempts: 1 })
    expect(view.task(view.latestRun()?.id ?? '', 1)?.result).toMatch(/Blue.*L/s)
  })

  it('of a permission is parked by ending the process, and its grant passes exactly that call once', async () => {
    const home = homeOfTest(task(1, 'rehearse: bash touch granted.txt'))
    let house = await home.open({ change: hold(0) })
    await house.start()
    await house.event('attempt.ended', (event) => event.data?.outcome === 'parked')
    await house.runner.stop()
    house = await home.open({ change: hold(60_000) })
    await house.answer(await house.ask('permission'), 'yes')
    await house.rest()
    expect(existsSync(join(home.dir, 'granted.txt'))).toBe(true)
    expect(house.events.some((event) => event.type === 'grant.used')).toBe(true)
  })

  it('under auto-approve with nobody there is not waited for', async () => {
    const home = homeOfTest(
      task(1, 'rehearse: ask "Which colour?" Red|Blue', '**Requires Approval:** true\n') +
        task(2, 'rehearse: bash touch auto.txt'),
    )
    const house = await home.open({ attended: false })
    await house.start({ autoApprove: true })
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
    expect(existsSync(join(home.dir, 'auto.txt'))).toBe(true)
  })
})

describe('steering', () => {
  it('pause interrupts at once, and resume continues the same session', async () => {
    const home = homeOfTest(task(1, 'rehearse: say Here.\nrehearse: wait 3s\nrehearse: edit a.txt "one"'))
    const house = await home.open()
    await house.start()
    await house.event('task.started')
    await works(house)
    expect(await house.runner.api.submit({ type: 'pause' }, ANNA)).toMatchObject({ ok: true })
    await house.event('attempt.ended')
    expect(house.runner.api.view.status()).toMatchObject({ run: { status: 'paused' }, current: { status: 'waiting' } })
    await house.runner.api.submit({ type: 'resume' }, ANNA)
    await house.rest()
    const view = house.runner.api.view
    expect(view.task(view.latestRun()?.id ?? '', 1)).toMatchObject({ status: 'done', attempts: 1 })
  })

  it('skip ends the running task, and the next one begins after it', async () => {
    const home = homeOfTest(task(1, 'rehearse: wait 60s') + task(2, 'rehearse: edit b.txt "two"'))
    const house = await home.open()
    await house.start()
    await house.event('task.started')
    expect(await house.runner.api.submit({ type: 'skip', why: 'too slow' }, ANNA)).toMatchObject({ ok: true })
    await house.rest()
    expect(house.status()).toEqual(['skipped', 'done'])
  })

  it('stop leaves the rest, and resume goes on in the same session after a restart', async () => {
    const home = homeOfTest(
      task(1, 'rehearse: say Here.\nrehearse: wait 1s\nrehearse: edit a.txt "one"') +
        task(2, 'rehearse: edit b.txt "two"'),
    )
    let house = await home.open()
    await house.start()
    await house.event('task.started')
    await works(house)
    await house.runner.api.submit({ type: 'stop' }, ANNA)
    expect(await house.runner.idle()).toMatchObject({ do: expect.stringMatching(/rest|wait/) })
    await house.runner.stop()
    house = await home.open()
    expect(house.runner.api.view.latestRun()?.status).toBe('stopped')
    expect(await house.runner.api.submit({ type: 'resume' }, ANNA)).toMatchObject({ ok: true })
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
  })

  it('words reach the running task', async () => {
    const home = homeOfTest(task(1, 'rehearse: say Here.\nrehearse: wait 1s\nrehearse: wait 1s'))
    const house = await home.open()
    await house.start()
    await house.event('task.started')
    await works(house)
    expect(await house.runner.api.submit({ type: 'say', text: 'use tabs' }, ANNA)).toMatchObject({ ok: true })
    await house.rest()
    const view = house.runner.api.view
    const done = view.task(view.latestRun()?.id ?? '', 1)
    const log = await house.artifacts.logTail(done?.id ?? '', 100)
    expect(log?.lines.join('\n')).toContain('use tabs')
  })
})

describe('trouble', () => {
  it('with a usage limit holds the queue until the reset, burns no retry and goes on in the same session', async () => {
    const home = homeOfTest(
      task(1, 'rehearse: limit 2s\nrehearse: edit a.txt "one"') + task(2, 'rehearse: edit b.txt "two"'),
    )
    const house = await home.open()
    await house.start()
    await house.event('queue.held')
    expect(house.runner.api.view.status().hold?.why).toBe('limit')
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
    expect(house.events.some((event) => event.type === 'task.retrying')).toBe(false)
  })

  it('that a check finds goes back to the same session, and the task is done only when the check passes', async () => {
    const home = homeOfTest(
      task(
        1,
        'rehearse: edit a.txt "one"',
        '**Verify:**\n- test -f proof.txt || (touch proof.txt; exit 7)\n**Retries:** 1\n',
      ),
    )
    const house = await home.open()
    await house.start()
    await house.event('task.retrying')
    await house.rest()
    expect(house.status()).toEqual(['done'])
    expect(house.events.filter((event) => event.type === 'task.checked').map((event) => event.data?.ok)).toEqual([
      false,
      true,
    ])
  })

  it('that lasts is asked about, and retry continues the session', async () => {
    const home = homeOfTest(task(1, 'rehearse: fail-once') + task(2, 'Do it.'), 'retries: 0\n')
    const house = await home.open()
    await house.start()
    const ask = await house.ask('failure')
    await house.answer(ask, 'retry')
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
  })

  it('with a folder that is missing fails the task with words that say what to do', async () => {
    const home = homeOfTest(task(1, 'Do it.', '**Directory:** no/such/folder\n'), 'on_failure: continue\n')
    const house = await home.open()
    await house.start()
    await house.rest()
    const view = house.runner.api.view
    expect(view.task(view.latestRun()?.id ?? '', 1)?.result).toMatch(/does not exist: .*no\/such\/folder.*Directory/)
  })
})

describe('commands instead of Claude', () => {
  it('run in the same queue, and their exit code is the result', async () => {
    const home = homeOfTest(
      '## Task 1: Build\n**Run:**\n- echo built > out.txt\n\n## Task 2: Break\n**Run:**\n- exit 3\n',
      'on_failure: continue\n',
    )
    const house = await home.open()
    await house.start()
    await house.rest()
    expect(house.status()).toEqual(['done', 'failed'])
    expect(home.read('out.txt')).toBe('built\n')
  })
})

describe('undo', () => {
  it('gives back the state before a task after asking, leaves the user’s own work alone, and can be taken back', async () => {
    const home = homeOfTest(task(1, 'rehearse: edit a.txt "one"'))
    home.write('a.txt', 'before')
    home.repository()
    const house = await home.open()
    await house.start()
    await house.rest()
    home.write('mine.txt', 'my own')
    const asked = await house.runner.api.submit({ type: 'undo', task: 1 }, ANNA)
    expect(asked).toMatchObject({ ok: false, text: expect.stringContaining('a.txt') })
    expect(home.read('a.txt')).toBe('one')
    const undone = await house.runner.api.submit({ type: 'undo', task: 1, confirm: String(asked.data?.confirm) }, ANNA)
    expect(undone).toMatchObject({ ok: true })
    expect([home.read('a.txt'), home.read('mine.txt')]).toEqual(['before', 'my own'])
    expect(home.read('tasks/today.md')).not.toContain('Status')
    expect(house.status()).toEqual(['undone'])
    expect(undone.text).toBe('Undid task 1 (Title 1): 1 file restored')
    expect(house.events.some(({ type }) => type === 'task.skipped')).toBe(false)
    const again = await house.runner.api.submit({ type: 'undo', task: 1 }, ANNA)
    await house.runner.api.submit({ type: 'undo', task: 1, confirm: String(again.data?.confirm) }, ANNA)
    expect(home.read('a.txt')).toBe('one')
    expect(house.status()).toEqual(['done'])
    expect(home.git('log', '--oneline').trim().split('\n')).toHaveLength(1)
  })

  const inGit = (text: string, config = '') => {
    const home = homeOfTest(text, config)
    home.write('a.txt', 'before')
    home.repository()
    return home
  }
  const undo = async ({ runner }: OpenHome, number = 1, runId?: string) => {
    const command = { type: 'undo' as const, task: number, ...(runId !== undefined && { runId }) }
    const asked = await runner.api.submit(command, ANNA)
    return runner.api.submit({ ...command, confirm: String(asked.data?.confirm) }, ANNA)
  }

  it('is followed by a redo, of which an undo gives back what was there before the redo, and not before the first try', async () => {
    const home = inGit(task(1, 'rehearse: edit a.txt "one"'))
    const house = await home.open()
    await house.start()
    await house.rest()
    await undo(house)
    // Between the two the user continues alone, in the same file.
    home.write('a.txt', 'by hand')
    await house.runner.api.submit({ type: 'retry', task: 1 }, ANNA)
    await house.rest()
    expect([house.status(), home.read('a.txt')]).toEqual([['done'], 'one'])
    expect(home.read('tasks/today.md')).toContain('**Status:** done')
    expect(await undo(house)).toMatchObject({ ok: true, text: 'Undid task 1 (Title 1): 1 file restored' })
    expect([house.status(), home.read('a.txt')]).toEqual([['undone'], 'by hand'])
    // A second tap on the same button asks for nothing new, and brings nothing back.
    const tapped = await house.runner.api.submit({ type: 'undo', task: 1, confirm: 'u0123456789abcdef' }, ANNA)
    expect(tapped).toEqual({
      ok: false,
      code: 'nothing-to-do',
      text: 'Task 1 (Title 1) is already undone.',
      data: { task: 1 },
    })
    await undo(house)
    expect([house.status(), home.read('a.txt')]).toEqual([['done'], 'one'])
  })

  it('says when the file goes on to call the task done', async () => {
    const home = inGit(task(1, 'rehearse: edit a.txt "one"'))
    const house = await home.open()
    await house.start()
    await house.rest()
    home.write('tasks/today.md', '# Everything is gone\n')
    const undone = await undo(house)
    expect(undone).toMatchObject({ ok: true, text: expect.stringContaining('still marked as done in tasks/today.md') })
    expect(house.status()).toEqual(['undone'])
  })

  it('leaves a mark alone that Baton did not make', async () => {
    const home = inGit(task(1, 'rehearse: edit a.txt "one"'), 'mark: false\n')
    const house = await home.open()
    await house.start()
    await house.rest()
    const ticked = home.read('tasks/today.md').replace('## Task 1: Title 1\n', '## Task 1: Title 1\n**Status:** done\n')
    home.write('tasks/today.md', ticked)
    await undo(house)
    expect([house.status(), home.read('tasks/today.md')]).toEqual([['undone'], ticked])
    await undo(house)
    expect([house.status(), home.read('tasks/today.md')]).toEqual([['done'], ticked])
  })

  it('is seen in a run of long ago as well, and can be taken back there', async () => {
    const home = inGit(task(1, 'rehearse: edit a.txt "one"'))
    home.write('tasks/other.md', task(1, 'rehearse: edit b.txt "two"'))
    const house = await home.open()
    const first = await house.start({ files: ['tasks/today.md'] })
    await house.rest()
    await house.start({ files: ['tasks/other.md'] })
    await house.rest()
    const { view } = house.runner.api
    const stands = () => [view.task(first, 1)?.status, view.run(first)?.counts.undone, home.read('a.txt')]
    expect(await undo(house, 1, first)).toMatchObject({ ok: true })
    expect(stands()).toEqual(['undone', 1, 'before'])
    const report = () => home.read(`logs/${first}/report.md`)
    await expect.poll(report).toContain('**⏪ undone**')
    expect(report()).toContain('**0 of 1 task** done')
    await undo(house, 1, first)
    expect(stands()).toEqual(['done', 0, 'one'])
    await undo(house, 1, first)
    // The run is opened again and done again, although it is not the latest.
    expect(await house.runner.api.submit({ type: 'retry', task: 1, runId: first }, ANNA)).toMatchObject({ ok: true })
    await house.rest()
    expect(stands()).toEqual(['done', 0, 'one'])
    expect(house.errors).toEqual([])
  })

  it('that was killed before it was recorded is done a second time, and can still be brought back', async () => {
    const home = inGit(task(1, 'rehearse: edit a.txt "one"'))
    const first = await home.open()
    await first.start()
    await first.rest()
    await undo(first)
    await first.runner.stop()
    const store = openStore(join(home.dir, '.baton'))
    const [run] = store.read.runs()
    const [row] = store.read.tasks(run?.id ?? '')
    const { undone: _, ...before } = row as Task
    store.commit({ changes: [{ table: 'tasks', row: { ...before, phase: 'done' } }], events: [] })
    store.close()
    const house = await home.open()
    expect(await undo(house)).toMatchObject({ ok: true, text: 'Undid task 1 (Title 1): no file changed' })
    expect(house.status()).toEqual(['undone'])
    expect(await undo(house)).toMatchObject({ ok: true, text: 'Brought back task 1 (Title 1): 1 file restored' })
    expect([house.status(), home.read('a.txt')]).toEqual([['done'], 'one'])
  })
})
