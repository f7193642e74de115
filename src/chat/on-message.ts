import { closedReply } from '../core/asks/asks.ts'
import { commandNamed } from '../core/commands/catalogue.ts'
import { readArguments } from '../core/commands/read-command.ts'
import type { Reply } from '../core/inputs.ts'
import { hasEnded } from '../core/state.ts'
import { shortened } from '../text/cut.ts'
import { answerAskInWords, choose, tellReply } from './answer.ts'
import { askInSlot } from './ask-in-slot.ts'
import { answerCard } from './cards/answer-card.ts'
import { changePlan } from './cards/change-plan.ts'
import { taskOfReply } from './commands/call.ts'
import { projectMeant } from './commands/project-meant.ts'
import { commandIn, handlerOf, readQueue } from './commands/table.ts'
import { whichProject } from './commands/which.ts'
import type { ChatContext } from './context.ts'
import { askById, type FoundAsk } from './find-ask.ts'
import { offerWords } from './free-text.ts'
import type { Deed } from './incoming.ts'
import { inProject } from './name-project.ts'
import { queueOfSlot } from './queue-of-slot.ts'
import { renderNotice } from './render/notice.ts'
import { repliedTo } from './replied-to.ts'
import { sayToTask } from './say-to-task.ts'
import type { MessageRef } from './transport.ts'
import type { UpdateContext } from './update-context.ts'

/** Handles what a person wrote: a command, a reply, or the words that a message asked for. */
export async function onMessage(
  chat: ChatContext,
  ctx: UpdateContext,
  deed: Extract<Deed, { kind: 'words' }>,
): Promise<void> {
  const { text, repliedTo: replied, isQuoted } = deed
  const { deps, memory } = chat
  // What somebody else wrote commands and answers nothing; the person says what it is for.
  if (isQuoted && text.trim() !== '') return offerWords(chat, ctx, text, true)
  const awaited = memory.awaited(ctx.chatId)
  const replyTo = repliedTo(chat, ctx.chatId, replied)
  const command = commandIn(deed)
  const isMeant = text.trim() !== '' && !(command && commandNamed('chat', command.name)?.does === 'read')
  if (isMeant && awaited?.userId === ctx.by.id) ctx.later(() => memory.setAwaited(ctx.chatId, undefined))
  if (command) return runChatCommand(chat, ctx, command.name, command.text, { replyTo })
  // Where a whole thread belongs to one message, what somebody was asked for in it counts first.
  const isAwaited = replied?.isThread === true && awaited?.userId === ctx.by.id
  const slot =
    replyTo !== undefined && !isAwaited
      ? deps.store.deliveries.slotOf(ctx.chatId, replyTo)
      : awaited?.userId === ctx.by.id
        ? awaited.slot
        : undefined
  if (text.trim() === '')
    return ctx.say(renderNotice('I can read text, documents and photos. /help for what I can do.'))
  if (slot !== undefined && (await wordsFor(chat, ctx, slot, text))) return
  offerWords(chat, ctx, text)
}

/** What is known of a command beside its words. `askId`, `task`, `queue`: what it is about, where that was picked. */
export interface RunOptions {
  replyTo?: MessageRef | undefined
  askId?: string
  task?: { runId: string; number: number }
  queue?: string | undefined
}

/** Runs a command by its name. */
export async function runChatCommand(
  chat: ChatContext,
  ctx: UpdateContext,
  name: string,
  text: string,
  { replyTo, askId, task, queue: picked }: RunOptions = {},
): Promise<void> {
  const entry = commandNamed('chat', name)
  const run = handlerOf(name)
  if (!entry || !run) return ctx.say(renderNotice(`Unknown command /${shortened(name, 40)}. Try /help.`))
  const { view } = chat.deps.api
  const read = readQueue(text, view.queues())
  const about = {
    ...(replyTo !== undefined && { replyTo }),
    ...(askId !== undefined && { askId }),
    ...(task && { task }),
  }
  const call = { chat, ctx, ...read, ...about }
  const named = read.named ?? picked
  const replied = named === undefined ? taskOfReply(call) : undefined
  const meant = named ?? (replied && view.run(replied.runId)?.queue) ?? (await projectMeant(chat, name, read.text))
  if (typeof meant === 'object') return whichProject(ctx, meant.several)
  const queue = meant ?? read.queue
  const isOfProject = entry.about === 'run' || entry.about === 'task' || entry.about === 'files'
  await run({
    ...call,
    fields: readArguments(entry, 'chat', read.text).fields,
    queue,
    ...(named !== undefined && { named }),
    ctx: isOfProject ? inProject(chat, ctx, queue) : ctx,
  })
}

/** Takes words for what a message of ours stands for, and tells what came of it; false when it stands for nothing that takes words. */
export async function wordsFor(chat: ChatContext, turn: UpdateContext, slot: string, text: string): Promise<boolean> {
  const taken = await takeWordsFor(chat, turn, slot, text)
  if (taken) tellReply(taken.ctx, taken.reply)
  return taken !== undefined
}

/** The same, but what came of it is for the caller to tell. */
export async function takeWordsFor(
  chat: ChatContext,
  turn: UpdateContext,
  slot: string,
  text: string,
): Promise<{ ctx: UpdateContext; reply?: Reply | undefined } | undefined> {
  const queue = queueOfSlot(chat, slot)
  const ctx = queue === undefined ? turn : inProject(chat, turn, queue)
  const [, kind, id = ''] = /^(\w+):(.*)$/s.exec(slot) ?? []
  switch (kind) {
    case 'ask':
    case 'other':
    case 'reminder': {
      const { askId = '', question } = askInSlot(slot) ?? {}
      return {
        ctx,
        reply: await aboutAsk(chat, ctx, askId, (meant) => answerAskInWords(chat, ctx, meant, text, question)),
      }
    }
    case 'sendback':
      return { ctx, reply: await aboutAsk(chat, ctx, id, (meant) => choose(ctx, meant, 'send-back', text)) }
    case 'progress': {
      const task = chat.deps.api.view.fullTask(id)
      if (task && hasEnded(task)) return undefined
      return {
        ctx,
        reply: task ? await sayToTask(chat, ctx, task, text) : { ok: false, text: 'This task is no longer stored.' },
      }
    }
    case 'card':
    case 'change': {
      const answered = await answerCard(chat, ctx, id, { answer: text })
      if (answered) return { ctx, reply: { ...answered, text: chat.deps.redact(answered.text) } }
      const reply = changePlan(chat, ctx, id, text)
      return reply && { ctx, reply: { ...reply, text: chat.deps.redact(reply.text) } }
    }
    case 'say':
    case 'add':
      return { ctx, reply: await ctx.submit({ type: kind, text }, id) }
    default:
      return undefined
  }
}

async function aboutAsk<T>(
  chat: ChatContext,
  ctx: UpdateContext,
  askId: string,
  answer: (meant: Extract<FoundAsk, { ask: unknown }>) => Promise<T>,
) {
  const meant = askById(chat, askId, ctx.chatId)
  if (!('refused' in meant)) return answer(meant)
  const ask = chat.deps.api.view.ask(askId)
  // Who comes second hears how it was decided.
  if (meant.refused === 'closed' && ask) {
    const reply = closedReply(ask)
    return { ...reply, text: chat.deps.redact(reply.text) }
  }
  return { ok: false, text: meant.refused }
}
