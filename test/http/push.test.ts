import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HttpDeps } from '../../src/http/deps.ts'
import type { MachinesPorts } from '../../src/http/machines/ports.ts'
import { type House, openHouse } from './house.ts'
import { openPushService, type PushService } from './push-service.ts'
import { PLANTED, type Served, serve } from './serve.ts'
import { TODAY } from './task-files.ts'

const PAGE = 'https://baton.example'

let house: House
let served: Served
let service: PushService
const open = (url?: string) => serveWith({}, url)
const serveWith = (more: Pick<HttpDeps, 'machines'>, url?: string) =>
  serve(house, {
    ...more,
    pushFetch: service.fetch,
    config: {
      home: house.home,
      stateDir: house.stateDir,
      logsDir: house.logsDir,
      http: { enabled: true, host: '127.0.0.1', port: 0, allowedHosts: [], ...(url !== undefined && { url }) },
    },
  })
beforeEach(async () => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
  service = await openPushService(PAGE)
  served = await open(PAGE)
})
afterEach(async () => {
  await served.close()
  await service.close()
  await house.close()
  expect(service.refused).toEqual([])
})

const subscribe = (name: string) => served.post('/api/push/subscribe', service.subscriber(name).subscription)
const ask = async (title = 'Run a command') => {
  house.ask({ title })
  const asked = house.api.view.openAsks().at(-1)
  if (!asked) throw new Error('nothing is asked')
  return asked
}
const begin = async () => {
  await served.post('/api/quick-start')
  house.begin()
}
const arrived = (count: number) => expect.poll(() => service.messages.length, { timeout: 10_000 }).toBe(count)

test('what is asked arrives at every subscribed browser, in words that only it can read, without secrets', async () => {
  expect((await subscribe('phone')).status).toBe(200)
  await subscribe('laptop')
  // The same browser again is one browser.
  const again = service.subscriber('phone')
  await served.post('/api/push/subscribe', again.subscription)
  await begin()
  const { id } = await ask(`Run curl -H ${PLANTED}`)
  await arrived(2)
  expect(service.messages.map(({ name }) => name).toSorted()).toEqual(['laptop', 'phone'])
  for (const { text } of service.messages) {
    expect(JSON.parse(text)).toMatchObject({ id, title: 'Task 1 is waiting for you' })
    expect(JSON.parse(text).body).toContain('Run curl')
    expect(text).not.toContain(PLANTED)
  }
})

test('the keys are made once, and lie in the state folder for the user alone', async () => {
  const key = (await served.get('/api/push')).json.public_key
  expect(Buffer.from(key, 'base64url')).toHaveLength(65)
  await served.close()
  served = await open(PAGE)
  expect((await served.get('/api/push')).json.public_key).toBe(key)
  const file = join(house.stateDir, 'push.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8')).vapid.publicKey).toBe(key)
})

test('what was asked while Baton was away is told after it, if it is still open, and nothing is told twice', async () => {
  await subscribe('phone')
  await begin()
  const first = await ask('First')
  await arrived(1)
  await served.close()
  await house.api.submit(
    { type: 'answer', target: { askId: first.id }, choice: 'allow' },
    { surface: 'telegram', id: '4712', name: 'Ben' },
  )
  await ask('Second')
  served = await open(PAGE)
  await arrived(2)
  expect(JSON.parse(service.messages[1]?.text ?? '')).toMatchObject({ body: 'Second' })
})

test('what another machine asks arrives, too, once, and after a restart what was asked meanwhile', async () => {
  let tell: Parameters<MachinesPorts['follow']>[0] = () => undefined
  const asked = (place: number, askId: string, type = 'ask.opened') => ({
    ...{ machine: 'studio', place },
    event: { type, askId, task: 3, text: `Run ${askId} ${PLANTED}?`, queue: 'main' },
  })
  const open: { id: string }[] = [{ id: 'one' }, { id: 'old' }]
  const machines: MachinesPorts = {
    ...{ serve: () => undefined, changes: () => 0, call: () => Promise.reject(new Error('away')) },
    others: () => [{ machine: 'studio', doing: { asks: open } }],
    follow: (listener) => {
      tell = listener
      return () => undefined
    },
  }
  const begin = async () => {
    await served.close()
    served = await serveWith({ machines }, PAGE)
  }
  await begin()
  await subscribe('phone')
  // What was asked before somebody subscribed is on the page.
  tell([asked(5, 'old')], true)
  tell([asked(6, 'one'), asked(7, 'answered'), asked(8, 'old', 'note')], false)
  await arrived(1)
  const { title, body } = JSON.parse(service.messages[0]?.text ?? '')
  expect(title).toBe('studio: Task 3 is waiting for you')
  expect(body).toMatch(/^Run one/)
  expect(body).not.toContain(PLANTED)
  await begin()
  open.push({ id: 'two' })
  tell([asked(5, 'old'), asked(6, 'one'), asked(9, 'two')], true)
  await arrived(2)
  expect(service.messages[1]?.text).toContain('Run two')
})

test('a browser that is gone is forgotten; a service in trouble is asked again', async () => {
  await subscribe('phone')
  await begin()
  service.next = [503]
  const { id } = await ask()
  await arrived(1)
  service.next = [410]
  const by = { surface: 'telegram', id: '4712', name: 'Ben' } as const
  await house.api.submit({ type: 'answer', target: { askId: id }, choice: 'allow' }, by)
  await ask('Another')
  const kept = () => JSON.parse(readFileSync(join(house.stateDir, 'push.json'), 'utf8')).subscriptions
  await expect.poll(kept, { timeout: 10_000 }).toEqual([])
})

test('what was snoozed is told again when its time has come', async () => {
  await subscribe('phone')
  await begin()
  await ask()
  await arrived(1)
  expect((await served.post('/api/commands', { command: 'snooze', task: 1, for: '30m' })).status).toBe(200)
  house.wait(31 * 60_000)
  house.dispatcher.apply({ type: 'tick' })
  await arrived(2)
})

test('whoever unsubscribes is told nothing more', async () => {
  const { subscription } = service.subscriber('phone')
  await served.post('/api/push/subscribe', subscription)
  await subscribe('laptop')
  await served.post('/api/push/unsubscribe', { endpoint: subscription.endpoint })
  await begin()
  await ask()
  await arrived(1)
  expect(service.messages[0]?.name).toBe('laptop')
})

test('without an https address there is no key, and a subscription says what to set', async () => {
  await served.close()
  served = await open()
  expect((await served.get('/api/push')).json).toEqual({ public_key: null })
  const { status, json } = await subscribe('phone')
  expect([status, json.error.code]).toEqual([409, 'no-push'])
  expect(json.error.message).toContain('http.url')
})

test('only https addresses and whole keys are taken', async () => {
  const { subscription } = service.subscriber('phone')
  for (const wrong of [
    { ...subscription, endpoint: 'http://push.example/1' },
    { ...subscription, endpoint: 'file:///etc/passwd' },
    { ...subscription, keys: { ...subscription.keys, auth: 'short' } },
    { endpoint: subscription.endpoint },
  ])
    expect((await served.post('/api/push/subscribe', wrong)).status).toBe(400)
})
