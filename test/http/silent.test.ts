import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from './house.ts'
import { raw, statusOf } from './raw.ts'
import { type Served, serve } from './serve.ts'
import { TODAY } from './task-files.ts'

/** More than the server takes at the same time. */
const MANY = 1_300
const ROUND = 100

let house: House
let served: Served
const sockets: Socket[] = []
beforeEach(async () => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
  served = await serve(house)
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await served.close()
  await house.close()
})

/** Connections that say this much and then nothing; as many as get in. */
async function crowd(words: string): Promise<void> {
  const { port } = served.server
  const one = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => {
        if (words !== '') socket.write(words)
        resolve()
      })
      socket.on('error', () => resolve())
      sockets.push(socket)
    })
  for (let i = 0; i < MANY; i += ROUND) await Promise.all(Array.from({ length: ROUND }, one))
}

test.each([
  ['nothing', ''],
  ['half a header', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1'],
  ['half a body', 'POST /webhook/status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{'],
])('%s from 1,300 connections keeps nobody from being heard', async (_, words) => {
  await crowd(words.replace('127.0.0.1', `127.0.0.1:${served.server.port}`))
  const request = `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${served.server.port}\r\nConnection: close\r\n\r\n`
  expect(statusOf(await raw(served.server.port, request))).toBe(200)
})

test('a stream of events that is open stays open among them', async () => {
  const stream = await fetch(`${served.url}/api/events`, {
    headers: { authorization: 'Bearer the-api-token-of-these-tests' },
  })
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
  await crowd('')
  house.emit('still here')
  let heard = ''
  while (!heard.includes('still here')) {
    const { done, value } = await reader.read()
    if (done) break
    heard += new TextDecoder().decode(value)
  }
  expect(heard).toContain('still here')
  await reader.cancel()
})
