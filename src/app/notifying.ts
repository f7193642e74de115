import type { Config } from '../config/types.ts'
import { createNotify } from '../notify/notify.ts'
import type { Notice } from '../notify/store.ts'
import type { Redact } from '../redact/redact.ts'
import { redactValue } from '../redact/redact-value.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createReceiverPlaces } from '../store/places.ts'
import type { OpenedApp } from './open-app.ts'

/** What telling other systems is put together from. */
export interface NotifyingOptions {
  app: Pick<Exclude<OpenedApp, { holder: unknown }>, 'runner' | 'store'>
  config: Config
  redact: Redact
  version: string
  /** A receiver is away, or accepts notifications again. */
  warn: (text: string) => void
  onError: (error: unknown) => void
}

const LAST_WORDS_MS = 500

/** Notifies other systems of what happens from now on, and of what they missed; returns what ends it. */
export function startNotifying({ app, config, redact, version, warn, onError }: NotifyingOptions): () => Promise<void> {
  const { runner, store } = app
  const notify = createNotify({
    receivers: config.notify,
    api: runner.api,
    events: store.read.events,
    lastEventSeq: store.read.lastEventSeq,
    store: { deliveries: createDeliveries<Notice>(store.db, 'notify'), places: createReceiverPlaces(store.db) },
    redact: (value) => redactValue(redact, value),
    version,
    onTrouble: (receiver, text) => warn(`${receiver}: ${text ?? 'accepts notifications again'}`),
    onLost: (receiver, count, why) => {
      const text = `Gave up on ${count} notifications to ${receiver}: ${why}`
      runner.note(config.projects[0].name, text, { about: 'notify', level: 'warning' })
    },
    onError,
  })
  notify.start()
  return () => notify.stop(LAST_WORDS_MS)
}
