import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { closedReply } from '../core/asks/asks.ts'
import { decidedWord } from '../core/asks/choices.ts'
import { commandNamed } from '../core/commands/catalogue.ts'
import type { Reply } from '../core/inputs.ts'
import type { Ask } from '../core/types.ts'
import { choose, tapQuestion } from './answer.ts'
import { besideAsk, isOffer } from './beside-ask.ts'
import { decodeTap, fileKey, type Tap } from './callback.ts'
import { onCardTap, PATIENCE_MS } from './cards/on-card-tap.ts'
import { sendDiff, sendLog } from './commands/logs-and-diff.ts'
import { showTaskPage } from './commands/read.ts'
import { startFiles } from './commands/start.ts'
import { commandIn } from './commands/table.ts'
import { bringBack, confirmUndo, redo } from './commands/undo.ts'
import { inPlace } from './commands/which.ts'
import type { ChatContext } from './context.ts'
import { isCurrentRun } from './current-run.ts'
import { editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import { takeWords } from './free-text.ts'
import type { Deed } from './incoming.ts'
import { inProject } from './name-project.ts'
import { addFileTask } from './on-file.ts'
import { runChatCommand } from './on-message.ts'
import { onSnoozeTap } from './on-snooze-tap.ts'
import { queueOfSlot } from './queue-of-slot.ts'
import { renderNotice } from './render/notice.ts'
import { openReplyField, wordsWanted } from './reply-field.ts'
import { showAgain } from './show-again.ts'
import { askSlot, refreshAsk } from './show-ask.ts'
import type { AnswerThisTap, UpdateContext } from './update-context.ts'

type CommandTap = Extract<Tap, { kind: 'command' }>

/** The merged work of an earlier run can still be landed. */
const WITH_WORDS = new Set(['land'])
const EARLIER_RUN = 'This was about an earlier run. /status for the current one.'

/** Taps that read files or git: nothing else in the chat waits for them. */
export function isSlowTap(data: string | undefined): boolean {
  const tap = data === undefined ? undefined : decodeTap(data)
  const kind = tap?.kind
  if (tap?.kind === 'command') return commandNamed('chat', tap.command)?.isSlow === true
  return kind === 'log' || kind === 'diff' || kind === 'undo' || kind === 'bring-back'
}

/** Handles a tapped button. */
export async function onTap(
  chat: ChatContext,
  ctx: UpdateContext,
  { data, words }: Extract<Deed, { kind: 'tap' }>,
): Promise<void> {
  const { answer } = ctx
  const tap = data === undefined ? undefined : decodeTap(data)
  if (!tap) return answer('Unknown button.', true)
  if (tap.kind === 'choice' || tap.kind === 'question') return onAskTap(chat, ctx, tap, answer)
  if (tap.kind === 'card') return onCardTap(chat, ctx, tap, answer)
  if (tap.kind === 'show') {
    const refused = await showAgain(chat, ctx, tap.askId)
    return answer(refused, refused !== undefined)
  }
  if (tap.kind === 'snooze') return onSnoozeTap(chat, ctx, tap, answer)
  if (tap.kind === 'hint') {
    const meant = askById(chat, tap.askId, ctx.chatId)
    if ('refused' in meant)
      return answer(meant.refused === 'closed' ? 'This has already been decided.' : meant.refused, true)
    const message = wordsWanted('What should Claude do differently?', 'A hint for the next try')
    await openReplyField(chat, inProject(chat, ctx, meant.ask.queue), { slot: `other:${tap.askId}`, message })
    return answer()
  }
  const isOfRun = tap.kind === 'command' && tap.runId !== undefined && !WITH_WORDS.has(tap.command)
  if (isOfRun && !isCurrentRun(chat, tap.runId as string)) return answer(EARLIER_RUN, true)
  answer()
  if (tap.kind === 'words') return takeWords(chat, ctx, tap.words, words)
  if (tap.kind === 'about-ask' || tap.kind === 'about-task' || tap.kind === 'in-project')
    return runAgain(chat, ctx, tap, words)
  await onOtherTap(chat, ctx, tap)
}

async function onAskTap(
  chat: ChatContext,
  turn: UpdateContext,
  tap: Extract<Tap, { kind: 'choice' | 'question' }>,
  answer: AnswerThisTap,
): Promise<void> {
  const { deps } = chat
  const queue = deps.api.view.ask(tap.askId)?.queue
  const ctx = queue === undefined ? turn : inProject(chat, turn, queue)
  const work = decideByTap(chat, ctx, tap)
  // A button spins until it is answered; what takes longer is reported in the chat.
  const soon = await Promise.race([work, sleep(PATIENCE_MS, 'late' as const)])
  if (soon === 'late') answer()
  const reply = await work
  const word = reply?.ok
    ? tap.kind === 'choice'
      ? decidedWord(tap.choice, reply.data?.about as Ask['about'])
      : 'Answered'
    : reply?.text
  if (soon !== 'late') answer(word && deps.redact(word), reply?.ok === false)
  else if (reply?.ok === false)
    ctx.say(renderNotice(deps.redact(reply.text), { mark: '⚠️' }), { replyTo: ctx.messageId })
  // The answer is on its way before anything else is stored.
  await nextTurn()
  await nextTurn()
  await correctTapped(chat, ctx, tap.askId, reply?.ok === true)
}

async function decideByTap(
  chat: ChatContext,
  ctx: UpdateContext,
  tap: Extract<Tap, { kind: 'choice' | 'question' }>,
): Promise<Reply | undefined> {
  const meant = askById(chat, tap.askId, ctx.chatId)
  if ('refused' in meant) {
    if (meant.refused !== 'closed') return { ok: false, text: meant.refused }
    // It decides nothing any more: the reply says how it was decided.
    const ask = chat.deps.api.view.ask(tap.askId)
    return ask && closedReply(ask)
  }
  if (tap.kind === 'question') return tapQuestion(chat, ctx, meant, tap.tap)
  // What was not offered is refused by `choose`, and opens no field.
  if (tap.choice !== 'send-back' || !meant.shown.choices.includes(tap.choice)) return choose(ctx, meant, tap.choice)
  const message = wordsWanted('What should be different?', 'Your changes')
  await openReplyField(chat, ctx, { slot: `sendback:${tap.askId}`, message })
  return undefined
}

/** Every message of a decided ask follows the decision: one sent twice, in doubt, and one that its edit never reached. */
async function correctTapped(chat: ChatContext, ctx: UpdateContext, askId: string, isDecider: boolean): Promise<void> {
  const { api, store } = chat.deps
  const ask = api.view.ask(askId)
  if (!ask || ask.state === 'open') return
  // The slot's own message is edited by the event of the decision just made.
  if (isDecider && store.deliveries.messageIn(ctx.chatId, askSlot(askId)) === ctx.messageId) return
  // A forged tap may name an ask that its message has nothing to do with.
  const slot = store.deliveries.slotOf(ctx.chatId, ctx.messageId)
  if (isOffer(slot))
    return ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, besideAsk(chat, ask), { urgent: true }))
  if (slot !== undefined && slot !== askSlot(askId)) return
  ctx.put(await refreshAsk(chat, ask, { chatId: ctx.chatId, target: { messageId: ctx.messageId } }))
}

