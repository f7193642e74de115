import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BatonEvent } from '../../src/core/types.ts'
import { hasState, openCrossProcessApi } from '../../src/daemon/api/cross-process-api.ts'
import { newId } from '../../src/daemon/ids.ts'
import type { CrossProcessApi } from '../../src/daemon/runner-types.ts'
import { ANNA } from '../core/house.ts'
import { type AttemptHouse, openAttemptHouse } from './attempt.ts'

let house: AttemptHouse
let remote: CrossProcessApi
beforeEach(() => {
  house = openAttemptHouse()
  remote = openCrossProcessApi({ stateDir: house.dir, queues: ['main'], now: Date.now, newId }) as CrossProcessApi
})
afterEach(async () => {
  remote.close()
  await house.close()
})

/** Takes up what waits, as the running process does. */
const takeUp = async (key: string) => {
  await expect.poll(() => house.store.inbox.pending({ limit: 10 }).length, { interval: 1 }).toBeGreaterThan(0)
  await house.dispatcher.drain()
  return house.store.inbox.reply(key)
}

describe('a state folder seen from another process', () => {
  it('is not made by looking for it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-remote-'))
    const stateDir = join(dir, '.baton')
    expect(openCrossProcessApi({ stateDir, queues: ['main'], now: Date.now, newId })).toBeUndefined()
    expect([hasState(stateDir), existsSync(stateDir), readdirSync(dir)]).toEqual([false, false, []])
    await rm(dir, { recursive: true })
  })

  it('shows what is there and who is at work', () => {
    expect(remote.api.view.latestRun()).toMatchObject({ total: 1 })
    expect(remote.holder()).toBeUndefined()
  })

  it('takes a wish to whoever is at work, and brings back the reply', async () => {
    const acting = remote.api.submit({ type: 'pause' }, ANNA, { key: 'k1' })
    await takeUp('k1')
    expect(await acting).toMatchObject({ ok: true })
    expect(house.dispatcher.state().queue.paused).toMatchObject({ mode: 'now' })
  })

  it('does a wish once, however often it is sent, and refuses another under its key', async () => {
    const first = remote.api.submit({ type: 'pause' }, ANNA, { key: 'k1', about: 'pause' })
    await takeUp('k1')
    const reply = await first
    expect(await remote.api.submit({ type: 'pause' }, ANNA, { key: 'k1', about: 'pause' })).toEqual(reply)
    expect(await remote.api.submit({ type: 'resume' }, ANNA, { key: 'k1', about: 'resume' })).toMatchObject({
      ok: false,
      code: 'key-reused',
    })
    expect(house.store.inbox.pending({ limit: 10 })).toEqual([])
  })

  it('says that nobody has taken it up, and keeps it for whoever comes', async () => {
    const reply = await remote.api.submit({ type: 'pause' }, ANNA, { key: 'k1' })
    expect(reply).toMatchObject({ ok: false, text: expect.stringContaining('when Baton runs again') })
    await house.dispatcher.drain()
    expect(house.store.inbox.reply('k1')).toMatchObject({ ok: true })
  })

  it('hears of every event, those before it first', async () => {
    const heard: BatonEvent['type'][] = []
    const stop = remote.api.follow((event) => void heard.push(event.type), 0)
    await expect.poll(() => heard).toContain('run.queued')
    house.act({ type: 'pause' })
    await expect.poll(() => heard).toContain('queue.paused')
    stop()
  })
})
