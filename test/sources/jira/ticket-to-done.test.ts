import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fromAdf } from '../../../src/jira/adf/read.ts'
import type { TicketRounds } from '../../../src/sources/jira/rounds.ts'
import { createHome, type Home, type OpenHome } from '../../support/home.ts'
import { type JiraServer, startJira } from '../../support/jira/server.ts'
import { ANNA, BOT, EVE, STATUSES, type Ticket } from '../../support/jira/world.ts'

let server: JiraServer
let home: Home
const opened: OpenHome[] = []
beforeAll(async () => {
  server = await startJira()
})
afterAll(() => server.close())
beforeEach(() => {
  server.clear()
  server.world.tickets.clear()
  server.world.isIndexLate = false
  server.requests.length = 0
  home = createHome('', `project: work\njira:\n  project: BAT\n  reporters: [${ANNA.accountId}]\n`)
  home.write('work/README.md', '# Work\n')
  home.git('init', '-q', '-b', 'main', 'work')
  home.git('-C', 'work', 'add', '-A')
  home.git('-C', 'work', 'commit', '-qm', 'start')
})
afterEach(async () => {
  await home.close()
  opened.length = 0
})

const EDIT = 'rehearse: edit a.txt "one"'

type OpenBaton = OpenHome & { rounds: TicketRounds; notes: string[]; settle: () => Promise<void> }

async function open({ begin = true } = {}): Promise<OpenBaton> {
  const baton = await home.open({ begin, jira: server.login })
  const notes: string[] = []
  const rounds = (await baton.jira.get('main')?.rounds({
    api: baton.runner.api,
    note: (text) => notes.push(text),
    spent: (usd) => baton.runner.spent('main', usd),
    onError: (error) => baton.errors.push(error),
  })) as TicketRounds
  return {
    ...{ ...baton, rounds, notes },
    async settle() {
      await rounds.once()
      await baton.rest()
      await rounds.once()
    },
  }
}

const said = ({ comments }: Ticket): string[] => comments.map(({ body }) => fromAdf(body))
const writes = () => server.requests.filter((one) => /^(POST|PUT) /.test(one) && !one.includes('/search/jql'))

