import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MACHINES_TOKEN, openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { openStore } from '../../src/store/store.ts'
import { openStream } from '../http/stream.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'

const asking = (title: string) =>
  `## Task 1: ${title}\n**Claude Instruction:**\nrehearse: ask "Which one for ${title}?" Left|Right\nrehearse: say done\n`
const SOON = { timeout: 60_000, interval: 100 }

describe.skipIf(noPostgres !== undefined)(
  `two machines with one phone${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let postgres: TestPostgres
    let house: TestMachines
    let api: BotApi
    let anna: Person
    let url = ''
    const machines: TestMachine[] = []
    const named = (name: string) => machines.find((one) => one.name === name) as TestMachine
    const hearer = () => postgres.query(url, 'SELECT machine FROM baton.hearer')
    const other = () => named(hearer() === 'one' ? 'two' : 'one')
    const asked = (title: string) => () =>
      anna.sees().messages.filter(({ versions }) => versions.at(-1)?.text.includes(`Which one for ${title}?`)).length
    const saidTo = (words: string) => () =>
      anna.sees().messages.some(({ versions }) => versions.at(-1)?.text.includes(words))
    /** What the API of a machine says. */
    const get = async (machine: TestMachine, path: string, body?: unknown) => {
      const response = await fetch(`${await machine.daemon.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${MACHINES_TOKEN}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      // biome-ignore lint/suspicious/noExplicitAny: what is read of it is expected below.
      return { status: response.status, json: (await response.json()) as any }
    }

    beforeAll(async () => {
      postgres = startPostgres()
      url = postgres.createDatabase()
      api = await startBotApi({ tapLifeMs: 60_000 })
      anna = api.person({ id: 42, name: 'Anna' })
      house = openMachinesHouse(url)
      const bot = `TELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_ALLOWED_USERS=42\nTELEGRAM_API_ROOT=${api.root}\n`
      for (const name of ['one', 'two'])
        machines.push(
          await house.start(name, {
            env: bot,
            // She knows Baton.
            prepare: (stateDir) => {
              const store = openStore(stateDir)
              store.setMeta('telegram:since', 0)
              store.close()
            },
          }),
        )
    }, 180_000)
    afterAll(async () => {
      await house?.close()
      await api?.close()
      postgres?.remove()
    })

    it('ask on it whatever machine has the run, and a tap reaches the machine that asks', async () => {
      await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), SOON).toBe('2')
      await expect.poll(hearer, SOON).not.toBe('')
      const { name, home } = other()
      home.write('tasks/far.md', asking('far'))
      const following = house.call(home, ['tasks', 'tasks/far.md', '--on', name])
      await expect.poll(asked('far'), SOON).toBe(1)
      anna.taps('Left')
      const { code, out } = await following
      expect(out).toContain(`Finished on ${name}: 1 of 1 tasks done`)
      expect(code).toBe(0)
      // Two that poll one bot would be told so.
      expect(api.callsTo('getUpdates').filter(({ status }) => status === 409)).toEqual([])
    }, 120_000)

    it('show on each dashboard what all of them do, and take an answer there', async () => {
      const near = named(hearer())
      const { name, home } = other()
      const stream = await openStream(`${await near.daemon.url}`, { token: MACHINES_TOKEN })
      await stream.until(() => stream.frames.length > 0, SOON.timeout)
      home.write('tasks/shown.md', asking('shown'))
      const following = house.call(home, ['tasks', 'tasks/shown.md', '--on', name])
      const open = async () => (await get(near, '/api/asks')).json.asks
      await expect.poll(async () => (await open()).length, SOON).toBe(1)
      const [ask] = await open()
      expect(ask).toMatchObject({ machine: name, kind: 'question', project: 'main' })
      const { sessions } = (await get(near, '/api/sessions')).json
      anna.says('/status')
      await expect.poll(saidTo(`${name} · main: waiting, 0 of 1 task done`), SOON).toBe(true)
      expect(sessions[0]).toMatchObject({ machine: name, session_id: ask.session_id, status: 'waiting' })
      expect((await get(near, `/api/status/${ask.session_id}`)).json).toMatchObject({
        total_tasks: 1,
        asks: [{ id: ask.id }],
      })
      // What is asked of all is answered for all.
      const { json: found } = await get(near, '/api/search?q=far')
      expect(found.hits).toMatchObject([{ machine: name, task: 1, status: 'done' }])
      expect(found.machines_away).toBeUndefined()
      expect((await get(near, '/api/cost?days=1')).json.days[0].done).toBeGreaterThan(0)
      expect((await get(near, '/api/overview')).json.elsewhere).toMatchObject([{ machine: name, status: 'waiting' }])
      // The terminal shows it as well, and says how to look at it.
      const terminal = async (...args: string[]) => (await house.call(near.home, args)).out
      let status = ''
      const look = async () => {
        status = await terminal('status')
        return status
      }
      await expect.poll(look, SOON).toContain(`${name}: main waiting, 0 of 1 task done`)
      expect(status).toContain('asks: Which one for shown?')
      expect(status).toContain(`--run ${ask.session_id}`)
      expect(JSON.parse(await terminal('status', '--json')).elsewhere).toMatchObject([{ machine: name }])
      expect(await terminal('answer', 'Right')).toContain(`${name}: Answered: Which one for shown? — Right`)
      // The second answer is refused by the machine that asked, also when nobody is shown the ask any more.
      await expect.poll(async () => (await open()).length, SOON).toBe(0)
      expect((await get(near, `/api/asks/${ask.id}`, { answer: 'Left' })).status).toBe(409)
      expect((await following).code).toBe(0)
      const first = ['1', '--run', ask.session_id]
      expect(await terminal('logs', ...first)).toMatch(new RegExp(`^On ${name}:\\n[^]*done`))
      // Its folder is no repository.
      expect(await terminal('diff', ...first)).toBe(`No changes of it are recorded on ${name}.\n`)
      expect(await terminal('logs', ...first, '--follow')).toContain(`${name} works on this run`)
      // What happened there was said here as it happened, each once.
      type Told = { machine?: string; seq: number; type: string; runId?: string }
      const told = () => stream.frames.flatMap(({ event, data }) => (event === undefined ? [data as Told] : []))
      const far = () => told().filter((one) => one.machine === name && one.runId === ask.session_id)
      await stream.until(() => far().some(({ type }) => type === 'run.ended'), SOON.timeout)
      const types = far().map(({ type }) => type)
      for (const type of ['run.started', 'ask.opened', 'ask.answered', 'task.done']) expect(types).toContain(type)
      const seqs = far().map(({ seq }) => seq)
      expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b))
      // Whoever comes back is told what happened meanwhile, of both.
      const from = stream.frames.find(({ data }) => (data as Told).type === 'ask.opened')
      stream.close()
      const back = await openStream(`${await near.daemon.url}`, {
        token: MACHINES_TOKEN,
        headers: { 'Last-Event-ID': from?.id ?? '' },
      })
      await back.until(() => back.frames.some(({ data }) => (data as Told).type === 'run.ended'), SOON.timeout)
      back.close()
      const after = (frames: typeof back.frames) =>
        frames.filter(({ event, data }) => event === undefined && (data as Told).machine === name)
      const missed = after(stream.frames.slice(stream.frames.indexOf(from as (typeof stream.frames)[0]) + 1))
      expect(after(back.frames).map(({ data }) => (data as Told).seq)).toEqual(
        missed.map(({ data }) => (data as Told).seq),
      )
    }, 120_000)

    it('start on the machine that a file names, and note there what was done', async () => {
      const near = named(hearer())
      const { name } = other()
      near.home.write('tasks/named.md', `---\nmachine: ${name}\n---\n## Task 1: Named\n**Run:** true\n`)
      const { status, json } = await get(near, '/api/orchestrate', { task_file: 'tasks/named.md' })
      expect([status, json.message]).toEqual([202, `Offered to ${name}: tasks/named.md.`])
      await expect.poll(() => near.home.read('tasks/named.md'), SOON).toMatch(/\*\*Status:\*\* done \d{4}/)
    }, 60_000)

    it('are heard by another when the one that hears has stopped, and a bare /approve finds the machine that asks', async () => {
      const first = named(hearer())
      const second = other()
      second.home.write('tasks/gate.md', '## Task 1: Gate\n**Requires Approval:** true\n**Run:** true\n')
      const following = house.call(second.home, ['tasks', 'tasks/gate.md', '--on', second.name])
      await expect
        .poll(() => anna.sees().messages.some(({ versions }) => versions.at(-1)?.text.includes('Gate')), SOON)
        .toBe(true)
      await expect.poll(async () => (await get(first, '/api/asks')).json.asks.length, SOON).toBe(1)
      anna.says('/approve')
      expect((await following).code).toBe(0)
      first.daemon.kill('SIGTERM')
      await expect.poll(hearer, SOON).toBe(second.name)
      anna.says('/status')
      const before = anna.sees().messages.length
      await expect.poll(() => anna.sees().messages.length, SOON).toBeGreaterThan(before)
    }, 180_000)

    it('are told from each other what to do with a run, and since when one of them is silent', async () => {
      const near = named(hearer())
      const far = other()
      await far.again()
      const gated = async (name: string) => {
        far.home.write(`tasks/${name}.md`, `## Task 1: ${name}\n**Requires Approval:** true\n**Run:** true\n`)
        await get(far, '/api/orchestrate', { task_file: `tasks/${name}.md` })
        await expect
          .poll(async () => (await get(near, '/api/asks')).json.asks.map((ask: { title: string }) => ask.title), SOON)
          .toEqual([`Start task 1: ${name}?`])
        return (await get(near, '/api/asks')).json.asks[0].session_id
      }
      const skipped = await gated('skipped')
      const skip = { command: 'skip', task: 1, session_id: skipped }
      expect((await get(near, '/api/commands', skip)).json).toMatchObject({ status: 'ok' })
      expect((await get(far, `/api/status/${skipped}`)).json.tasks[0].status).toBe('skipped')
      await expect.poll(async () => (await get(near, '/api/asks')).json.asks, SOON).toEqual([])
      const left = await gated('left')
      far.daemon.kill('SIGKILL')
      // As if that were a minute ago.
      postgres.query(url, `UPDATE baton.machine SET seen = seen - interval '60 s' WHERE name = '${far.name}'`)
      const shown = async () =>
        (await get(near, '/api/sessions')).json.sessions.find((run: { session_id: string }) => run.session_id === left)
      await expect.poll(async () => (await shown())?.machine_silent_since, SOON).toMatch(/^\d{4}-/)
      const { status, json } = await get(near, `/api/status/${left}`)
      expect([status, json.error.message]).toEqual([
        503,
        expect.stringContaining(`${far.name} has it, and was last heard`),
      ])
      anna.says('/status')
      await expect
        .poll(saidTo(`${far.name} · main: waiting, 0 of 1 task done; nothing heard of it since`), SOON)
        .toBe(true)
    }, 120_000)

    it('show what a machine asks that has no bot itself, and take the answer there', async () => {
      const near = named(hearer())
      const three = await house.start('three')
      const card = (words: string) =>
        anna
          .sees()
          .messages.find(({ versions }) => versions.at(-1)?.text.includes(words))
          ?.versions.at(-1)
      const asksOf = async () =>
        (await get(three, '/api/asks')).json.asks.filter((ask: { machine?: string }) => !ask.machine)
      const run = async (name: string, text: string) => {
        three.home.write(`tasks/${name}.md`, text)
        return (await get(three, '/api/orchestrate', { task_file: `tasks/${name}.md` })).json.session_id
      }
      const decided = async (session: string) =>
        (await get(three, `/api/status/${session}`)).json.tasks.map((one: { status: string }) => one.status)
      const picked = await run('picked', asking('picked'))
      await expect.poll(() => card('three: ')?.text, SOON).toContain('Which one for picked?')
      anna.taps('Left')
      await expect.poll(() => decided(picked), SOON).toEqual(['done'])
      expect((await get(three, `/api/status/${picked}`)).json.asks).toEqual([])
      await expect.poll(() => card('three: main done')?.text, SOON).toContain('1 of 1 task done: tasks/picked.md')
      // It is said there who it was, and here once what became of it.
      const log = await get(three, `/api/sessions/${picked}/summary`)
      expect(JSON.stringify(log.json)).toContain('Anna (Telegram)')
      await expect.poll(() => card('Which one for picked?')?.text, SOON).toMatch(/Answered by Anna/)
      expect(asked('picked')()).toBe(1)
      // In words: as a reply to nothing, since nothing else is asked.
      const worded = await run('worded', '## Task 1: Worded\n**Requires Approval:** true\n**Run:** true\n')
      await expect.poll(() => card('three: Start task 1: Worded?') !== undefined, SOON).toBe(true)
      // What a command means, where only that machine works.
      anna.says('/tasks')
      await expect.poll(saidTo('✋ 1 Worded'), SOON).toBe(true)
      anna.says('/cost')
      await expect.poll(saidTo('Today on other machines: '), SOON).toBe(true)
      expect(saidTo('three $0.00')()).toBe(true)
      anna.says('/approve')
      await expect.poll(() => decided(worded), SOON).toEqual(['done'])
      anna.says('/logs three')
      await expect.poll(saidTo('Log of task 1'), SOON).toBe(true)
      anna.says('/diff three 1')
      await expect.poll(saidTo('No changes of it are known on three.'), SOON).toBe(true)
      // Decided on that machine meanwhile: the card follows.
      const there = await run('there', '## Task 1: There\n**Requires Approval:** true\n**Run:** true\n')
      await expect.poll(() => card('three: Start task 1: There?') !== undefined, SOON).toBe(true)
      const [{ id }] = await asksOf()
      await get(three, `/api/asks/${id}`, { answer: 'Reject' })
      await expect.poll(() => card('three: Start task 1: There?')?.text, SOON).toMatch(/Rejected by/)
      expect(await decided(there)).toEqual(['skipped'])
      expect((await get(near, '/api/asks')).json.asks).toEqual([])
    }, 120_000)

    it('remind of what such a machine asks, and put it off', async () => {
      const four = await house.start('four', { config: 'chat: {remind_after: 1s}\n' })
      four.home.write('tasks/slow.md', '## Task 1: Slow\n**Requires Approval:** true\n**Run:** true\n')
      await get(four, '/api/orchestrate', { task_file: 'tasks/slow.md' })
      const shows =
        (...words: string[]) =>
        () =>
          anna.sees().messages.filter(({ versions }) => words.every((one) => versions.at(-1)?.text.includes(one)))
            .length
      await expect.poll(shows('four: Still waiting for you', 'Start task 1: Slow?'), SOON).toBe(1)
      anna.taps('Tomorrow')
      const snoozed = async () => (await get(four, '/api/asks')).json.asks[0].snoozed?.by
      await expect.poll(snoozed, SOON).toBe('Anna (Telegram)')
      await expect.poll(shows('four: Start task 1: Slow?', 'Snoozed until tomorrow'), SOON).toBe(1)
      await expect.poll(shows('four: Still waiting for you', 'Snoozed by Anna'), SOON).toBe(1)
      anna.says('/approve')
      await expect.poll(shows('four: main done'), SOON).toBe(1)
      // Its receipt came before that.
      expect(shows('four: Task 1 is done: Slow')()).toBe(1)
    }, 120_000)
  },
)
