import type { PlanningOptions } from '../assistant/planning.ts'
import { createNoteWatching, createWatching, type WatchingOptions } from '../assistant/watching.ts'
import type { Phone, PhoneOptions } from './phone.ts'

/** The phone, and what goes through the day with its user: plans, offers, the morning and the evening. */
export interface Assistant {
  /** Absent without a token. */
  phone?: Phone
  /** Starts what watches and writes unasked; the phone is started separately. */
  start: () => void
  stop: () => Promise<void>
}

export type AssistantOptions = Omit<PhoneOptions, 'plans'> &
  Pick<PlanningOptions, 'env' | 'ask' | 'onError'> &
  Pick<WatchingOptions, 'note' | 'pace'>

/** Builds them around an open app. Without a token only the watch is left, which notifies other systems. */
export async function createAssistant(options: AssistantOptions): Promise<Assistant> {
  const { config, secrets, app, env, ask, note, pace, onError, redact } = options
  const { api } = app.runner
  const { store } = app
  const meta = store.kept
  const paced = { config, meta, onError, ...(pace && { pace }) }
  const { telegramBotToken: token } = secrets
  if (token === undefined) {
    return assistant([createWatching({ ...paced, view: api.view, note })])
  }
  const [{ createPhone }, { createPlanning }, { createDay }] = await Promise.all([
    import('./phone.ts'),
    import('../assistant/planning.ts'),
    import('../assistant/day.ts'),
  ])
  const tellCard: Phone['tellCard'] = (card, document) => phone.tellCard(card, document)
  const telling = { config, meta, tellCard, onError }
  const watching = createWatching({ ...paced, tellCard, view: api.view, note })
  const plans = createPlanning({ ...telling, redact, env, api, note, watching: () => watching, ...(ask && { ask }) })
  const phone = createPhone(token, { ...options, plans })
  const notes = createNoteWatching({ ...paced, tellCard })
  const day = createDay({ ...telling, view: api.view, nextStarts: options.nextStarts ?? (() => []) })
  return assistant([watching, plans, notes, day], phone)
}

interface Part {
  start: () => void
  stop: () => Promise<void> | void
}

function assistant(parts: (Part | undefined)[], phone?: Phone): Assistant {
  return {
    ...(phone && { phone }),
    start: () => {
      for (const part of parts) part?.start()
    },
    stop: async () => {
      await Promise.all(parts.map((part) => part?.stop()))
    },
  }
}
