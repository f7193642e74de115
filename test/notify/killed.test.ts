import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHouse } from './house.ts'
import { startReceiver } from './receiver.ts'

const KILLS = 6

test('nothing is lost, doubled or out of order over kill -9, with a receiver that fails all the time', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'notify-killed-'))
  const receiver = await startReceiver()
  let turn = 0
  receiver.behave((_, response) => {
    const n = ++turn % 17
    if (n === 3) return 500
    if (n === 7) return 'reset'
    if (n === 11) {
      response.setHeader('Retry-After', '0.01')
      return 429
    }
    return n === 13 ? 'hang' : 200
  })
  for (let life = 0; life < KILLS; life++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts'), dir, receiver.url], {
      stdio: 'inherit',
    })
    const before = receiver.requests.length
    await expect.poll(() => receiver.requests.length, { interval: 5 }).toBeGreaterThan(before + 2)
    await new Promise((resolve) => setTimeout(resolve, (life * 37) % 120))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  receiver.behave(() => 200)
  const house = openHouse(dir)
  const last = house.store.read.lastEventSeq()
  const notify = house.tell([{ url: receiver.url, format: 'json' }])
  const taken = () => receiver.requests.filter(({ status }) => status === 200)
  await expect
    .poll(() => taken().some(({ body }: { body: { seq: number } }) => body.seq === last), { timeout: 15_000 })
    .toBe(true)
  await notify.stop()

  const idOf = new Map<number, string>()
  for (const { body, headers } of taken() as { body: { seq: number }; headers: Record<string, string> }[]) {
    const id = String(headers['x-baton-delivery'])
    // Taken twice is possible, when the kill came before it was noted: under the id of the first, by which it is known.
    expect(idOf.get(body.seq) ?? id).toBe(id)
    expect(idOf.has(body.seq) || body.seq === idOf.size + 1).toBe(true)
    idOf.set(body.seq, id)
  }
  expect(idOf.size).toBe(last)
  expect(last).toBeGreaterThan(50)
  const repeated = taken().length - idOf.size
  expect(repeated).toBeLessThanOrEqual(KILLS)
  await house.close()
  await receiver.close()
}, 60_000)
