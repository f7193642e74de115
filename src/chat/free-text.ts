import { NO, YES } from '../core/asks/choices.ts'
import type { Reply } from '../core/inputs.ts'
import type { Ask, Choice } from '../core/types.ts'
import { answerAskInWords } from './answer.ts'
import { offerSlot } from './beside-ask.ts'
import { encodeTap, fileKey, type WordsTap } from './callback.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deleteFor, editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import type { Button } from './message.ts'
import { BUTTON_UNITS } from './render/buttons.ts'
import { oneLine } from './render/clean.ts'
import { renderNotice } from './render/notice.ts'
import { PROJECT_UNITS } from './render/overview.ts'
import { sayToTask } from './say-to-task.ts'
import { askSlot } from './show-ask.ts'
import { isBefore } from './transport.ts'
import type { UpdateContext } from './update-context.ts'

const MAX_QUESTIONS = 3
const MAX_DECISIONS = 3
const GONE_PROJECT = 'This project is no longer configured.'
const GONE = 'This message is no longer stored. Please send it again.'

const THUMB_UP = /^[👍👌✅][\u{1f3fb}-\u{1f3ff}]?$/u
const THUMB_DOWN = /^[👎❌][\u{1f3fb}-\u{1f3ff}]?$/u

/**
 * Words that are no command and no reply: asks what they are for, with a button for everything that they can be. A bare yes
 * or no is first of all one to what waits for it; with somebody else's words (`isQuoted`) it is not.
 */
export function offerWords(chat: ChatContext, ctx: UpdateContext, words: string, isQuoted = false): void {
  const uses = usesOfWords(chat, (ask) => stoodBefore(chat, ctx, ask))
  const decisions = isQuoted ? [] : decisionsFor(chat, ctx, words.trim())
  const replyTo = ctx.messageId
  const [decision] = decisions
  if (!decision) {
    const slot = `words:${ctx.messageId}`
    ctx.say(renderOffer(uses), { replyTo, slot })
    ctx.later(() => chat.memory.setOffer({ chatId: ctx.chatId, slot, ...leadsOf(uses) }))
    return
  }
  const slot = offerSlot(decisions.length === 1 ? decision.askId : undefined)
  // One at a time, which follows what becomes of the ask.
  if (chat.deps.store.deliveries.messageIn(ctx.chatId, slot) !== undefined) ctx.put(deleteFor(ctx.chatId, { slot }))
  const buttons = [...decisions, ...uses].map(({ button }) => [button])
  ctx.say(renderNotice('Is this your decision?', { mark: '✏️', buttons }), { replyTo, slot })
}

/** Takes away the buttons of unused offers that lead to an ask or a task that is over; `remember` belongs into the transaction. */
export function followOffers(
  chat: ChatContext,
  isOver: { askId?: string | undefined; taskId?: string | undefined },
): Announcement {
  const touched = chat.memory
    .offers()
    .filter(
      ({ askIds, taskIds }) => askIds.some((id) => id === isOver.askId) || taskIds.some((id) => id === isOver.taskId),
    )
    .map((offer) => {
      const uses = usesOfWords(
        chat,
        ({ id }) => id !== isOver.askId && offer.askIds.includes(id),
        (id) => id !== isOver.taskId && offer.taskIds.includes(id),
      )
      return { offer: { ...offer, ...leadsOf(uses) }, uses }
    })
  return {
    deliveries: touched.map(({ offer: { chatId, slot }, uses }) =>
      editFor(chatId, { slot }, renderOffer(uses), { urgent: true }),
    ),
    remember: () => {
      for (const { offer } of touched) chat.memory.setOffer(offer)
    },
  }
}

const renderOffer = (uses: readonly WordsUse[]) =>
  renderNotice('What should I do with this?', { mark: '✏️', buttons: uses.map(({ button }) => [button]) })

/** What words can be for: the button, and what it leads to. */
interface WordsUse {
  button: Button
  askId?: string
  taskId?: string
}

const leadsOf = (uses: readonly WordsUse[]) => ({
  askIds: uses.flatMap(({ askId }) => askId ?? []),
  taskIds: uses.flatMap(({ taskId }) => taskId ?? []),
})

