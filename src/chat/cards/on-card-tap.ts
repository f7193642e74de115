import { setTimeout as sleep } from 'node:timers/promises'
import type { CallbackQuery } from 'grammy/types'
import type { Reply } from '../../core/inputs.ts'
import type { AnswerTap } from '../../telegram/answer-callback.ts'
import type { Tap } from '../callback.ts'
import type { Around } from '../context.ts'
import { personName } from '../render/decision.ts'
import { renderNotice } from '../render/notice.ts'
import type { Turn } from '../update-context.ts'
import { type CardAct, claimKey, createCards, type Outcome } from './card.ts'
import { doCardAct, OUTCOMES } from './do-card-act.ts'
import { refreshCard } from './tell.ts'

type CardTap = Extract<Tap, { kind: 'card' }>

/** A button spins at most this long before it is let go; what came of it is then said in the chat. */
const PATIENCE_MS = 250

/** Handles a tap on a card: each button counts once, whoever is first and however often it is tapped. */
export async function onCardTap(
  around: Around,
  turn: Turn,
  query: CallbackQuery,
  tap: CardTap,
  answerTap: AnswerTap,
): Promise<void> {
  const work = decide(around, turn, tap).catch((error: unknown) => {
    void answerTap(query.id)
    throw error
  })
  const soon = await Promise.race([work, sleep(PATIENCE_MS, 'late' as const)])
  if (soon === 'late') void answerTap(query.id)
  const { reply, word } = await work
  if (soon !== 'late') void answerTap(query.id, reply.ok ? word : around.deps.redact(reply.text), !reply.ok)
  else if (!reply.ok) turn.say(renderNotice(around.deps.redact(reply.text), { mark: '⚠️' }), { replyTo: turn.messageId })
}

async function decide(around: Around, turn: Turn, tap: CardTap): Promise<{ reply: Reply; word?: string }> {
  const { meta } = around.deps.store
  const cards = createCards(meta)
  const card = cards.get(tap.cardId)
  const button = card?.buttons[tap.button]
  if (!card || !button) return { reply: refusal('This is too long ago: it is no longer kept.') }
  const { does } = button
  if (does.type === 'asks' || does.type === 'plan-change') return { reply: await doCardAct(around, turn, does) }
  const key = claimKey(card, tap.button)
  const claim = card.claims[key]
  // The same update again, after a kill, goes on where it was.
  if (claim && claim.updateId !== turn.updateId) return { reply: tapped(claim.by.who, card.outcomes.at(-1)) }
  // Claimed before anything is done, so that of two taps at the same time only one acts.
  meta.transaction(() =>
    cards.put({ ...card, claims: { ...card.claims, [key]: { updateId: turn.updateId, by: turn.by } } }),
  )
  const reply = await doCardAct(around, turn, does).catch((error: unknown) => {
    release(around, tap.cardId, key)
    throw error
  })
  const isOver = reply.code === 'closed' || reply.code === 'changed'
  // Claimed by this very tap and over: it was done in the life before.
  const isDone = reply.ok || (claim !== undefined && reply.code === 'closed')
  if (!isDone && !isOver) {
    release(around, tap.cardId, key)
    return { reply }
  }
  const outcome = isDone
    ? outcomeOf(does, turn, reply, around.deps.now())
    : { mark: '⚪️', word: reply.text, at: around.deps.now() }
  endCard(around, turn, { cardId: tap.cardId, key, outcome })
  return { reply: { ...reply, ok: isDone }, word: outcome.word }
}

/** Notes what became of a card and shows it in every chat, with the end of the turn. */
export function endCard(
  around: Around,
  turn: Turn,
  { cardId, key, outcome }: { cardId: string; key: string; outcome: Outcome },
): void {
  const cards = createCards(around.deps.store.meta)
  const card = cards.get(cardId)
  if (!card) return
  const ended = {
    ...card,
    outcomes: [...card.outcomes, around.deps.redact(outcome)],
    claims: { ...card.claims, [key]: { updateId: turn.updateId, by: turn.by, isDone: true as const } },
  }
  turn.put(...refreshCard(around, ended))
  turn.later(() => cards.put(ended))
}

function release({ deps }: Around, cardId: string, key: string): void {
  const { meta } = deps.store
  const cards = createCards(meta)
  const card = cards.get(cardId)
  if (!card) return
  const { [key]: _, ...claims } = card.claims
  meta.transaction(() => cards.put({ ...card, claims }))
}

function outcomeOf(does: CardAct, { by }: Turn, reply: Reply, at: number): Outcome {
  const [mark, word, tells] = OUTCOMES[does.type]
  return { mark, word, by, at, ...(tells && reply.ok && { text: reply.text }) }
}

function tapped(who: string, outcome: Outcome | undefined): Reply {
  const name = personName({ surface: 'telegram', who })
  const text = outcome ? `${outcome.word}${outcome.by ? ` by ${name}` : ''} already.` : `${name} has just tapped it.`
  return { ok: false, code: 'closed', text }
}

const refusal = (text: string): Reply => ({ ok: false, code: 'not-possible', text })
