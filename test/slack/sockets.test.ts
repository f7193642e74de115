import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSockets, type Sockets } from '../../src/slack/sockets.ts'
import { type SlackServer, startSlack } from '../support/slack/server.ts'

let slack: SlackServer
let sockets: Sockets
const wentDeaf: number[] = []

beforeEach(async () => {
  slack = await startSlack({ pingMs: 100 })
  wentDeaf.length = 0
})
afterEach(async () => {
  await sockets.stop()
  await slack.close()
})

test('one of the two is left early and opened again, so that they are of different age and not renewed at once', async () => {
  const taken: string[] = []
  sockets = createSockets({
    ...{ appToken: slack.world.appToken, apiUrl: slack.apiUrl, apartMs: 200 },
    take: (type) => void taken.push(type),
    onTakeError: (error) => expect.unreachable(String(error)),
    onHeard: () => wentDeaf.push(slack.events.lines()),
    onTrouble: () => {},
  })
  sockets.start()
  const opened = () => slack.callsTo('apps.connections.open').length
  await expect.poll(opened, { interval: 5, timeout: 20_000 }).toBe(3)
  await expect.poll(() => slack.events.listening(), { interval: 5, timeout: 20_000 }).toBe(2)
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  slack.channel('C1', ['UANNA'])
  for (let i = 0; i < 4; i++) expect((await anna.commands('C1', 'status'))?.ackedAt).toBeDefined()
  expect(taken).toHaveLength(4)
  // Once, and there was always one that heard.
  expect([opened(), wentDeaf.length]).toEqual([3, 1])
})
