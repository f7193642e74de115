import { describe, expect, it, onTestFinished } from 'vitest'
import { LISTENS_ALONE } from '../../src/core/source-lease.ts'
import { whileListening } from '../../src/sources/while-listening.ts'
import { createHome } from '../support/home.ts'
import { type JiraServer, startJira } from '../support/jira/server.ts'
import { ANNA, BOT, STATUSES } from '../support/jira/world.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'
import { passFor, sourceMachine } from './source-machine.ts'

describe.skipIf(noPostgres !== undefined)(
  `tickets that two machines are set up for${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    const postgres = postgresOfTests()

    const machine = async (server: JiraServer, url: string, name: string, isSharing = true) => {
      const home = createHome('', `project: work\njira:\n  project: BAT\n  reporters: [${ANNA.accountId}]\n`)
      home.write('work/README.md', '# Work\n')
      home.git('init', '-q', '-b', 'main', 'work')
      home.git('-C', 'work', 'add', '-A')
      home.git('-C', 'work', 'commit', '-qm', 'start')
      onTestFinished(() => home.close())
      const baton = await home.open({ jira: server.login })
      const one = await sourceMachine(postgres, url, name, home, baton.store)
      const project = baton.jira.get('main')
      if (!project) throw new Error('There are no tickets.')
      const lease = isSharing ? one.share(project.place) : LISTENS_ALONE
      const rounds = await project.rounds({
        api: isSharing ? whileListening(baton.runner.api, lease) : baton.runner.api,
        lease,
        note: () => undefined,
        spent: async () => undefined,
        onError: (error) => baton.errors.push(error),
      })
      lease.onHeld(({ isAfresh }) => isAfresh && rounds.takenOver())
      return { ...one, baton, rounds, runs: () => baton.runner.api.view.runs() }
    }
    const jira = async () => {
      const server = await startJira()
      onTestFinished(() => server.close())
      const writes = () => server.requests.filter((one) => /^(POST|PUT) /.test(one) && !one.includes('search'))
      return { server, writes, url: postgres.createDatabase() }
    }

    it('are worked on by one, and from scratch by the other when that one is gone', async () => {
      const { server, writes, url } = await jira()
      const one = await machine(server, url, 'one')
      const two = await machine(server, url, 'two')
      const ticket = server.world.create('Add a', { description: 'rehearse: ask "Which one?" "Left" "Right"' })
      await one.round()
      await two.round()
      await one.rounds.once()
      await one.baton.ask('question')
      await one.rounds.once()
      // The other one may do nothing of it, even if it looks.
      await expect(two.rounds.once()).rejects.toThrow('one listens to jira:')
      expect([one.runs().length, two.runs().length, ticket.comments.length]).toEqual([1, 0, 1])
      await one.round()
      passFor(postgres, url, 16)
      await two.round()
      await two.rounds.once()
      const ask = await two.baton.ask('question')
      // Until it hears of that, the first one believes that it listens, and can do nothing any more.
      const before = writes()
      server.world.create('Add b', { description: 'rehearse: edit b.txt "two"' })
      await expect(one.rounds.once()).rejects.toThrow()
      expect(writes()).toEqual(before)
      expect(one.runs()).toHaveLength(1)
      expect(two.runs()[0]?.id).not.toBe(one.runs()[0]?.id)
      await two.baton.answer(ask, 'Left')
      await two.baton.rest()
      await two.rounds.once()
      expect(ticket.status).toBe(STATUSES.done)
      expect(ticket.comments.filter(({ author }) => author === BOT)).toHaveLength(1)
      expect([one.baton.errors, two.baton.errors]).toEqual([[], []])
    })

    it('are taken up by both where they share nothing', async () => {
      const { server, url } = await jira()
      const both = [await machine(server, url, 'one', false), await machine(server, url, 'two', false)]
      server.world.create('Add a', { description: 'rehearse: edit a.txt "one"' })
      for (const { rounds } of both) await rounds.once()
      expect(both.map(({ runs }) => runs().length)).toEqual([1, 1])
    })
  },
)
