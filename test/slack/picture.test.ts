import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startSlack } from '../support/slack/server.ts'
import { shownMessage } from '../support/slack/world.ts'
import { openOnSlack } from './home.ts'

const TASKS = `# The login of the API

rehearse: ask "Where should sessions be kept?" Redis|Postgres|Signed cookies
rehearse: edit src/login.ts "export const login = (name, password) => check(name, password) ? 200 : 401\\n"
rehearse: tool Bash {"command": "node migrate.js --to 0007-sessions", "description": "Add the table of sessions"}
rehearse: conclude "POST /login answers 200 with a session in Postgres, and 401 to a wrong password."

## Task 1: Add a login endpoint
**Requires Approval:** true
**Description:** POST /login with e-mail and password
**Claude Instruction:**
Write the route in src/login.ts, in the style of the others there. Hash with scrypt from node:crypto; no new dependency.

## Task 2: Limit the tries
**Requires Approval:** true
**Claude Instruction:**
Five tries an hour from one address, then 429. Count them in the database, so that a restart forgets none.

## Task 3: Document it
**Claude Instruction:**
Describe both in docs/login.md.
`

// What docs/slack.png and docs/slack-channel.png are made from: scripts/slack-picture.sh.
test('two people take a task through its approval, its question and its permission in a channel', async () => {
  const slack = await startSlack()
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  const ben = slack.person({ id: 'UBEN', name: 'Ben' })
  slack.channel('C1', ['UANNA', 'UBEN'])
  const daemon = await openOnSlack(slack, TASKS)
  daemon.home.repository()
  const told = async (words: string) => {
    await expect
      .poll(() => anna.find('C1', words)?.text ?? anna.sees('C1').map(({ text }) => text), {
        interval: 20,
        timeout: 30_000,
      })
      .toEqual(expect.stringContaining(words))
    return anna.find('C1', words)?.ts ?? ''
  }
  await expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(2)
  anna.writes('C1', '<@UBATON> start')
  await ben.taps('C1', await told('Start task 1 of 3'), 'Approve')
  await anna.reacts('C1', await told('Approved by Ben'), 'tada')
  anna.writes('C1', 'Postgres, we have it anyway', { thread: await told('Claude asks') })
  await anna.reacts('C1', await told('Run node migrate.js'), '+1')
  await told('Allowed by Anna')
  const receipt = await told('Task 1 of 3 is done')
  expect(anna.sees('C1').find(({ ts }) => ts === receipt)?.text).toContain('src/login.ts')
  const next = await told('Start task 2 of 3')
  expect(anna.sees('C1').filter(({ buttons }) => buttons.some(({ label }) => label === 'Approve'))).toMatchObject([
    { ts: next },
  ])
  await told('1 of 3 done')
  expect(anna.sees('C1').filter(({ buttons }) => buttons.some(({ label }) => label === 'Allow'))).toEqual([])
  expect(daemon.errors).toEqual([])
  await daemon.close()
  const messages = slack.world.channels.get('C1')?.messages.map(shownMessage)
  if (process.env.BATON_CHATS) writeFileSync(join(process.env.BATON_CHATS, 'slack.json'), JSON.stringify(messages))
  await slack.close()
}, 90_000)
