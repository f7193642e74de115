import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startSlack } from '../support/slack/server.ts'
import { shownMessage } from '../support/slack/world.ts'
import { openOnSlack } from './home.ts'

const TASKS = `# Tasks
## Task 1: Add a login endpoint
**Requires Approval:** true
**Description:** POST /login with e-mail and password
**Claude Instruction:**
rehearse: ask "Where should sessions be kept?" Redis|Postgres|Signed cookies
rehearse: bash echo 'export const login = true' > login.ts

## Task 2: Document it
**Claude Instruction:**
rehearse: bash echo '# Login' > login.md
rehearse: say Wrote login.md
`

// What docs/slack.png is made from: scripts/slack-picture.sh.
test('two people take a run from its approval to its end in a channel', async () => {
  const slack = await startSlack()
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  const ben = slack.person({ id: 'UBEN', name: 'Ben' })
  slack.channel('C1', ['UANNA', 'UBEN'])
  const daemon = await openOnSlack(slack, TASKS)
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
  await ben.taps('C1', await told('Start task 1'), 'Approve')
  await anna.reacts('C1', await told('Approved by Ben'), 'tada')
  anna.writes('C1', 'Postgres', { thread: await told('Claude asks') })
  await anna.reacts('C1', await told('Run echo'), '+1')
  await told('Allowed by Anna')
  await ben.taps('C1', await told('# Login'), 'Allow')
  await told('🏁')
  await told('2 of 2 done')
  const texts = () => anna.sees('C1').map(({ text }) => text)
  await expect.poll(texts, { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^✅ All done[\s\S]*2 of 2 done/))
  expect(anna.sees('C1').filter(({ buttons }) => buttons.some(({ label }) => label === 'Allow'))).toEqual([])
  expect(daemon.errors).toEqual([])
  await daemon.close()
  const messages = slack.world.channels.get('C1')?.messages.map(shownMessage)
  if (process.env.BATON_CHATS) writeFileSync(join(process.env.BATON_CHATS, 'slack.json'), JSON.stringify(messages))
  await slack.close()
}, 90_000)
