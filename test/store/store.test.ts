import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { isLocked, takeLock, takeLockPatiently } from '../../src/store/lock.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { pruneStore } from '../../src/store/prune.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createUpdates } from '../../src/store/updates.ts'
import { createHouse, planned } from '../core/house.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const withStore = <R>(use: (store: Store<unknown>) => R): R => {
  const store = openStore<unknown>(dir)
  try {
    return use(store)
  } finally {
    store.close()
  }
}

/** Drives a house and stores every decision, as the dispatcher does. */
function playInto(store: Store<unknown>, context = '') {
  const house = createHouse()
  const give = house.give
  house.give = (input) => {
    const decided = give(input)
    store.commit(decided)
    return decided
  }
  house.start([planned(1, { context }), planned(2, { requiresApproval: true, context })])
  house.begin()
  house.ask({ kind: 'question', useId: 'u1' })
  return house
}

describe('the store', () => {
  it('gives back exactly the state that was committed', () => {
    const before = withStore((store) => playInto(store, 'Read this first.\n').state)
    const after = withStore((store) => store.read.state('main'))
    expect(after.queue).toEqual(before.queue)
    for (const table of ['runs', 'tasks', 'attempts', 'asks', 'grants', 'order', 'heads', 'numbers'] as const) {
      expect(new Map(after[table] as Map<string, unknown>), table).toEqual(
        new Map(before[table] as Map<string, unknown>),
      )
    }
  })

  it('keeps a context that tasks share once', () => {
    withStore((store) => {
      playInto(store, 'x'.repeat(10_000))
      expect(store.db.prepare('SELECT COUNT(*) AS n FROM contexts').get()).toEqual({ n: 1 })
    })
  })

  it('writes rows and events together or not at all', () => {
    withStore((store) => {
      const { state } = playInto(store)
      const run = [...state.runs.values()][0]
      if (!run) throw new Error('no run')
      const events = store.read.lastEventSeq()
      const fail = () => {
        throw new Error('disk is full')
      }
      const decision = { changes: [{ table: 'runs' as const, row: { ...run, state: 'done' as const } }], events: [] }
      expect(() => store.commit(decision, fail)).toThrow('disk is full')
      expect(store.read.run(run.id)?.state).toBe('open')
      expect(store.read.lastEventSeq()).toBe(events)
    })
  })

  it('syncs every commit to the disk', () => {
    withStore((store) => {
      expect(store.db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      expect(store.db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    })
  })

  it('can be copied while it is written, and the copy opens', async () => {
    const store = openStore<unknown>(dir)
    playInto(store)
    const copy = join(dir, 'copy')
    execFileSync('mkdir', [copy])
    await store.backup(join(copy, 'baton.db'))
    store.close()
    const copied = openStore<unknown>(copy)
    expect(copied.read.runs()).toHaveLength(1)
    copied.close()
  })
})

describe('what counts for the moment only', () => {
  it('does not wait for the disk, and everything else does, before and after', () => {
    withStore(({ db, setMeta, setPassing, transaction, read }) => {
      const FULL = 2
      const NORMAL = 1
      const seen: number[] = []
      db.function('note_mode', () => seen.push(Number(db.prepare('PRAGMA synchronous').get()?.synchronous)))
      db.exec('CREATE TEMP TRIGGER mode AFTER INSERT ON meta BEGIN SELECT note_mode(); END')
      setMeta('a', 1)
      setPassing('b', 2)
      setMeta('c', 3)
      transaction(() => setPassing('d', 4))
      expect(seen).toEqual([FULL, NORMAL, FULL, FULL])
      expect(['a', 'b', 'c', 'd'].map((key) => read.meta(key))).toEqual([1, 2, 3, 4])
      // Also when it could not be written.
      expect(() => setPassing('e', 5n)).toThrow(/BigInt/)
      expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL })
    })
  })
})

