import { App, LogLevel } from '@slack/bolt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SlackServer, startSlack } from '../support/slack/server.ts'

// The stand-in is held to Slack by the framework that most bots are made with: what it does must be what Bolt expects.

const C = 'C1'
const nothing = () => {}
const SILENT = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing, setLevel: nothing, setName: nothing },
  getLevel: () => LogLevel.ERROR,
}
let slack: SlackServer
let app: App

beforeEach(async () => {
  slack = await startSlack({ pingMs: 500 })
  app = new App({
    ...{ token: slack.world.botToken, appToken: slack.world.appToken, socketMode: true, logger: SILENT },
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
})
afterEach(async () => {
  await app.stop()
  await slack.close()
})

test('Bolt connects, hears a command, a mention and a tap, posts, edits, and opens a window whose words come back', async () => {
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  slack.channel(C, ['UANNA'])
  const heard: string[] = []
  app.command('/baton', async ({ ack, command }) => {
    heard.push(`command ${command.text} by ${command.user_id}`)
    await ack()
  })
  app.event('app_mention', async ({ event, say }) => {
    heard.push(`mention by ${event.user}`)
    const button = {
      type: 'button',
      action_id: 'yes',
      value: 'a:approve',
      text: { type: 'plain_text', text: 'Approve' },
    }
    await say({
      text: 'Sure?',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: 'Sure?' } },
        { type: 'actions', elements: [button as never] },
      ],
    })
  })
  app.action('yes', async ({ ack, body, client }) => {
    await ack()
    if (body.type !== 'block_actions' || !body.container.message_ts) return
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        ...{ type: 'modal', callback_id: 'words', title: { type: 'plain_text', text: 'Your answer' } },
        submit: { type: 'plain_text', text: 'Send' },
        blocks: [
          {
            ...{ type: 'input', block_id: 'words', label: { type: 'plain_text', text: 'Words' } },
            element: { type: 'plain_text_input', action_id: 'words' },
          },
        ],
      },
    })
    await client.chat.update({ channel: C, ts: body.container.message_ts, text: 'Approved', blocks: [] })
  })
  app.view('words', async ({ ack, view }) => {
    await ack()
    heard.push(`words ${view.state.values.words?.words?.value}`)
  })
  await app.start()
  await expect.poll(() => slack.events.lines(), { interval: 10 }).toBe(1)

  expect((await anna.commands(C, 'status'))?.ackedAt).toBeDefined()
  void anna.writes(C, '<@UBATON> hello')
  await expect
    .poll(() => anna.find(C, 'Sure?')?.buttons, { interval: 10 })
    .toEqual([{ label: 'Approve', value: 'a:approve' }])
  expect((await anna.taps(C, anna.find(C, 'Sure?')?.ts ?? '', 'Approve'))?.ackedAt).toBeDefined()
  await expect.poll(() => anna.find(C, 'Approved')?.buttons, { interval: 10 }).toEqual([])
  await expect.poll(() => anna.window(), { interval: 10 }).toBeDefined()
  await anna.submits('Turquoise')
  await expect.poll(() => heard, { interval: 10 }).toContain('words Turquoise')
  expect(heard).toEqual(['command status by UANNA', 'mention by UANNA', 'words Turquoise'])
})

test('what Slack refuses reaches Bolt as Slack says it', async () => {
  slack.channel(C, ['UANNA'])
  await app.start()
  await expect.poll(() => slack.events.lines(), { interval: 10 }).toBe(1)
  const block = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }
  const refused = (call: Promise<unknown>) => call.then(() => 'ok').catch((error) => error.data?.error)
  expect(await refused(app.client.chat.postMessage({ channel: C, text: 'x', blocks: [block] }))).toBe('invalid_blocks')
  expect(await refused(app.client.chat.postMessage({ channel: 'C9', text: 'x' }))).toBe('channel_not_found')
  expect(await refused(app.client.chat.update({ channel: C, ts: '1.000001', text: 'x' }))).toBe('message_not_found')
})
