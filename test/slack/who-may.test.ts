import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSlack } from '../../src/slack/slack.ts'
import type { SlackPerson } from '../support/slack/person.ts'
import { type SlackServer, startSlack } from '../support/slack/server.ts'
import { openOnSlack } from './home.ts'

const TASKS = `# Tasks
## Task 1: Ship it
**Role:** ops
**Requires Approval:** true
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green
`
const C = 'C1'
let slack: SlackServer
let anna: SlackPerson

beforeEach(async () => {
  slack = await startSlack({ pingMs: 500 })
  anna = slack.person({ id: 'UANNA', name: 'Anna' })
})
afterEach(() => slack.close())

const told = async (words: string) => {
  const seen = () => anna.find(C, words)?.text ?? anna.sees(C).map(({ text }) => text)
  await expect.poll(seen, { interval: 20, timeout: 40_000 }).toEqual(expect.stringContaining(words))
  return anna.find(C, words) as NonNullable<ReturnType<typeof anna.find>>
}

test('an ask for a role names its members and groups alone, who need not be listed as users, and nobody else decides it', async () => {
  slack.world.scopes.push('usergroups:read')
  slack.world.groups.set('S1', ['UCARL'])
  slack.world.groups.set('S2', ['UEVE'])
  const [carl, olga, eve] = [
    slack.person({ id: 'UCARL', name: 'Carl' }),
    slack.person({ id: 'UOLGA', name: 'Olga' }),
    slack.person({ id: 'UEVE', name: 'Eve' }),
  ]
  slack.channel(C, ['UANNA', 'UCARL', 'UOLGA', 'UEVE'])
  const roles = { ops: ['slack-group:S1', 'slack:UOLGA', 'discord:1'] }
  const daemon = await openOnSlack(slack, TASKS, { users: ['UANNA'], roles })
  await expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  await anna.commands(C, 'start')
  const asked = await told('Start task 1')
  const shown = slack.world.channels.get(C)?.messages.find(({ ts }) => ts === asked.ts)
  const blocks = JSON.stringify(shown?.blocks)
  expect(blocks).toContain('"usergroup_id":"S1"')
  expect(blocks).toContain('"user_id":"UOLGA"')
  expect(blocks).not.toContain('UANNA')
  expect(shown?.text).toMatch(/^<@UOLGA> <!subteam\^S1> /)
  // Anna may use Baton, and Eve is in a group that no role names: neither decides.
  await anna.taps(C, asked.ts, 'Approve')
  const refused = () => anna.sees(C).filter(({ onlyForMe }) => onlyForMe)
  await expect.poll(refused, { timeout: 20_000 }).toMatchObject([{ text: expect.stringContaining('Only ops') }])
  await eve.forges(C, asked.ts, asked.buttons[0]?.value ?? '')
  expect(eve.sees(C).filter(({ onlyForMe }) => onlyForMe)).toEqual([])
  expect(daemon.app().runner.api.view.openAsks()).toHaveLength(1)
  await carl.taps(C, asked.ts, 'Approve')
  await told('Approved by Carl')
  // A question is for everybody who may use Baton, and Olga is one of them.
  const question = () => olga.sees(C).findLast(({ buttons }) => buttons.some(({ label }) => label === 'Red'))
  await expect.poll(question, { timeout: 40_000 }).toMatchObject({ names: true })
  const { ts = '' } = question() ?? {}
  expect(anna.sees(C).find((one) => one.ts === ts)?.names).toBe(true)
  const asking = slack.world.channels.get(C)?.messages.find((one) => one.ts === ts)
  expect(asking?.text).toMatch(/^<@UANNA> <@UOLGA> <!subteam\^S1> /)
  await olga.taps(C, ts, 'Red')
  await told('Answered by Olga')
  expect(daemon.errors).toEqual([])
  await daemon.close()
})

test('without a channel a group is asked in the chats of those who are in it, after a restart too', async () => {
  slack.world.scopes.push('usergroups:read')
  slack.world.groups.set('S1', ['UBEN'])
  const ben = slack.person({ id: 'UBEN', name: 'Ben' })
  const daemon = await openOnSlack(slack, TASKS, { channel: '', roles: { ops: ['slack-group:S1'] } })
  await expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  const { api } = daemon.app().runner
  await api.submit({ type: 'start' }, { surface: 'terminal', id: 'x', name: 'x' })
  const asked = () => ben.find(ben.direct(), 'Start task 1')
  await expect.poll(asked, { timeout: 20_000 }).toBeDefined()
  const cursor = () => Number(daemon.app().store.kept.get('slack:cursor'))
  await expect.poll(cursor, { timeout: 20_000 }).toBeGreaterThanOrEqual(api.view.lastSeq())
  expect(anna.find(anna.direct(), 'Start task 1')).toBeUndefined()
  await daemon.end()
  await daemon.begin()
  await expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  anna.writes(anna.direct(), '!approve')
  const told = () => anna.find(anna.direct(), 'To be decided by ops')
  await expect.poll(told, { timeout: 20_000 }).toBeDefined()
  await ben.taps(ben.direct(), asked()?.ts ?? '', 'Approve')
  await expect.poll(() => ben.find(ben.direct(), 'Approved by Ben'), { timeout: 20_000 }).toBeDefined()
  expect(daemon.errors).toEqual([])
  await daemon.close()
})

