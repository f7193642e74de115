import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAgent } from '../../src/telegram/agent.ts'
import { createFetch } from '../../src/telegram/fetch.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function served(listener: RequestListener) {
  const listening = createServer(listener)
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  return { root, fetch: createFetch(createAgent(root)) }
}

test('what is streamed into a request arrives whole', async () => {
  const { root, fetch } = await served(async (req, res) => {
    let bytes = 0
    for await (const chunk of req) bytes += chunk.length
    res.end(JSON.stringify({ bytes, type: req.headers['content-type'] }))
  })
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < 300; i++) controller.enqueue(new Uint8Array(65_536))
      controller.close()
    },
  })
  const answer = await fetch(root, { method: 'POST', headers: { 'content-type': 'x/y' }, body })
  expect(await answer.json()).toEqual({ bytes: 300 * 65_536, type: 'x/y' })
})

test('a stream that fails ends the request', async () => {
  const { root, fetch } = await served((req, res) => req.on('close', () => res.destroy()).resume())
  async function* half() {
    yield new Uint8Array(10)
    throw new Error('the file is gone')
  }
  await expect(fetch(root, { method: 'POST', body: half() })).rejects.toThrow('the file is gone')
})

test('one that is ended ends before its answer, and in the middle of it', async () => {
  const { root, fetch } = await served((req, res) => {
    if (req.url === '/half') res.writeHead(200, { 'content-length': 100 }).write('{"half":')
  })
  const ending = new AbortController()
  const waiting = fetch(root, { signal: ending.signal })
  const half = await fetch(`${root}/half`, { signal: ending.signal })
  const reading = half.json()
  ending.abort()
  await expect(waiting).rejects.toThrow('aborted')
  await expect(reading).rejects.toThrow('aborted')
})

test('an answer that breaks off midway is no answer, and a redirect is not followed', async () => {
  const { root, fetch } = await served((req, res) => {
    if (req.url === '/moved') return res.writeHead(302, { location: '/elsewhere' }).end('Moved')
    res.writeHead(200, { 'content-length': 100 }).write('{"half":')
    return setTimeout(() => res.destroy(), 20)
  })
  await expect((await fetch(root)).json()).rejects.toMatchObject({ code: 'ECONNRESET' })
  const moved = await fetch(`${root}/moved`)
  expect([moved.ok, moved.status]).toEqual([false, 302])
  await expect(moved.json()).rejects.toMatchObject({ code: 'HTTP 302' })
})
