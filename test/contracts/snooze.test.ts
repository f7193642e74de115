import { expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import { startBotApi } from '../support/bot-api/server.ts'
import { told } from '../support/phone.ts'
import { aHome, baton, REHEARSED, startAtTerminal, startBaton, tasks } from '../terminal/program.ts'

/** Five programs start one after the other. */
const PATIENT = { timeout: 60_000 }
const API_TOKEN = 'token-of-a-test-0123456789abcdef'

test('what is snoozed on one surface is snoozed on all, and stays so when the daemon is killed', async () => {
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const home = aHome({
    'config.yaml': `${REHEARSED}http:\n  port: 0\n`,
    'today.md': tasks({ fields: '**Requires Approval:** true\n', act: 'say hello' }),
  })
  const env = {
    API_TOKEN,
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_ALLOWED_USERS: '4711',
    TELEGRAM_API_ROOT: api.root,
  }
  let daemon = startBaton(home, ['start'], env)
  let url = ''
  const isUp = async () => {
    await expect.poll(() => daemon.said(), PATIENT).toContain('Dashboard: ')
    url = /Dashboard: (http:\/\/[^/\s]+)/.exec(daemon.said())?.[1] ?? ''
  }
  await isUp()
  const http = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' }
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    return (await fetch(`${url}${path}`, init)).json() as Promise<T>
  }
  try {
    const run = startAtTerminal(home, ['tasks', 'today.md'], { env })
    await expect.poll(() => run.said(), PATIENT).toContain('Start task 1: Part 1?')
    anna.says('/status')
    const ask = await told(anna, 'Start task 1?')

    /** Every surface says who snoozed it, and until when it is not said again. */
    const isSnoozedBy = async (name: string) => {
      await expect
        .poll(() => latest(anna.sees().messages.find(({ id }) => id === ask.id) ?? ask).text, PATIENT)
        .toMatch(new RegExp(`💤 Snoozed until .* by ${name}`))
      type Asks = { asks: { snoozed: { until: string; by: string } | null }[] }
      const [shown] = (await http<Asks>('/api/asks')).asks
      expect(shown?.snoozed?.by).toMatch(new RegExp(name))
      expect(Date.parse(shown?.snoozed?.until ?? '')).toBeGreaterThan(Date.now())
      const { stdout } = await baton(home, ['status'], env)
      expect(stdout).toMatch(new RegExp(`Snoozed until .* by ${name}`))
    }
    const surfaces: [name: string, snooze: () => unknown][] = [
      ['Anna', () => anna.says('/snooze 1 tonight')],
      ['the API', () => http('/api/commands', { command: 'snooze', task: 1, for: '2h' })],
      [
        '.*terminal',
        async () => {
          const { stdout } = await baton(home, ['snooze', '1', '3h'], env)
          expect(stdout).toMatch(/^Snoozed until \S+.*\.$/m)
        },
      ],
      [
        '.*terminal',
        async () => {
          run.type('/snooze 1 30m\r')
          await expect.poll(() => run.said(), PATIENT).toContain('Snoozed by')
        },
      ],
    ]
    for (const [name, snooze] of surfaces) {
      await snooze()
      await isSnoozedBy(name)
    }
    anna.taps('Snooze', { message: ask.id })
    await expect
      .poll(() => latest(anna.sees().messages.find(({ id }) => id === ask.id) ?? ask).keyboard?.flat().length)
      .toBe(4)
    anna.taps('Tomorrow', { message: ask.id })
    await isSnoozedBy('Anna')

    daemon.child.kill('SIGKILL')
    await daemon.ended
    daemon = startBaton(home, ['start'], env)
    await isUp()
    await isSnoozedBy('Anna')
    anna.taps('Approve', { message: ask.id })
    await told(anna, 'Task 1 is done')
  } finally {
    daemon.child.kill('SIGKILL')
    await api.close()
  }
}, 300_000)