/** Runs the command that the tapped message replies to, about what was picked. */
async function runAgain(
  chat: ChatContext,
  ctx: UpdateContext,
  tap: Extract<Tap, { kind: 'about-ask' | 'about-task' | 'in-project' }>,
  words: string | undefined,
): Promise<void> {
  const there = inPlace(ctx)
  const command = words === undefined ? undefined : commandIn({ kind: 'words', text: words })
  const queue = tap.kind === 'in-project' ? queueOfKey(chat, tap.queueKey) : undefined
  if (!command) return there.say(renderNotice('This command is no longer stored. Please send it again.'))
  if (tap.kind === 'in-project' && queue === undefined) return there.say(renderNotice(NO_PROJECT))
  const about =
    tap.kind === 'about-ask'
      ? { askId: tap.askId }
      : tap.kind === 'about-task'
        ? { task: tap, queue: chat.deps.api.view.run(tap.runId)?.queue }
        : { queue }
  return runChatCommand(chat, there, command.name, command.text, about)
}

const NO_PROJECT = 'This project is no longer configured. /start for the list.'

const queueOfKey = ({ deps }: ChatContext, key: string): string | undefined =>
  deps.api.view.queues().find((name) => fileKey(name) === key)

async function onOtherTap(
  chat: ChatContext,
  ctx: UpdateContext,
  tap: Exclude<
    Tap,
    {
      kind:
        | 'choice'
        | 'question'
        | 'card'
        | 'show'
        | 'words'
        | 'about-ask'
        | 'about-task'
        | 'in-project'
        | 'hint'
        | 'snooze'
    }
  >,
): Promise<void> {
  switch (tap.kind) {
    case 'tasks': {
      const page = showTaskPage(chat, tap.runId, tap.page)
      if (page) ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, page, { urgent: true }))
      else ctx.say(renderNotice('This run is no longer stored.'))
      return
    }
    case 'add-file':
      return addFileTask(chat, ctx)
    case 'log':
      return sendLog(chat, ctx, tap.taskId)
    case 'diff':
      return sendDiff(chat, ctx, tap.taskId)
    case 'keep':
      return ctx.put(withoutButtons(ctx, 'Nothing was changed.'))
    case 'undo':
      return confirmUndo(chat, ctx, tap.taskId, tap.key)
    case 'redo':
      return redo(chat, ctx, tap.taskId)
    case 'bring-back':
      return bringBack(chat, ctx, tap.taskId)
    case 'start':
      return startByKey(chat, ctx, tap.fileKey)
    case 'start-all': {
      const queue = queueOfKey(chat, tap.queueKey)
      if (queue === undefined) return ctx.say(renderNotice(NO_PROJECT))
      return startFiles({ chat, ctx: inProject(chat, ctx, queue), queue, text: '' }, undefined)
    }
    case 'command':
      return onCommandTap(chat, ctx, tap)
    case 'github': {
      const queue = queueOfKey(chat, tap.queueKey)
      if (queue === undefined) return ctx.say(renderNotice(NO_PROJECT))
      return runChatCommand(chat, ctx, 'github', tap.words, { queue })
    }
  }
}

