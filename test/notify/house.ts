import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Receiver } from '../../src/config/types.ts'
import type { BatonEvent, NewEvent, Run, Task } from '../../src/core/types.ts'
import { createFollowers } from '../../src/daemon/api/event-followers.ts'
import { createViews } from '../../src/daemon/api/views.ts'
import { createNotify, type NotifyPorts } from '../../src/notify/notify.ts'
import type { Notice } from '../../src/notify/store.ts'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { createReceiverPlaces } from '../../src/store/places.ts'
import { openStore } from '../../src/store/store.ts'

export const NOW = Date.parse('2026-11-21T09:14:00Z')

/** A store with a stream of events, and notifications out of it; everything real. */
export function openHouse(dir = mkdtempSync(join(tmpdir(), 'notify-'))) {
  const store = openStore<never>(dir)
  const followers = createFollowers(store.read, (error) => {
    throw error
  })
  const view = createViews({
    read: store.read,
    queues: ['main'],
    now: () => NOW,
    localDay: () => '2026-11-21',
    runner: () => undefined,
    live: () => [],
  })
  const words: string[] = []
  const open: ReturnType<typeof createNotify>[] = []
  const outgoing = {
    deliveries: createDeliveries<Notice>(store.db, 'notify'),
    places: createReceiverPlaces(store.db),
  }

  return {
    dir,
    store,
    outgoing,
    words,
    /** A run with tasks of these titles, as rows. */
    run(id: string, titles: string[], more: Partial<Run> = {}) {
      const run: Run = {
        id,
        queue: 'main',
        seq: 1,
        state: 'open',
        files: ['tasks/today.md'],
        autoApprove: false,
        startedBy: { surface: 'terminal', id: 'Anna', name: 'Anna' },
        createdAt: NOW,
        costUsd: 0,
        ...more,
      }
      const tasks = titles.map((title, i): Task => {
        const spec = {
          origin: { source: 'files', ref: title, file: 'tasks/today.md', line: 1, form: 'section' },
          title,
          priority: 'medium',
        } as const
        return {
          id: `${id}-${i + 1}`,
          runId: id,
          number: i + 1,
          position: i,
          dependsOn: [],
          spec: { ...spec, criteria: [], verify: [], instruction: 'Do it.', context: '', done: false },
          phase: 'queued',
          attempts: 0,
          failures: 0,
          costUsd: 0,
          turns: 0,
        }
      })
      store.commit({
        changes: [{ table: 'runs', row: run }, ...tasks.map((row) => ({ table: 'tasks' as const, row }))],
        events: [],
      })
      return tasks
    },
    /** Something happens. */
    happen(type: BatonEvent['type'], more: Partial<NewEvent> = {}): BatonEvent {
      const event: NewEvent = { at: NOW, type, queue: 'main', text: `${type} happened`, ...more }
      const [stored] = store.commit({ changes: [], events: [event] })
      followers.notify()
      return stored as BatonEvent
    },
    tell(receivers: Receiver[], more: Partial<NotifyPorts> = {}) {
      const notify = createNotify({
        receivers,
        api: { follow: followers.follow, view },
        events: store.read.events,
        lastEventSeq: store.read.lastEventSeq,
        store: outgoing,
        redact: (value) => value,
        version: '1.2.3',
        onTrouble: (receiver, text) => words.push(`${receiver.replace(/:\d+/, '')}: ${text ?? 'works again'}`),
        onLost: (receiver, count, why) => words.push(`${receiver.replace(/:\d+/, '')} lost ${count}: ${why}`),
        onError: (error) => words.push(`error: ${String(error)}`),
        // Waits of seconds pass in milliseconds.
        random: () => 3.99,
        ...more,
      })
      notify.start()
      open.push(notify)
      return notify
    },
    async close() {
      await Promise.all(open.splice(0).map((notify) => notify.stop(0)))
      store.close()
      rmSync(dir, { recursive: true })
    },
  }
}

export type House = ReturnType<typeof openHouse>
