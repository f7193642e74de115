import type { Telegram } from '../telegram/bot/telegram.ts'
import { createDay } from './day.ts'
import { createPhone, type PhoneOptions } from './phone.ts'
import { createPlanning, type PlanningOptions } from './planning.ts'
import { createNoteWatching, createWatching, type WatchingOptions } from './watching.ts'

/** The phone, and what goes through the day with its user: plans, offers, the morning and the evening. */
export interface Companion {
  /** Absent without a token. */
  phone?: Telegram
  /** Begins what looks and writes by itself; the phone is started for itself. */
  start: () => void
  stop: () => Promise<void>
}

export type CompanionOptions = Omit<PhoneOptions, 'plans'> &
  Pick<PlanningOptions, 'env' | 'ask' | 'onError'> &
  Pick<WatchingOptions, 'note' | 'pace'>

/** Builds them around an open house. Without a token only the watch is left, which tells other systems. */
export function createCompanion(options: CompanionOptions): Companion {
  const { config, secrets, house, env, ask, note, pace, onError } = options
  const { face } = house.runner
  const { store } = house
  const meta = { get: store.read.meta, set: store.setMeta, transaction: store.transaction }
  const tellCard: Telegram['tellCard'] = (card, document) => phone?.tellCard(card, document)
  const common = { config, meta, tellCard, onError }
  const paced = { ...common, ...(pace && { pace }) }
  const hasPhone = secrets.telegramBotToken !== undefined
  const watching = createWatching({ ...paced, view: face.view, note })
  const planning = hasPhone
    ? createPlanning({ ...common, env, face, watching: () => watching, ...(ask && { ask }) })
    : undefined
  const phone = createPhone({ ...options, ...(planning && { plans: planning }) })
  const notes = hasPhone ? createNoteWatching(paced) : undefined
  const nextStarts = options.nextStarts ?? (() => [])
  const day = hasPhone ? createDay({ ...common, view: face.view, nextStarts }) : undefined
  const parts = [watching, planning, notes, day]
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
