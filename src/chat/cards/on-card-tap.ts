import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Actor } from '../../core/types.ts'
import type { Tap } from '../callback.ts'
import type { ChatContext } from '../context.ts'
import { inProject } from '../name-project.ts'
import { shownActor } from '../render/actor.ts'
import { renderNotice } from '../render/notice.ts'
import type { AnswerThisTap, UpdateContext } from '../update-context.ts'
import { type CardAct, type CardOutcome, claimKey } from './card.ts'
import { doCardAct, OUTCOMES } from './do-card-act.ts'
import { offerTimes } from './snooze-there.ts'

type CardTap = Extract<Tap, { kind: 'card' }>

/** A button spins at most this long before it is released; the result then comes in the chat. */
export const PATIENCE_MS = 250

/** Handles a tap on a card: each button counts once, whoever is first and however often it is tapped. */
export async function onCardTap(
  chat: ChatContext,
  turn: UpdateContext,
  tap: CardTap,
  answer: AnswerThisTap,
): Promise<void> {
  const project = chat.cards.get(tap.cardId)?.project
  const ctx = project === undefined ? turn : inProject(chat, turn, project)
  const work = decide(chat, ctx, tap).catch((error: unknown) => {
    answer()
    throw error
  })
  const soon = await Promise.race([work, sleep(PATIENCE_MS, 'late' as const)])
  if (soon === 'late') answer()
  const { reply, word } = await work
  if (soon !== 'late') answer(reply.ok ? word : chat.deps.redact(reply.text), !reply.ok)
  else if (!reply.ok) ctx.say(renderNotice(chat.deps.redact(reply.text), { mark: '⚠️' }), { replyTo: ctx.messageId })
}

async function decide(chat: ChatContext, ctx: UpdateContext, tap: CardTap): Promise<{ reply: Reply; word?: string }> {
  const { cards, deps } = chat
  const { meta } = deps.store
  const card = cards.get(tap.cardId)
  const button = card?.buttons[tap.button]
  if (!card || !button) return { reply: notPossible('This was too long ago and is no longer stored.') }
  const { does } = button
  if (does.type === 'snooze-when') {
    offerTimes(chat, ctx, card)
    return { reply: { ok: true, text: '' } }
  }
  if (does.type === 'asks' || does.type === 'plan-change') return { reply: await doCardAct(chat, ctx, does) }
  const key = claimKey(card, tap.button)
  const claim = card.claims[key]
  // The same update again, after a kill, continues where it was.
  const isThisTap = claim?.updateId === ctx.updateId && claim.by.surface === ctx.by.surface
  if (claim && !isThisTap) return { reply: tapped(claim.by, card.outcomes.at(-1)) }
  // Claimed before anything is done, so that of two taps at the same time only one acts.
  meta.transaction(() =>
    cards.put({ ...card, claims: { ...card.claims, [key]: { updateId: ctx.updateId, by: ctx.by } } }),
  )
  const reply = await doCardAct(chat, ctx, does).catch((error: unknown) => {
    release(chat, tap.cardId, key)
    throw error
  })
  if (does.type === 'answer' && isNotEnough(reply)) {
    release(chat, tap.cardId, key)
    return { reply, word: reply.text }
  }
  const isOver = reply.code === 'closed' || reply.code === 'changed'
  // Claimed by this very tap and over: it was done in the life before.
  const isDone = reply.ok || (claim !== undefined && reply.code === 'closed')
  if (!isDone && !isOver) {
    release(chat, tap.cardId, key)
    return { reply }
  }
  const outcome = isDone
    ? outcomeOf(does, ctx, reply, chat.deps.now())
    : { mark: '⚪️', word: reply.text, at: chat.deps.now() }
  endCard(chat, ctx, { cardId: tap.cardId, key, outcome })
  return { reply: { ...reply, ok: isDone }, word: outcome.word }
}

/** An approval that was taken, and that others must give as well. */
export const isNotEnough = ({ ok, data }: Reply): boolean => ok && data?.approvals !== undefined

/** Notes what became of a card and shows it in every chat, with the end of the turn. */
export function endCard(
  chat: ChatContext,
  ctx: UpdateContext,
  { cardId, key, outcome }: { cardId: string; key: string; outcome: CardOutcome },
): void {
  const { cards } = chat
  const card = cards.get(cardId)
  if (!card) return
  const ended = {
    ...card,
    outcomes: [...card.outcomes, chat.deps.redact(outcome)],
    claims: { ...card.claims, [key]: { updateId: ctx.updateId, by: ctx.by, isDone: true as const } },
  }
  ctx.later(() => {
    cards.put(ended)
    cards.show(ended)
  })
}

function release({ cards, deps }: ChatContext, cardId: string, key: string): void {
  const { meta } = deps.store
  const card = cards.get(cardId)
  if (!card) return
  const { [key]: _, ...claims } = card.claims
  meta.transaction(() => cards.put({ ...card, claims }))
}

function outcomeOf(does: CardAct, { by }: UpdateContext, reply: Reply, at: number): CardOutcome {
  const [mark, word, tells] = OUTCOMES[does.type]
  return { mark, word, by, at, ...(tells && reply.ok && { text: reply.text }) }
}

function tapped(by: Actor, outcome: CardOutcome | undefined): Reply {
  const name = shownActor(by)
  const text = outcome
    ? `Already ${outcome.word.toLowerCase()}${outcome.by ? ` by ${name}` : ''}.`
    : `${name} has just tapped it.`
  return { ok: false, code: 'closed', text }
}
