import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBotApi } from '../support/bot-api/server.ts'
import { startDiscord } from '../support/discord/server.ts'

// What the daemon loads is looked at from inside of its process, with and without the token.

const PROBE = `
import { openMessengers } from '${join(import.meta.dirname, '../../src/messengers/messengers.ts')}'
const { kept } = { kept: { get: () => undefined, set: () => {}, transaction: (work) => work() } }
const db = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(':memory:')
for (const [table, columns] of [['updates', 'channel, id, received_at, handled_at, json'], ['deliveries', 'id, channel, target, slot, key, state, created_at, json'], ['slots', 'channel, target, slot, message_id, UNIQUE (channel, target, slot)']])
  db.exec('CREATE TABLE ' + table + ' (' + columns + ')')
const app = { store: { db, kept, read: { events: () => [] } }, artifacts: {}, runner: { api: { view: { openAsks: () => [], queues: () => [] } } } }
const config = { chat: {}, people: [], roles: {}, telegram: { chats: [] }, slack: { users: [] }, discord: { users: ['470000000000000011'] }, projects: [{ name: 'main' }] }
const secrets = { telegramBotToken: process.env.BOT, telegramApiRoot: process.env.BOT_ROOT, telegramAllowedUsers: [4711], ...(process.env.TOKEN && { discordToken: process.env.TOKEN, discordApiUrl: process.env.URL_ }) }
await openMessengers({ config, secrets, app, redact: (text) => text, log: { info() {}, warn() {}, error() {} }, version: '0' })
const loaded = process.getBuiltinModule('node:module').createRequire('${import.meta.filename}').cache
console.log(JSON.stringify(Object.keys(loaded).filter((file) => /@discordjs|discord-api-types|\\/ws\\/|undici/.test(file)).length))
`

async function loadedWith(env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', PROBE], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  await once(child, 'close')
  if (out === '') throw new Error(complaint)
  return Number(out)
}

test('nothing of Discord is loaded without its token, and all of it with one', async () => {
  const bot = await startBotApi()
  const discord = await startDiscord()
  const env = { BOT: bot.token, BOT_ROOT: bot.root }
  expect(await loadedWith(env)).toBe(0)
  expect(await loadedWith({ ...env, TOKEN: discord.token, URL_: discord.api })).toBeGreaterThan(5)
  await discord.close()
  await bot.close()
})