test('where a group alone may use it, the channel is told and asked, and what its members write in private is read after a gap', async () => {
  slack.world.scopes.push('usergroups:read')
  slack.world.groups.set('S1', ['UCARL'])
  const carl = slack.person({ id: 'UCARL', name: 'Carl' })
  slack.channel(C, ['UANNA', 'UCARL'])
  const daemon = await openOnSlack(slack, TASKS, { users: [], roles: { ops: ['slack-group:S1'] } })
  const isHeard = () => expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  await isHeard()
  await carl.commands(C, 'start')
  const asked = await told('Start task 1')
  const own = carl.direct()
  const answers = () => carl.sees(own).filter(({ byBot, text }) => byBot && text.includes('Waiting for')).length
  carl.writes(own, '!status')
  await expect.poll(answers, { timeout: 20_000 }).toBe(1)
  const before = () => daemon.app().store.kept.get(`slack:read:${own}`)
  await slack.away()
  await slack.back()
  await isHeard()
  await expect.poll(before, { timeout: 20_000 }).toBeDefined()
  await slack.away()
  carl.writes(own, '!status')
  await slack.back()
  await isHeard()
  await expect.poll(answers, { timeout: 20_000 }).toBe(2)
  await carl.taps(C, asked.ts, 'Approve')
  await told('Approved by Carl')
  // Of what is no ask, too, they hear where nobody is named one by one.
  const naming = (mark: string) =>
    slack.world.channels.get(C)?.messages.findLast(({ text }) => text.startsWith(`<!subteam^S1> ${mark}`))
  await expect.poll(() => naming('❓'), { timeout: 40_000 }).toBeDefined()
  await carl.taps(C, naming('❓')?.ts ?? '', 'Red')
  await expect.poll(() => naming('🏁'), { timeout: 40_000 }).toBeDefined()
  expect(daemon.errors).toEqual([])
  await daemon.close()
})

test('of several files in a message each is saved, once', async () => {
  slack.channel(C, ['UANNA'])
  const daemon = await openOnSlack(slack, TASKS, { users: ['UANNA'] })
  await expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  const files = ['one.md', 'two.md', 'three.md'].map((name) => ({ name, content: `In ${name}` }))
  anna.writes(C, '<@UBATON> look at these', { files })
  for (const { name, content } of files) {
    await told(`Saved as .baton/inbox/${name}`)
    expect(readFileSync(join(daemon.home.dir, '.baton/inbox', name), 'utf8')).toBe(content)
  }
  expect(anna.sees(C).filter(({ text }) => text.startsWith('📎'))).toHaveLength(3)
  await daemon.close()
})

test('what sockets that are open and deaf do not hear is found in the history, and others are opened', async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  slack.channel(C, ['UANNA'])
  const kept = new Map<string, string>()
  const stored = new Set<string>()
  const heard: string[] = []
  const house = createSlack({
    ...{ botToken: slack.world.botToken, appToken: slack.world.appToken, apiUrl: slack.apiUrl, lookMs: 200 },
    ...{ users: ['UANNA'], channel: C, userGroups: [], now: Date.now, log, asksIn: () => [] },
    updates: { store: (id) => !stored.has(id) && !!stored.add(id), unhandled: () => [], handled: () => {} },
    kept: { get: (id) => kept.get(id), set: (id, ts) => void kept.set(id, ts) },
    keptGroups: { get: () => undefined, set: () => {} },
  })
  house.start({
    hear: async ({ deed }) => void heard.push(deed.kind === 'words' ? deed.text : deed.kind),
    ...{ isUnderWay: () => false, introduce: () => {}, recovered: () => {} },
  })
  const opened = () => slack.callsTo('apps.connections.open').length
  await expect.poll(() => kept.has(C) && opened(), { timeout: 20_000 }).toBe(2)
  slack.events.deafen()
  anna.writes(C, '<@UBATON> status')
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['/status'])
  await expect.poll(opened, { timeout: 20_000 }).toBe(4)
  await house.stop()
})

test('a bot token that is revoked shows in the health and is said once, though its sockets stay open', async () => {
  const said: string[] = []
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  slack.channel(C, ['UANNA'])
  const house = createSlack({
    ...{ botToken: slack.world.botToken, appToken: slack.world.appToken, apiUrl: slack.apiUrl, pulseMs: 50 },
    ...{ users: ['UANNA'], channel: C, userGroups: [], now: Date.now, log, asksIn: () => [] },
    updates: { store: () => true, unhandled: () => [], handled: () => {} },
    kept: { get: () => undefined, set: () => {} },
    keptGroups: { get: () => undefined, set: () => {} },
    say: (text) => said.push(text),
  })
  house.start({ hear: async () => {}, isUnderWay: () => false, introduce: () => {}, recovered: () => {} })
  await expect.poll(() => house.health().ok, { timeout: 20_000 }).toBe(true)
  slack.world.isBotRevoked = true
  await expect.poll(() => house.health().ok, { timeout: 20_000 }).toBe(false)
  expect(slack.events.lines()).toBe(2)
  expect(said).toEqual([expect.stringContaining('Nothing can be written on Slack: token_revoked')])
  slack.world.isBotRevoked = false
  await expect.poll(() => house.health().ok, { timeout: 20_000 }).toBe(true)
  expect(said.at(-1)).toBe('Slack works again.')
  expect(said).toHaveLength(2)
  await house.stop()
})
