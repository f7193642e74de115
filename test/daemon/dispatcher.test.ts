import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ResolvedCommand } from '../../src/core/commands/commands.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { newId } from '../../src/daemon/ids.ts'
import { createDispatcher, type DispatchPorts } from '../../src/daemon/queue/dispatcher.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { ANNA, POLICY, planned } from '../core/house.ts'

let dir: string
let store: Store<CommandRequest>
const errors: unknown[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-dispatch-'))
  store = openStore<CommandRequest>(dir)
  errors.length = 0
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const START: ResolvedCommand = { type: 'start', tasks: [planned(1)], files: ['tasks/today.md'], autoApprove: false }

const open = (queue: string, command: ResolvedCommand = START, ports: Partial<DispatchPorts> = {}) =>
  createDispatcher({
    store,
    queue,
    policy: POLICY,
    now: Date.now,
    newId,
    resolve: async () => ({ command }),
    reached: () => undefined,
    onTrouble: () => undefined,
    onError: (error) => errors.push(error),
    ...ports,
  })

const put = (key: string, queue: string) =>
  store.inbox.put({ key, queue, content: { command: { type: 'start' }, by: ANNA }, receivedAt: 0 })

describe('the inbox of a queue', () => {
  it('is worked through however much waits before it for other queues', async () => {
    for (let i = 0; i < 150; i++) put(`other-${i}`, 'of a project that is gone')
    put('mine', 'main')
    await open('main').drain()
    expect(store.inbox.reply('mine')).toMatchObject({ ok: true })
    expect(store.inbox.pending({ limit: 1_000 })).toHaveLength(150)
  })

  it('is not blocked by an act that Baton itself fails at: it is refused, and told', async () => {
    let left = 1
    const failing = () => {
      if (left-- > 0) throw new Error('a defect')
      return newId()
    }
    put('first', 'main')
    put('second', 'main')
    await open('main', START, { newId: failing }).drain()
    expect(store.inbox.reply('first')).toMatchObject({ ok: false, text: 'a defect' })
    expect(store.inbox.reply('second')).toMatchObject({ ok: true })
    expect(errors).toHaveLength(1)
  })
})
