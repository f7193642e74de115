import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { createHouse, originOf, planned } from '../core/house.ts'

it('the latest run of a queue is the one that was started last, also when the clock was set back in between', () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-order-'))
  const store = openStore<unknown>(dir)
  const house = createHouse()
  for (const [i, key] of ['first', 'second'].entries()) {
    house.now -= i * 7 * 86_400_000
    store.commit(house.start([planned(1, { origin: originOf(key) })]))
  }
  expect(store.read.runs({ queue: 'main' }).map(({ seq }) => seq)).toEqual([2, 1])
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

it('a task that was moved has its new place also after a restart', () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-order-'))
  const store = openStore<unknown>(dir)
  const house = createHouse()
  store.commit(house.start([1, 2, 3, 4].map((number) => planned(number))))
  store.commit(house.act({ type: 'move', task: 4, before: 2 }))
  store.close()
  const again = openStore<unknown>(dir)
  const [run] = again.read.runs({ queue: 'main' })
  expect(again.read.tasks(run?.id ?? '').map(({ number }) => number)).toEqual([1, 4, 2, 3])
  expect(again.read.state('main').order).toEqual(house.state.order)
  again.close()
  rmSync(dir, { recursive: true, force: true })
})
