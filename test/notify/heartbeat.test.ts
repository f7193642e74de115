import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { startHeartbeat } from '../../src/notify/heartbeat.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

/** Counts the pings, and answers as it is told. */
async function listener(port = 0) {
  const pings: string[] = []
  const answer = { status: 200 }
  const server: Server = createServer((request, response) => {
    pings.push(`${request.method} ${request.url}`)
    response.writeHead(answer.status).end('ok')
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  ends.push(close)
  return { pings, answer, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/4711` }
}

function beat(url: string, isWell = () => true) {
  const told: (string | undefined)[] = []
  const end = startHeartbeat({ url, everyMs: 20, isWell, fetch, onTrouble: (why) => void told.push(why) })
  ends.push(end)
  return { told, end }
}

it('pings at once, then every so often, until it is ended', async () => {
  const { pings, url } = await listener()
  const { end, told } = beat(url)
  await vi.waitFor(() => expect(pings.length).toBeGreaterThan(2))
  expect(new Set(pings)).toEqual(new Set(['GET /ping/4711']))
  end()
  await new Promise((resolve) => setTimeout(resolve, 60))
  const count = pings.length
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(pings.length).toBe(count)
  expect(told).toEqual([])
})

it('is silent while Baton is not well, which is what raises the alarm elsewhere', async () => {
  const { pings, url } = await listener()
  let well = false
  beat(url, () => well)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(pings).toEqual([])
  well = true
  await vi.waitFor(() => expect(pings.length).toBeGreaterThan(0))
})

it('tells once that pings fail and once that they arrive again', async () => {
  const first = await listener()
  const { told } = beat(first.url)
  await vi.waitFor(() => expect(first.pings.length).toBeGreaterThan(0))
  first.answer.status = 500
  await vi.waitFor(() => expect(told).toEqual(['it answers 500']))
  first.close()
  const { length } = first.pings
  await new Promise((resolve) => setTimeout(resolve, 80))
  expect(told).toEqual(['it answers 500'])
  const again = await listener(Number(new URL(first.url).port))
  await vi.waitFor(() => expect(told).toEqual(['it answers 500', undefined]))
  expect(again.pings.length + length).toBeGreaterThan(length)
})

it('says why an address cannot be reached', async () => {
  const { url, close } = await listener()
  close()
  const { told } = beat(url)
  await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/ECONNREFUSED|refused/)]))
})
