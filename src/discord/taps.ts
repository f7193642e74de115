import { setTimeout as sleep } from 'node:timers/promises'
import { type APIModalInteractionResponseCallbackData, Routes } from 'discord-api-types/v10'
import type { AnswerTap, WordsForm } from '../chat/transport.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { cut } from '../text/cut.ts'
import { discordTroubleOf } from './api-errors.ts'
import type { DiscordConnection } from './connection.ts'
import { CONTENT_UNITS } from './format.ts'
import { escapeMarkdown, toMarkdown } from './markdown.ts'

/** A tap, a command or a form as the gateway gave it: what is needed to answer it. */
export interface HeardTap {
  id: string
  /** The right to answer it, for 15 minutes. */
  token: string
  applicationId: string
  kind: 'button' | 'command' | 'form'
}

/** Answers what people tapped: Discord shows them a failure after 3 s without an answer. */
export interface Taps {
  /** From now on it is known; without another answer it is released in time. */
  heard: (tap: HeardTap) => void
  /** Acknowledges it at once, without a word: what is refused then follows, and what was decided its message shows. */
  release: (tapId: string) => void
  /** Until that has arrived, or for a moment: what is decided meanwhile would keep it waiting. */
  released: (tapId: string) => Promise<void>
  answer: AnswerTap
  openForm: (tapId: string, form: WordsForm) => Promise<boolean>
  /** Answers a command with a message that everybody sees; gives its id. */
  show: (tapId: string, text: string) => Promise<string | undefined>
}

/** Seen by the person alone. */
const EPHEMERAL = 1 << 6
const PONG = 4
const RELEASE = 6
const FORM = 9
/** Leaves the network half of the 3 s. */
const RELEASE_AFTER_MS = 1_500
const TIMEOUT_MS = 10_000
/** Nobody notices that a decision comes so much later. */
const ON_ITS_WAY_MS = 50
/** Longer than their tokens count. */
const KEPT_MS = 900_000
const NOBODY = { allowed_mentions: { parse: [] } }

/** Makes it; everything goes past the stored deliveries, since nobody waits for a late answer. */
export function createTaps({ call }: Pick<DiscordConnection, 'call'>, onTrouble?: (text: string) => void): Taps {
  const never = new AbortController().signal
  const known = new Map<string, HeardTap & { at: number; isAnswered?: true; released?: Promise<unknown> }>()

  const respond = <T>({ id, token }: HeardTap, body: object, query?: URLSearchParams) =>
    withDeadline(never, TIMEOUT_MS, (signal) =>
      call<T>(
        {
          method: 'POST',
          route: Routes.interactionCallback(id, token),
          body,
          hasToken: false,
          ...(query && { query }),
        },
        signal,
      ),
    )
  const follow = ({ applicationId, token }: HeardTap, text: string) =>
    withDeadline(never, TIMEOUT_MS, (signal) =>
      call({ method: 'POST', route: Routes.webhook(applicationId, token), body: words(text), hasToken: false }, signal),
    )
  const words = (text: string) => ({
    content: cut(escapeMarkdown(text), CONTENT_UNITS),
    flags: EPHEMERAL,
    ...NOBODY,
  })

  /** Twice at most: an answer that was lost is known to Discord by the id of what was tapped. */
  const tried = async (work: () => Promise<unknown>): Promise<boolean> => {
    for (let tries = 1; ; tries++) {
      try {
        await work()
        return true
      } catch (error) {
        const { kind } = discordTroubleOf(error)
        if (kind !== 'unreached' && kind !== 'in-doubt') return false
        if (tries === 2) {
          onTrouble?.(`A tap could not be answered: ${String(error)}`)
          return false
        }
      }
    }
  }

  const answer: AnswerTap = async (tapId, said, alert = false) => {
    const tap = known.get(tapId)
    if (!tap) return
    // The message of the button shows what was decided; a refusal is told to this person alone.
    const text = tap.kind === 'button' && !alert ? undefined : said
    // Words can only follow what has arrived.
    await tap.released
    if (!tap.isAnswered) {
      tap.isAnswered = true
      const isSilent = text === undefined && tap.kind !== 'command'
      const body = isSilent ? { type: RELEASE } : { type: PONG, data: words(text ?? '👍') }
      if (await tried(() => respond(tap, body))) return
    }
    // It was released before, in this life or the last: words can still follow.
    if (text !== undefined) await tried(() => follow(tap, text))
  }

  return {
    heard: (tap) => {
      const now = performance.now()
      for (const [id, { at }] of known) if (at < now - KEPT_MS) known.delete(id)
      if (known.has(tap.id)) return
      known.set(tap.id, { ...tap, at: now })
      setTimeout(() => {
        if (!known.get(tap.id)?.isAnswered) void answer(tap.id)
      }, RELEASE_AFTER_MS).unref()
    },
    release: (tapId) => {
      const tap = known.get(tapId)
      if (!tap || tap.isAnswered) return
      tap.isAnswered = true
      tap.released = tried(() => respond(tap, { type: RELEASE }))
    },
    released: async (tapId) => {
      await Promise.race([known.get(tapId)?.released, sleep(ON_ITS_WAY_MS, undefined, { ref: false })])
    },
    answer,
    openForm: async (tapId, form) => {
      const tap = known.get(tapId)
      // A form cannot open another one.
      if (!tap || tap.isAnswered || tap.kind === 'form') return false
      tap.isAnswered = true
      const isOpen = await tried(() => respond(tap, { type: FORM, data: formData(form) }))
      if (!isOpen) delete tap.isAnswered
      return isOpen
    },
    show: async (tapId, text) => {
      const tap = known.get(tapId)
      if (!tap || tap.isAnswered) return undefined
      tap.isAnswered = true
      const data = { content: cut(escapeMarkdown(text), CONTENT_UNITS), flags: 1 << 2, ...NOBODY }
      type Shown = { resource?: { message?: { id: string } } }
      const query = new URLSearchParams({ with_response: 'true' })
      const shown = await respond<Shown>(tap, { type: PONG, data }, query).catch(() => undefined)
      return shown?.resource?.message?.id
    },
  }
}

const TITLE_UNITS = 45
const QUESTION_UNITS = 1_500
const WORDS_UNITS = 4_000

/** The name of the field, which comes back with what was written into it. */
export const WORDS_FIELD = 'words'

function formData({ data, title, body }: WordsForm): APIModalInteractionResponseCallbackData {
  return {
    custom_id: data,
    title: cut(title, TITLE_UNITS),
    components: [
      { type: 10, content: cut(toMarkdown(body), QUESTION_UNITS) || '…' },
      {
        type: 18,
        label: cut(title, TITLE_UNITS),
        component: { type: 4, custom_id: WORDS_FIELD, style: 2, max_length: WORDS_UNITS, required: true },
      },
    ],
  }
}
