import { afterAll, beforeAll } from 'vitest'
import { openJira } from '../../../src/jira/client.ts'
import { ticketsIn } from '../../../src/sources/jira/record.ts'
import { createTicketSource } from '../../../src/sources/jira/source.ts'
import { ticketText } from '../../../src/sources/jira/ticket-text.ts'
import { type SourceWorld, sourceContract } from '../../contracts/source.ts'
import { keptInMemory } from '../../support/jira/kept.ts'
import { type JiraServer, startJira } from '../../support/jira/server.ts'
import { ANNA, type Ticket } from '../../support/jira/world.ts'

let server: JiraServer
beforeAll(async () => {
  server = await startJira()
})
afterAll(() => server.close())

/** A project with two tickets that were taken up. */
async function openTickets(): Promise<SourceWorld> {
  const { world, url } = server
  const jira = openJira(server.login, { now: Date.now })
  const tickets = ticketsIn(keptInMemory(), url)
  const made = new Map<string, Ticket>()
  for (const title of ['First', 'Second']) {
    const ticket = world.create(title)
    made.set(title, ticket)
    const { id, key } = ticket
    const text = ticketText(await jira.issue(id))
    const by = { id: ANNA.accountId, name: ANNA.displayName }
    tickets.set({
      ...{ id, key, by, text },
      url: `${url}/browse/${key}`,
      stage: 'open',
      take: 1,
      runId: `run of ${key}`,
    })
  }
  const of = (title: string) => made.get(title) as Ticket
  const status = { running: 'In Progress', done: 'Done', undone: 'To Do' }
  const config = { project: 'BAT', jql: 'labels = baton', status, reporters: [], pollMs: 60_000 }
  return {
    source: createTicketSource({
      show: async () => ({ jira, tickets, config, redact: (text) => text, pullOf: () => undefined }),
      tickets,
      words: () => '',
    }),
    isShownAsDone: (title) => of(title).status.statusCategory.key === 'done',
    rewrite: (title, words) => world.change(of(title), { description: world.text(words) }),
    remove: (title) => void world.tickets.delete(of(title).id),
    breakWriting: () => server.fail('forbidden', /POST|PUT/, 100),
    close: () => server.clear(),
  }
}

sourceContract('of tickets', openTickets)