async function startByKey(chat: ChatContext, ctx: UpdateContext, key: string): Promise<void> {
  for (const queue of chat.deps.api.view.queues()) {
    const file = (await chat.deps.taskFiles(queue)).find((one) => fileKey(one) === key)
    if (file !== undefined) return startFiles({ chat, ctx: inProject(chat, ctx, queue), queue, text: file }, [file])
  }
  ctx.say(renderNotice('This file no longer exists. /start for the list.'))
}

async function onCommandTap(chat: ChatContext, ctx: UpdateContext, tap: CommandTap): Promise<void> {
  const { command, runId, queueKey } = tap
  const queue = queueKey === undefined ? queueOf(chat, ctx, runId) : queueOfKey(chat, queueKey)
  if (queueKey !== undefined && queue === undefined) return ctx.say(renderNotice(NO_PROJECT))
  await runChatCommand(chat, ctx, command, WITH_WORDS.has(command) ? (runId ?? '') : '', { queue })
}

/** The queue of the run that the button names, or of the task that the tapped message is about. */
function queueOf(chat: ChatContext, ctx: UpdateContext, runId: string | undefined): string | undefined {
  const { view } = chat.deps.api
  const slot = chat.deps.store.deliveries.slotOf(ctx.chatId, ctx.messageId)
  return runId === undefined ? queueOfSlot(chat, slot) : view.run(runId)?.queue
}

function withoutButtons(ctx: UpdateContext, text: string) {
  return editFor(ctx.chatId, { messageId: ctx.messageId }, renderNotice(text, { mark: '⏪' }), { urgent: true })
}
