import { afterEach, expect, it, vi } from 'vitest'
import type { Chat } from '../../src/chat/chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openStageChats, SHIP, SURFACES } from './chats.ts'
import { createStage, QA, type Running, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

const ROOM = 'group-team'
const CONFIG = `${QA}pipelines: {poll: 1s}
`

let stage: Stage
let chats: Chat[] = []
afterEach(async () => {
  for (const chat of chats) await chat.stop()
  chats = []
  await stage?.close()
})

/** One room on each platform; Telegram's has no threads. */
async function openRooms(running: Running) {
  const errors: unknown[] = []
  const rooms = SURFACES.map((name) => createRecordedTransport(name, { hasThreads: name !== 'telegram' }))
  const redact = redactor([`${stage.dir}/live`])
  const audienceOn = () => ({ chats: [ROOM], groups: [ROOM] })
  const transports = rooms.map(({ transport }) => transport)
  chats = await openStageChats(stage, running, transports, { audienceOn, redact, errors })
  return {
    errors,
    /** What is said to `/status`. */
    async status() {
      const [, slack] = rooms
      const before = slack?.seen(ROOM).length ?? 0
      await slack?.says(chats[1] as Chat, ROOM, '/status')
      const said = () =>
        slack
          ?.seen(ROOM)
          .slice(before)
          .filter(({ byPerson }) => !byPerson)
          .map(({ text }) => text) ?? []
      await expect.poll(() => said().some((text) => text.includes('projects'))).toBe(true)
      return said
    },
    /** Of each platform. */
    seen: () => rooms.map((room) => ({ hasThreads: room.transport.hasThreads !== undefined, all: room.seen(ROOM) })),
  }
}

it('a deployment has one line in each channel and the rest below it; what went wrong is said until it is over', async () => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  const running = await stage.open()
  const { seen, errors, status } = await openRooms(running)
  await running.until('the first look', () => running.app.store.read.meta('pipelines:heads:pipelines'))
  const runs = (sha: string) => running.until(`qa runs ${sha}`, () => running.environment('qa')?.runs?.sha === sha)
  const first = stage.push('main', { 'one.txt': '1' })
  await runs(first)
  const bad = stage.push('main', { 'app.txt': 'broken\n' })
  await running.until('it is rolled back', () => running.deployments('qa')[0]?.step === 'rolled-back')
  const alarm = `qa runs ${first.slice(0, 8)}, not ${bad.slice(0, 8)}, since `
  const about = (sha: string) => (text: string) => text.includes(sha.slice(0, 8))
  await expect
    .poll(() => seen().map(({ all }) => all.filter(({ text }) => text.includes(alarm)).length), { timeout: 20_000 })
    // The line, and what is heard.
    .toEqual([2, 2, 2])
  for (const { hasThreads, all } of seen()) {
    const lineOf = (sha: string) => all.filter(({ text }) => /^pipelines · [✅⏪] qa:/u.test(text) && about(sha)(text))
    const [line, ...others] = lineOf(first)
    expect(line).toMatchObject({ text: `pipelines · ✅ qa: ${first.slice(0, 8)} is live`, silent: true })
    expect(line?.thread).toBeUndefined()
    // The alarm names it, too, as what runs.
    expect(others.every(({ text }) => text.startsWith('pipelines · ⏪'))).toBe(true)
    const stories = all.filter(({ text }) => text.startsWith('pipelines · 📜'))
    expect(stories.map(({ text }) => text.split('\n')[0])).toEqual([
      `pipelines · 📜 Deployment of ${first.slice(0, 8)}, qa`,
      `pipelines · 📜 Deployment of ${bad.slice(0, 8)}, qa`,
    ])
    expect(stories.map((one) => one.silent)).toEqual([true, true])
    expect(stories[0]?.[hasThreads ? 'thread' : 'repliesTo']).toBe(line?.id)
    expect(stories[1]?.text).toMatch(
      new RegExp(
        [
          ...[`Commit: ${bad} \\(main\\)`, 'Requested by: somebody who pushed', `Rolls back to: ${first.slice(0, 8)}`],
          ...['', '[\\d:]{8} looks up what is running', '[\\d:]{8} runs the deploy commands', '[\\d:]{8} checks'],
          ...['[\\d:]{8} rolls back', '[\\d:]{8} checks after the rollback', '[\\d:]{8} is rolled back'],
          ...['', `http://127.0.0.1:\\d+/ answers 500, not 200`],
        ].join('\\n(?:.*\\n)?'),
      ),
    )
    expect(all.filter(({ text, silent }) => text.includes(alarm) && !silent)).toHaveLength(1)
  }
  const asked = await status()
  await expect.poll(() => asked().filter((text) => text.startsWith(`⚠️ ${alarm}`)).length).toBe(1)
  const good = stage.push('main', { 'app.txt': 'ok\n', 'two.txt': '2' })
  await runs(good)
  await expect
    .poll(
      () =>
        seen().map(
          ({ all }) => all.filter(({ text }) => text === `pipelines · ✅ Over: qa runs ${good.slice(0, 8)}`).length,
        ),
      {
        timeout: 20_000,
      },
    )
    .toEqual([1, 1, 1])
  await running.until('its run ends', () => running.tasks().every(({ phase }) => /done|failed/.test(phase)))
  await expect
    .poll(() => seen().map(({ all }) => all.filter(({ text }) => text.includes('1 of 1 done')).length >= 2))
    .toEqual([true, true, true])
  expect((await status())().join()).not.toContain('⚠️')
  // People heard of one thing, and it no longer says what is no longer true.
  for (const { hasThreads, all } of seen()) {
    expect(all.filter(({ silent }) => !silent).map(({ text }) => text.includes(alarm))).toEqual([false])
    if (hasThreads)
      expect(all.find(({ text }) => text.includes(`pipelines/ship.md · main ${good.slice(0, 8)}`))).toBeDefined()
    expect(all.every(({ text }) => !text.includes('Started by'))).toBe(true)
  }
  expect(errors).toEqual([])
  expect(running.errors).toEqual([])
})
