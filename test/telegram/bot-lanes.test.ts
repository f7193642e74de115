import { expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import { startBotApi } from '../support/bot-api/server.ts'
import { createHome } from '../support/home.ts'
import { openPhoneApp, reads, told } from '../support/phone.ts'

test('one message tells of all lanes, and a bare /skip asks with buttons which of the tasks is meant', async () => {
  const wait = (name: string, index: number) =>
    `## Task ${index + 1}: ${name}\n**Claude Instruction:**\nrehearse: say hello\nrehearse: wait 10m\n`
  const home = createHome(`# Tasks\n${['One', 'Two', 'Three'].map(wait).join('')}`, 'lanes: 3\non_failure: continue\n')
  home.write('.gitignore', '.baton\nlogs\nsessions\n')
  home.repository()
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const app = await openPhoneApp(home, api, {
    change: (config) => {
      config.chat.progressMs = 200
    },
  })
  const running = () =>
    anna.sees().messages.filter(({ from, versions }) => from.isBot && /running/.test(versions.at(-1)?.text ?? ''))
  try {
    anna.says('/start tasks/today.md')
    await expect
      .poll(
        () =>
          running()
            .map((message) => latest(message).text)
            .join('\n'),
        { timeout: 60_000 },
      )
      .toMatch(/Task 1 of 3[\s\S]*2 · Two › [\s\S]*3 · Three › /)
    expect(running()).toHaveLength(1)

    const which = await told(anna, 'Which task?', anna.says('/skip it is too slow').id)
    const buttons = latest(which).keyboard?.flat() ?? []
    expect(buttons.map(({ text }) => text)).toEqual(['1 · One', '2 · Two', '3 · Three'])
    anna.taps('2 · Two')
    await reads(anna, which, /Skipped/)
    const { id } = app.api.view.latestRun() ?? {}
    const statuses = () => app.api.view.tasks(id ?? '').map(({ status }) => status)
    await expect.poll(statuses, { timeout: 30_000 }).toEqual(['running', 'skipped', 'running'])
    expect(app.api.view.task(id ?? '', 2)?.result).toContain('it is too slow')

    // The message that tells of all lanes says who has one of them, and nobody else decides about it.
    const ben = { surface: 'terminal' as const, id: 'ben', name: 'Ben' }
    const take = () => app.api.submit({ type: 'takeover', task: 1 }, ben)
    await expect.poll(async () => (await take()).text, { timeout: 30_000 }).toContain('You have taken over task 1')
    const all = () => anna.sees().messages.map((message) => latest(message).text)
    await expect
      .poll(() => all().join('\n'), { timeout: 30_000 })
      .toMatch(/taken over[\s\S]*by Ben.*, \d+:\d+.* · \/release 1/)
    await reads(anna, await told(anna, 'is taken over by Ben', anna.says('/skip 1').id), /\/release 1/)
    anna.says('/release 1')
    await expect.poll(statuses, { timeout: 30_000 }).toEqual(['running', 'skipped', 'running'])
  } finally {
    await app.stop()
    await api.close()
    home.remove()
  }
}, 120_000)

test('with two runs open, a number that both have is asked about', async () => {
  const file = (name: string) =>
    `# Tasks\n## Task 1: ${name}\n**Claude Instruction:**\nrehearse: say hello\nrehearse: wait 10m\n`
  const home = createHome(file('One'), 'lanes: 2\non_failure: continue\n')
  home.write('.gitignore', '.baton\nlogs\nsessions\n')
  home.write('tasks/other.md', file('Other'))
  home.repository()
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const app = await openPhoneApp(home, api)
  const lives = () => app.api.view.status().lives.filter(({ turns }) => turns > 0)
  try {
    anna.says('/start tasks/today.md')
    await expect.poll(() => lives().length, { timeout: 60_000 }).toBe(1)
    anna.says('/start tasks/other.md')
    await expect.poll(() => lives().length, { timeout: 60_000 }).toBe(2)
    const [, second = ''] = app.api.view.openRunIds('main')
    const choices = async (words: string) => {
      const which = await told(anna, 'Which task?', anna.says(words).id)
      return (latest(which).keyboard?.flat() ?? []).map(({ text }) => text)
    }
    expect(await choices('/diff 1')).toEqual(['1 · One', '1 · Other'])
    expect(await choices('/undo 1')).toEqual(['1 · One', '1 · Other'])
    expect(await choices('/skip 1')).toEqual(['1 · One', '1 · Other'])
    anna.taps('1 · Other')
    await expect.poll(() => app.api.view.task(second, 1)?.status, { timeout: 30_000 }).toBe('skipped')
    expect(app.api.view.latestRun()?.id).not.toBe(second)
    expect(app.api.view.status().running.map(({ title }) => title)).toEqual(['One'])
  } finally {
    await app.stop()
    await api.close()
    home.remove()
  }
}, 120_000)