describe('a ticket of somebody who is listed', () => {
  test('is worked on, moved along, and has one comment that says how it went', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: EDIT })
    await baton.settle()
    expect(baton.errors).toEqual([])
    expect(home.read('work/a.txt')).toBe('one')
    expect(ticket.status).toBe(STATUSES.done)
    expect(said(ticket)).toEqual([expect.stringMatching(/^\*\*Done\.\*\*[\s\S]*1 file changed\.[\s\S]*Baton, run /)])
    expect(ticket.properties.get('baton')).toMatchObject({ status: 'done', comment: ticket.comments[0]?.id })
    const [run] = baton.runner.api.view.runs()
    expect(baton.runner.api.view.tasks(run?.id ?? '')).toMatchObject([
      { title: 'Add a', status: 'done', where: `${server.url}/browse/${ticket.key}` },
    ])
    // It is over: nothing more is said, and it is not taken up again.
    const before = writes().length
    await baton.rounds.once()
    expect(writes()).toHaveLength(before)
    expect(baton.runner.api.view.runs()).toHaveLength(1)
  })

  test('is taken up once, over restarts and with a search that is behind', async () => {
    const first = await open({ begin: false })
    const ticket = server.world.create('Add a', { description: EDIT })
    server.world.isIndexLate = true
    await first.rounds.once()
    await first.runner.stop()
    const second = await open()
    await second.settle()
    // The search still says that it is open.
    await second.rounds.once()
    expect(second.runner.api.view.runs()).toHaveLength(1)
    expect(ticket.comments).toHaveLength(1)
    expect(ticket.status).toBe(STATUSES.done)
  })

  test('has one comment although the answer to it was lost', async () => {
    const baton = await open({ begin: false })
    const ticket = server.world.create('Add a', { description: EDIT })
    server.world.comment(ticket, EVE, server.world.text('Baton, run of mine'))
    server.fail('lost', /POST .*\/comment$/)
    await expect(baton.rounds.once()).rejects.toMatchObject({ kind: 'lost' })
    baton.runner.begin()
    await baton.settle()
    expect(ticket.comments.filter(({ author }) => author === BOT)).toHaveLength(1)
    expect(said(ticket).at(-1)).toMatch(/^\*\*Done/)
  })

  test('waits for a person, and says so, but nothing can be decided from there', async () => {
    const baton = await open()
    const ticket = server.world.create('Ask', { description: 'rehearse: ask "Which one?" "Left" "Right"' })
    await baton.rounds.once()
    await baton.ask('question')
    await baton.rounds.once()
    expect(said(ticket)).toEqual([
      expect.stringMatching(/waiting for somebody to decide[\s\S]*the dashboard or the terminal/),
    ])
    expect(ticket.status).toBe(STATUSES.progress)
    server.world.comment(ticket, ANNA, server.world.text('Left'))
    await baton.rounds.once()
    expect((await baton.ask('question')).state).toBe('open')
  })

  test('says that a usage limit holds it, and not that somebody is to decide', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: 'rehearse: limit 1h' })
    await baton.rounds.once()
    await expect.poll(() => baton.runner.api.view.status().hold?.why).toBe('limit')
    for (let n = 0; n < 2; n++) await baton.rounds.once()
    expect(said(ticket)).toEqual([
      expect.stringMatching(/^\*\*The usage limit of Claude is reached; Baton resumes automatically at .* UTC\.\*\*/),
    ])
    expect(baton.errors).toEqual([])
  })

  test('whose workflow has no step there stays where it is, which is said, and fails nothing', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: EDIT, status: STATUSES.blocked })
    await baton.rounds.once()
    await baton.rest()
    // Somebody put it where no step leads out of to what is wanted.
    server.world.change(ticket, { status: { ...STATUSES.blocked, id: '99', name: 'Frozen' } })
    await baton.rounds.once()
    const [run] = baton.runner.api.view.runs()
    expect(baton.runner.api.view.tasks(run?.id ?? '')).toMatchObject([{ status: 'done' }])
    expect(ticket.comments).toHaveLength(1)
  })

  test.each([
    [
      'is moved to a finished status',
      (one: Ticket) => server.world.change(one, { status: STATUSES.done }),
      'moved to Released',
    ],
    ['is deleted', (one: Ticket) => void server.world.tickets.delete(one.id), 'no longer exists'],
  ])('that %s by somebody is given up', async (_, act, why) => {
    const baton = await open({ begin: false })
    const ticket = server.world.create('Add a', { description: EDIT })
    await baton.rounds.once()
    act(ticket)
    await baton.rounds.once()
    const [run] = baton.runner.api.view.runs()
    expect(baton.runner.api.view.tasks(run?.id ?? '')).toMatchObject([
      { status: 'skipped', result: expect.stringContaining(why) },
    ])
    expect(baton.errors).toEqual([])
  })

  test('that is edited meanwhile is worked on as it was, and says so', async () => {
    const baton = await open({ begin: false })
    const ticket = server.world.create('Add a', { description: EDIT })
    await baton.rounds.once()
    server.world.change(ticket, { description: server.world.text('rehearse: edit b.txt "two"') })
    await baton.rounds.once()
    expect(said(ticket).at(-1)).toContain('The ticket was edited after it was taken up')
    baton.runner.begin()
    await baton.settle()
    expect(home.read('work/a.txt')).toBe('one')
  })

  test('that somebody reopens is taken up again, with its text as it is then', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: EDIT })
    await baton.settle()
    server.world.change(ticket, { status: STATUSES.open, description: server.world.text('rehearse: edit b.txt "two"') })
    await baton.settle()
    expect(home.read('work/b.txt')).toBe('two')
    expect(baton.runner.api.view.runs()).toHaveLength(2)
    expect(said(ticket)).toHaveLength(2)
  })

  test('waits with what it says while Jira wants no requests', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: EDIT })
    await baton.rounds.once()
    server.fail('limited-issue', /PUT .*\/comment\//)
    await baton.rest()
    await expect(baton.rounds.once()).rejects.toMatchObject({ kind: 'limited' })
    const [run] = baton.runner.api.view.runs()
    expect(baton.runner.api.view.tasks(run?.id ?? '')).toMatchObject([{ status: 'done' }])
    expect(ticket.comments).toHaveLength(1)
  })
})

describe('a ticket of anybody else', () => {
  test('is told of once, and nothing else happens', async () => {
    const baton = await open()
    const ticket = server.world.create('Add\u202e a', { description: EDIT, by: EVE })
    server.world.create('Nobody', { by: null })
    await baton.rounds.once()
    await baton.rounds.once()
    expect(baton.notes).toEqual([
      expect.stringMatching(/^BAT-\d+ “Add.+ a” is not taken up: Eve is not in jira\.reporters/),
      expect.stringContaining('nobody that Jira names'),
    ])
    expect(baton.notes[0]).not.toContain('\u202e')
    expect(baton.runner.api.view.runs()).toEqual([])
    expect(writes()).toEqual([])
    expect(ticket.status).toBe(STATUSES.open)
  })

  test('is taken up when somebody who is listed puts a label on it, and not when its reporter does', async () => {
    const baton = await open()
    const ticket = server.world.create('Add a', { description: EDIT, by: EVE, labels: [] })
    server.world.label(ticket, EVE, 'baton')
    await baton.rounds.once()
    expect(baton.runner.api.view.runs()).toEqual([])
    server.world.change(ticket, { labels: [] })
    server.world.label(ticket, ANNA, 'baton')
    await baton.settle()
    expect(home.read('work/a.txt')).toBe('one')
  })
})