function usesOfWords(
  chat: ChatContext,
  wasSeen: (ask: Ask) => boolean,
  isMeant: (taskId: string) => boolean = () => true,
): WordsUse[] {
  const { view } = chat.deps.api
  const button = (text: string, words: WordsTap): Button => ({
    text,
    data: encodeTap({ kind: 'words', words }),
  })
  const answers = view
    .openAsks()
    .filter((ask) => ask.kind === 'question' && wasSeen(ask))
    .slice(0, MAX_QUESTIONS)
    .map((ask) => {
      const askId = ask.id
      const lead = `${projectLead(chat, ask)}Answer: `
      const title = oneLine(chat.deps.redact(ask.title), BUTTON_UNITS - lead.length)
      return { askId, button: button(lead + title, { do: 'answer', askId }) }
    })
  const queues = view.queues()
  const listening = queues.flatMap((queue) => {
    const { current, run } = view.status(queue)
    const isListening =
      run?.endedAt === undefined && current && isMeant(current.id) && !view.fullTask(current.id)?.spec.run
    if (!isListening) return []
    const label = `Send to ${queues.length > 1 ? `${oneLine(queue, PROJECT_UNITS)}, ` : ''}task ${current.number}`
    return [{ taskId: current.id, button: button(label, { do: 'say', taskId: current.id }) }]
  })
  const adding =
    queues.length === 1
      ? [button('Add as a task', { do: 'add' })]
      : queues.map((queue) =>
          button(`Add as a task to ${oneLine(queue, BUTTON_UNITS - 17)}`, { do: 'add', queueKey: fileKey(queue) }),
        )
  return [...answers, ...listening, ...adding.map((one) => ({ button: one }))]
}

/** A button for each ask that a bare yes or no may be meant for; it decides as the ask's own button does. */
function decisionsFor(chat: ChatContext, ctx: UpdateContext, words: string): { askId: string; button: Button }[] {
  const isYes = YES.test(words) || THUMB_UP.test(words)
  if (!isYes && !NO.test(words) && !THUMB_DOWN.test(words)) return []
  const wanted: readonly Choice[] = isYes ? ['approve', 'allow', 'accept'] : ['reject', 'deny']
  return chat.deps.api.view
    .openAsks()
    .filter((ask) => stoodBefore(chat, ctx, ask))
    .flatMap((ask) => {
      const offered = chat.memory.shown(ask.id)?.choices ?? []
      const choice = wanted.find((each) => offered.includes(each))
      const label = ask.options.find((option) => option.choice === choice)?.label
      if (choice === undefined || label === undefined) return []
      const lead = `${projectLead(chat, ask)}${label}: `
      const title = oneLine(chat.deps.redact(ask.title), Math.max(8, BUTTON_UNITS - lead.length))
      const data = encodeTap({ kind: 'choice', askId: ask.id, choice })
      return [{ askId: ask.id, button: { text: lead + title, data } }]
    })
    .slice(0, MAX_DECISIONS)
}

/** `web · `, where there are several projects. */
const projectLead = ({ deps }: ChatContext, { queue }: Ask): string =>
  deps.api.view.queues().length > 1 ? `${oneLine(queue, PROJECT_UNITS)} · ` : ''

/** The tap on one of those buttons: the words are those of the message that was replied to. */
export async function takeWords(
  chat: ChatContext,
  ctx: UpdateContext,
  words: WordsTap,
  text: string | undefined,
): Promise<void> {
  const reply = text === undefined ? { ok: false, text: GONE } : await given(chat, ctx, words, text)
  const shown = renderNotice(chat.deps.redact(reply?.text ?? 'Used as the answer.'), {
    mark: (reply?.ok ?? true) ? '✅' : '⚠️',
  })
  ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, shown, { urgent: true }))
  const slot = chat.deps.store.deliveries.slotOf(ctx.chatId, ctx.messageId)
  if (slot !== undefined) ctx.later(() => chat.memory.setOffer({ chatId: ctx.chatId, slot, askIds: [], taskIds: [] }))
}

async function given(chat: ChatContext, ctx: UpdateContext, words: WordsTap, text: string): Promise<Reply | undefined> {
  const { view } = chat.deps.api
  // One message is one command, however often its button is tapped.
  const key = `${chat.transport.name}:words:${ctx.chatId}:${ctx.messageId}`
  if (words.do === 'add') {
    const queue = projectOf(chat, words.queueKey)
    if (queue === undefined && words.queueKey !== undefined) return { ok: false, text: GONE_PROJECT }
    return ctx.submit({ type: 'add', text }, queue, key)
  }
  if (words.do === 'say') {
    const task = view.fullTask(words.taskId)
    return task ? sayToTask(chat, ctx, task, text, key) : { ok: false, text: GONE }
  }
  const meant = askById(chat, words.askId, ctx.chatId)
  if ('refused' in meant)
    return { ok: false, text: meant.refused === 'closed' ? 'This has already been decided.' : meant.refused }
  return answerAskInWords(chat, ctx, meant, text)
}

const projectOf = ({ deps }: ChatContext, key: string | undefined): string | undefined =>
  key === undefined ? undefined : deps.api.view.queues().find((queue) => fileKey(queue) === key)

/** Nobody answers what they have not seen. */
function stoodBefore({ deps }: ChatContext, ctx: UpdateContext, ask: Ask): boolean {
  const at = deps.store.deliveries.messageIn(ctx.chatId, askSlot(ask.id))
  return at !== undefined && isBefore(at, ctx.messageId)
}
