import type { PlanningOptions } from '../assistant/planning.ts'
import { createNoteWatching, createWatching, type WatchingOptions } from '../assistant/watching.ts'
import type { MessengerOptions } from '../messengers/messenger.ts'
import { hasMessengers, type Messengers, openMessengers } from '../messengers/messengers.ts'
import type { OpenedApp } from './open-app.ts'

/** The chats, and what goes through the day with its user: plans, offers, the morning and the evening. */
export interface Assistant {
  /** Absent where no chat is configured. */
  messengers?: Messengers
  /** Starts what watches and writes unasked; the chats are started separately. */
  start: () => void
  stop: () => Promise<void>
}

export type AssistantOptions = Omit<MessengerOptions, 'plans' | 'cards' | 'app'> & {
  app: Exclude<OpenedApp, { holder: unknown }>
} & Pick<PlanningOptions, 'env' | 'ask' | 'onError'> &
  Pick<WatchingOptions, 'note' | 'pace'>

/** Builds them around an open app. Without a chat only the watch is left, which notifies other systems. */
export async function createAssistant(options: AssistantOptions): Promise<Assistant> {
  const { config, secrets, app, env, ask, note, pace, onError, redact } = options
  const { api } = app.runner
  const { store } = app
  const meta = store.kept
  const paced = { config, meta, onError, ...(pace && { pace }) }
  if (!hasMessengers(secrets)) return assistant([createWatching({ ...paced, view: api.view, note })])
  const [{ createPlanning }, { createDay }] = await Promise.all([
    import('../assistant/planning.ts'),
    import('../assistant/day.ts'),
  ])
  const tellCard: Messengers['tellCard'] = (card, document) => messengers.tellCard(card, document)
  const telling = { config, meta, tellCard, onError }
  const watching = createWatching({ ...paced, tellCard, view: api.view, note })
  const plans = createPlanning({ ...telling, redact, env, api, note, watching: () => watching, ...(ask && { ask }) })
  const messengers = await openMessengers({ ...options, plans })
  const notes = createNoteWatching({ ...paced, tellCard })
  const day = createDay({ ...telling, view: api.view, nextStarts: options.nextStarts ?? (() => []) })
  return assistant([watching, plans, notes, day], messengers)
}

interface Part {
  start: () => void
  stop: () => Promise<void> | void
}

function assistant(parts: (Part | undefined)[], messengers?: Messengers): Assistant {
  return {
    ...(messengers && { messengers }),
    start: () => {
      for (const part of parts) part?.start()
    },
    stop: async () => {
      await Promise.all(parts.map((part) => part?.stop()))
    },
  }
}
