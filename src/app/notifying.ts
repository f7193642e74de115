import type { Secrets } from '../config/secrets.ts'
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
  secrets: Pick<Secrets, 'notionToken' | 'notionApiUrl'>
  redact: Redact
  version: string
  /** A receiver is away, or accepts notifications again. */
  warn: (text: string) => void
  onError: (error: unknown) => void
}

const LAST_WORDS_MS = 500

/** Notifies other systems of what happens from now on, and of what they missed; returns what ends it. */
export function startNotifying(options: NotifyingOptions): () => Promise<void> {
  const { app, config, redact, version, warn, onError } = options
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
  const ledger = keepLedger(options)
  return async () => {
    await Promise.all([notify.stop(LAST_WORDS_MS), ledger.then((stop) => stop?.())])
  }
}

/** Resolves with what ends it; most homes keep none, and do not load it. */
async function keepLedger({ app, config, secrets, redact, warn, onError }: NotifyingOptions) {
  const { notion, http } = config
  if (!notion) return undefined
  const { store, runner } = app
  const { startLedger } = await import('../ledger/start.ts')
  return startLedger({
    ...{ notion, url: http.url, kept: store.kept, onTrouble: warn, onError },
    login: { token: secrets.notionToken, apiUrl: secrets.notionApiUrl },
    read: store.read,
    follow: runner.api.follow,
    redact: <T>(value: T) => redactValue(redact, value) as T,
  })
}
