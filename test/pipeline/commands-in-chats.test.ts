import { afterEach, expect, it, vi } from 'vitest'
import type { Chat } from '../../src/chat/chat.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openStageChats, SHIP, SURFACES } from './chats.ts'
import { createStage, QA, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

/** Somebody of the role, and somebody else. */
const PEOPLE = { telegram: ['42', '43'], slack: ['U42', 'U43'], discord: ['42', '43'] } as const
const CONFIG = `roles: {ops: [telegram:42, slack:U42, discord:42]}
${QA.replace('branches: [main]', 'branches: [main]\n    approve: [ops]')}`

let stage: Stage
let chats: Chat[] = []
afterEach(async () => {
  for (const chat of chats) await chat.stop()
  chats = []
  await stage?.close()
})

it('commands about environments are obeyed in every chat from whoever has the role, and refused from everybody else', async () => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  const running = await stage.open()
  for (const name of SURFACES) {
    const [ops, dev] = PEOPLE[name]
    const { transport, says, seen } = createRecordedTransport(name)
    const audienceOn = () => ({ chats: [ops, dev], groups: [] })
    const [chat] = (await openStageChats(stage, running, [transport], { audienceOn })) as [Chat]
    chats.push(chat)
    const say = async (who: string, text: string, answer: string) => {
      const before = seen(who).length
      await says(chat, who, text)
      const heard = () =>
        seen(who)
          .slice(before)
          .filter(({ byPerson }) => !byPerson)
      await expect
        .poll(
          () =>
            heard()
              .map((one) => one.text)
              .join(),
          { timeout: 20_000 },
        )
        .toContain(answer)
    }
    for (const command of ['freeze qa the fair is on', 'unfreeze qa', 'deploy qa'])
      await say(dev, `/${command}`, 'Only ops')
    expect(running.environment('qa')?.frozen).toBeUndefined()
    await say(ops, '/freeze qa the fair is on', 'frozen')
    expect(running.environment('qa')?.frozen).toMatchObject({ why: 'the fair is on', by: { surface: name, id: ops } })
    await say(ops, '/unfreeze qa', 'qa')
    expect(running.environment('qa')?.frozen).toBeUndefined()
    await say(ops, '/rollback qa', 'no good release')
  }
})
