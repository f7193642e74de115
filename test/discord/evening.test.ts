import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type DiscordHouse, openDiscordHouse } from '../support/discord/house.ts'
import { CHANNEL } from '../support/discord/world.ts'

const TASKS = `# The login of the API

rehearse: ask "How long should a session last?" One day|One week|Until the browser closes
rehearse: ask "Where are the sessions kept?" In memory|In Redis
rehearse: edit src/login.ts "export const login = () => 200\\n"
rehearse: tool Bash {"command": "node migrate.js --to 0007-sessions", "description": "Add the table of sessions"}

## Task 1: Add a login endpoint
**Requires Approval:** true
**Claude Instruction:**
Write the route in src/login.ts, in the style of the others there. Hash with scrypt from node:crypto; no new dependency.

## Task 2: Document it
**Claude Instruction:**
Describe it in docs/login.md.

## Task 3: Limit the tries
**Claude Instruction:**
Five an hour from one address.
`

let house: DiscordHouse
afterEach(() => house.end())

/** `BATON_CHATS=/tmp/chats vitest run test/discord/evening.test.ts`: scripts/discord-page.ts makes a page of what it writes there. */
test('an evening in the channel: start, a sign, a tap, words, and a permission with all that it allows', async () => {
  house = await openDiscordHouse(TASKS)
  const { anna, discord } = house
  const offered = (label: string) =>
    expect
      .poll(() => anna.sees().flatMap(({ buttons }) => buttons.map(({ text }) => text)), {
        interval: 20,
        timeout: 60_000,
      })
      .toContain(label)
  anna.commands('start')
  await offered('Approve')
  const start = anna.sees().findLast(({ buttons }) => buttons.length > 0)
  await house.known(start?.id ?? '')
  anna.reacts(start?.id ?? '', '👍')
  await offered('One week')
  await anna.taps('One week').answer()
  await offered('In Redis')
  const opened = anna.taps('Other…')
  await (await anna.fillsIn(opened, 'In SQLite, next to the users')).answer()
  await offered('Allow')
  expect(house.message('Approved by Anna')?.buttons).toEqual([])
  expect(house.message('In SQLite, next to the users')).toBeDefined()
  const dir = process.env.BATON_CHATS
  if (dir === undefined) return
  const { world } = discord
  const threads = [...world.channels.values()].filter(({ type }) => type === 11)
  writeFileSync(join(dir, 'discord.json'), JSON.stringify({ channel: world.channel(CHANNEL), threads }))
}, 180_000)
