import { afterEach, expect, test } from 'vitest'
import type { ChatHealth } from '../../src/chat/ear.ts'
import { openOnSlack } from '../slack/home.ts'
import { openDiscordHouse } from '../support/discord/house.ts'
import { startSlack } from '../support/slack/server.ts'
import { type House, openHouse } from './house.ts'
import { type Served, serve } from './serve.ts'

// A connection that is open on this side alone: nothing closes it, and nothing comes from it.

const TASKS = '# Tasks\n## Task 1: One\n**Claude Instruction:**\nrehearse: say done\n'
let house: House
let served: Served
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const health = async () => {
  const { status, json } = await served.get('/health', { token: null })
  return { status, slack: json.slack?.ok, discord: json.discord?.ok }
}
const says = (wanted: object) => expect.poll(health, { interval: 50, timeout: 40_000 }).toMatchObject(wanted)
const serveHealth = async (chatHealth: () => Record<string, ChatHealth>) => {
  house = openHouse()
  served = await serve(house, { chatHealth })
  closing.push(house.close, () => served.close())
}

test('a half-open connection to Slack shows on /health', async () => {
  const slack = await startSlack({ pingMs: 500 })
  slack.person({ id: 'UANNA', name: 'Anna' })
  slack.channel('C1', ['UANNA'])
  closing.push(slack.close)
  const daemon = await openOnSlack(slack, TASKS)
  closing.push(daemon.close)
  await serveHealth(() => ({ slack: daemon.messenger().health() }))
  await says({ status: 200, slack: true })
  slack.events.freeze()
  // Nor is there another one to be had.
  slack.trouble('apps.connections.open', { error: 'internal_error' }, 1_000)
  await says({ status: 503, slack: false })
}, 90_000)

test('a half-open connection to Discord shows on /health until one that works takes its place', async () => {
  const daemon = await openDiscordHouse(TASKS, { heartbeatMs: 300 })
  closing.push(daemon.end)
  await serveHealth(() => ({ discord: daemon.messenger().health() }))
  await says({ status: 200, discord: true })
  daemon.discord.gateway.freeze(true)
  // Nor is there another one to be had.
  daemon.discord.gateway.setOpen(false, false)
  await says({ status: 503, discord: false })
  daemon.discord.gateway.freeze(false)
  daemon.discord.gateway.setOpen(true)
  await says({ status: 200, discord: true })
}, 90_000)
