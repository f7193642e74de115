import { afterEach, beforeEach, expect, test } from 'vitest'
import { discordTroubleOf } from '../../src/discord/api-errors.ts'
import { connectDiscord } from '../../src/discord/connection.ts'
import { type Discord, startDiscord } from '../support/discord/server.ts'

let discord: Discord
beforeEach(async () => {
  discord = await startDiscord()
})
afterEach(() => discord.close())

test('after many refusals nothing is sent for a while, before Discord bans the address', async () => {
  let now = 0
  const { call } = connectDiscord({ token: 'wrong', apiUrl: discord.api }, { now: () => now, mostRefusals: 3 })
  const trouble = () => call({ method: 'GET', route: '/users/@me' }).then(() => undefined, discordTroubleOf)
  for (let i = 0; i < 3; i++) {
    expect(await trouble()).toEqual({ kind: 'unauthorized' })
    now += 60_000
  }
  expect(await trouble()).toEqual({ kind: 'flood', retryAfterMs: 600_000 - 180_000 })
  expect(discord.calls).toHaveLength(3)
  now += 420_001
  expect(await trouble()).toEqual({ kind: 'unauthorized' })
  expect(discord.calls).toHaveLength(4)
})