describe('a database of another version', () => {
  it('that is newer is refused in one line that says what to do', () => {
    withStore(() => undefined)
    const db = new DatabaseSync(join(dir, 'baton.db'))
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
    db.close()
    expect(() => openStore(dir)).toThrow(/newer Baton.*Update Baton/)
  })

  it('that cannot be brought to this one is left as it is, with none of the changes made', () => {
    const before = new DatabaseSync(join(dir, 'baton.db'))
    before.exec('CREATE TABLE environments (mine TEXT)')
    before.close()
    expect(() => openStore(dir)).toThrow(/Cannot open the state database.*environments/)
    const db = new DatabaseSync(join(dir, 'baton.db'))
    expect(db.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'environments' }])
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 })
    db.close()
  })

  it('that is no database is refused, and left as it is', () => {
    const file = join(dir, 'baton.db')
    writeFileSync(file, 'this is a shopping list, much longer than a header would be\n'.repeat(40))
    const before = readFileSync(file)
    expect(() => openStore(dir)).toThrow(/Cannot open the state database/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

describe('the inbox', () => {
  it('takes an act once under its key and remembers the reply', () => {
    withStore((store) => {
      const item = { key: 'telegram:7', queue: 'main', content: { a: 1 }, receivedAt: 1 }
      expect(store.inbox.put(item)).toBe(true)
      expect(store.inbox.put(item)).toBe(false)
      const [pending] = store.inbox.pending()
      expect(pending).toMatchObject({ key: 'telegram:7', content: { a: 1 } })
      store.inbox.handled(pending?.id ?? 0, { ok: true, text: 'Done.' }, 2)
      expect(store.inbox.pending()).toEqual([])
      expect(store.inbox.reply('telegram:7')).toEqual({ ok: true, text: 'Done.' })
    })
  })
})

describe('the lock', () => {
  it('has one holder, and is free as soon as its process is gone, however it went', async () => {
    const script = `
      import { takeLock } from '${join(import.meta.dirname, '../../src/store/lock.ts')}'
      // What nobody refers to may be closed at any time.
      globalThis.lock = takeLock(process.argv[2])
      console.log(globalThis.lock ? 'held' : 'refused')
      setInterval(() => {}, 1000)`
    const file = join(dir, 'hold.mts')
    writeFileSync(file, script)
    const child = spawn(process.execPath, [file, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    expect(line.toString()).toBe('held\n')
    expect(isLocked(dir)).toBe(true)
    expect(takeLock(dir)).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = await takeLockPatiently(dir)
    expect(lock).toBeDefined()
    lock?.release()
  })
})

describe('stored deliveries', () => {
  const send = (target: string, slot?: string) => ({
    target,
    ...(slot !== undefined && { slot }),
    urgent: true,
    content: { kind: 'send' },
  })

  it('come back in order with their state after a restart, and an edit knows the message of its slot', () => {
    withStore((store) => {
      const deliveries = createDeliveries<{ kind: string }>(store.db, 'telegram')
      deliveries.enqueue([send('1', 'ask:a'), send('1'), send('2')], 5)
      const [first] = deliveries.pending(10)
      deliveries.begin(first?.id ?? 0)
      deliveries.done(first?.id ?? 0, { messageId: '77' })
      deliveries.enqueue([{ ...send('1', 'ask:a'), content: { kind: 'edit' } }], 6)
    })
    withStore((store) => {
      const deliveries = createDeliveries<{ kind: string }>(store.db, 'telegram')
      expect(deliveries.pending(10).map((d) => [d.target, d.content.kind, d.messageId])).toEqual([
        ['1', 'send', undefined],
        ['2', 'send', undefined],
        ['1', 'edit', '77'],
      ])
      expect(deliveries.pending(1)).toHaveLength(2)
      expect(deliveries.slotOf('1', '77')).toBe('ask:a')
    })
  })

  it('that were started before a kill come back as begun', () => {
    withStore((store) => createDeliveries<{ kind: string }>(store.db, 'telegram').enqueue([send('1')], 5))
    withStore((store) => createDeliveries<{ kind: string }>(store.db, 'telegram').begin(1))
    withStore((store) =>
      expect(createDeliveries(store.db, 'telegram').pending(1)).toMatchObject([{ id: 1, begun: true, attempts: 1 }]),
    )
  })

  it('know when the document before them was given up, and follow a chat to its new id', () => {
    withStore((store) => {
      const deliveries = createDeliveries<{ kind: string }>(store.db, 'telegram')
      deliveries.enqueue([send('1'), { ...send('1'), followsDocument: true as const }], 5)
      deliveries.dropped(1, 'refused', 'too big')
      expect(deliveries.pending(5)).toMatchObject([{ id: 2, documentLost: true }])
      deliveries.moved('1', '-100')
      expect(deliveries.pending(5)).toMatchObject([{ id: 2, target: '-100' }])
    })
  })
})

describe('stored updates', () => {
  it('count once, and are unhandled until they were handled', () => {
    withStore((store) => {
      const updates = createUpdates<{ update_id: number }>(store.db, 'telegram')
      expect(updates.store('7', { update_id: 7 }, 1)).toBe(true)
      expect(updates.store('7', { update_id: 7 }, 1)).toBe(false)
      expect(updates.unhandled()).toEqual([{ update_id: 7 }])
      updates.handled('7', 2)
      expect(updates.unhandled()).toEqual([])
      expect(updates.store('7', { update_id: 7 }, 3)).toBe(false)
    })
  })
})

describe('pruning', () => {
  it('lets go of old ended runs with all that is theirs, and never of open ones', () => {
    withStore((store) => {
      const day = 86_400_000
      for (const [i, state] of (['open', 'done', 'done', 'done'] as const).entries()) {
        const house = createHouse()
        house.now = i * day
        const give = house.give
        house.give = (input) => {
          const decided = give(input)
          const changes = decided.changes.map((change) => {
            const row = JSON.parse(JSON.stringify(change.row).replace(/"id(\d)/g, `"r${i}id$1`)) as typeof change.row
            return (
              change.table === 'runs' ? { table: 'runs', row: { ...row, state, seq: i } } : { ...change, row }
            ) as typeof change
          })
          store.commit({ changes, events: decided.events })
          return decided
        }
        house.start([planned(1)])
      }
      const pruned = pruneStore(store, { runs: 2, days: 30 }, 4 * day)
      expect(pruned.runIds).toEqual(['r1id1'])
      expect(store.read.runs().map((run) => run.id)).toEqual(['r3id1', 'r2id1', 'r0id1'])
      expect(store.read.tasks('r1id1')).toEqual([])
    })
  })

  it('keeps the database from growing without end', () => {
    withStore((store) => {
      // Few of them, as each is a commit, and those can be slow.
      const big = 'x'.repeat(40_000)
      for (let i = 0; i < 50; i++) store.inbox.put({ key: `k${i}`, queue: 'main', content: big, receivedAt: 0 })
      for (const item of store.inbox.pending({ limit: 100 })) store.inbox.handled(item.id, { ok: true, text: '' }, 0)
      pruneStore(store, { runs: 1, days: 1 }, 90 * 86_400_000)
      store.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const size = statSync(join(dir, 'baton.db')).size
      for (let i = 0; i < 50; i++) store.inbox.put({ key: `j${i}`, queue: 'main', content: big, receivedAt: 0 })
      store.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      // The pages that became free are used again.
      expect(statSync(join(dir, 'baton.db')).size).toBeLessThan(size * 1.2)
    })
  })
})
