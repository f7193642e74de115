import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { CallbackQuery } from 'grammy/types'
import { closedReply } from '../core/asks.ts'
import type { Reply } from '../core/inputs.ts'
import type { AnswerTap } from '../telegram/answer-callback.ts'
import { choose, DONE_WORDS, tapQuestion } from './answer.ts'
import { decodeTap, fileKey, type Tap } from './callback.ts'
import { onCardTap } from './cards/on-card-tap.ts'
import { sendDiff, sendLog } from './commands/logs-and-diff.ts'
import { taskPage } from './commands/read.ts'
import { startFiles } from './commands/start.ts'
import { bringBack, confirmUndo, redo } from './commands/undo.ts'
import type { Around } from './context.ts'
import { editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import { takeWords } from './free-text.ts'
import { runCommand } from './on-message.ts'
import { renderNotice } from './render/notice.ts'
import { openReplyField, wordsWanted } from './reply-field.ts'
import { showAgain } from './show-again.ts'
import { askSlot, refreshAsk } from './show-ask.ts'
import type { Turn } from './update-context.ts'

/** A button spins at most this long before it is let go; what came of it is then said in the chat. */
const PATIENCE_MS = 250

type CommandTap = Extract<Tap, { kind: 'command' }>

const EARLIER_RUN = 'This was about an earlier run. /status shows what is going on now.'

/** Taps that read files or git: nothing else in the chat waits for them. */
export function isSlowTap(data: string | undefined): boolean {
  const kind = data === undefined ? undefined : decodeTap(data)?.kind
  return kind === 'log' || kind === 'diff' || kind === 'undo' || kind === 'bring-back'
}

/** Handles a tapped button. */
export async function onTap(around: Around, turn: Turn, query: CallbackQuery, answerTap: AnswerTap): Promise<void> {
  const tap = query.data === undefined ? undefined : decodeTap(query.data)
  if (!tap) return void answerTap(query.id, 'This button is not known here.', true)
  if (tap.kind === 'choice' || tap.kind === 'question') return onAskTap(around, turn, query, tap, answerTap)
  if (tap.kind === 'card') return onCardTap(around, turn, query, tap, answerTap)
  if (tap.kind === 'show') {
    const refused = await showAgain(around, turn, tap.askId)
    return void answerTap(query.id, refused, refused !== undefined)
  }
  if (tap.kind === 'command' && tap.runId !== undefined && !isAtWork(around, tap.runId))
    return void answerTap(query.id, EARLIER_RUN, true)
  void answerTap(query.id)
  if (tap.kind === 'words') return takeWords(around, turn, tap.words, query)
  await onOtherTap(around, turn, tap)
}

async function onAskTap(
  around: Around,
  turn: Turn,
  query: CallbackQuery,
  tap: Extract<Tap, { kind: 'choice' | 'question' }>,
  answerTap: AnswerTap,
): Promise<void> {
  const { deps } = around
  const work = decideByTap(around, turn, tap)
  // A button spins until it is answered; what takes longer is told in the chat.
  const soon = await Promise.race([work, sleep(PATIENCE_MS, 'late' as const)])
  if (soon === 'late') void answerTap(query.id)
  const reply = await work
  const word = reply?.ok ? (tap.kind === 'choice' ? DONE_WORDS[tap.choice] : 'Answered') : reply?.text
  if (soon !== 'late') void answerTap(query.id, word && deps.redact(word), reply?.ok === false)
  else if (reply?.ok === false)
    turn.say(renderNotice(deps.redact(reply.text), { mark: '⚠️' }), { replyTo: turn.messageId })
  // The answer is on its way before anything else is stored.
  await nextTurn()
  await nextTurn()
  await correctTapped(around, turn, tap.askId, reply?.ok === true)
}

async function decideByTap(
  around: Around,
  turn: Turn,
  tap: Extract<Tap, { kind: 'choice' | 'question' }>,
): Promise<Reply | undefined> {
  const meant = askById(around, tap.askId, turn.chatId)
  if ('refused' in meant) {
    if (meant.refused !== 'closed') return { ok: false, text: meant.refused }
    // It decides nothing any more: the reply says how it was decided.
    const ask = around.deps.face.view.ask(tap.askId)
    return ask && closedReply(ask)
  }
  if (tap.kind === 'question') return tapQuestion(around, turn, meant, tap.tap)
  // What was not offered is refused by `choose`, and opens no field.
  if (tap.choice !== 'send-back' || !meant.shown.choices.includes(tap.choice)) return choose(turn, meant, tap.choice)
  const message = wordsWanted('What should be different?', 'What should be different')
  openReplyField(around, turn, { slot: `sendback:${tap.askId}`, message })
  return undefined
}

/** Every message of a decided ask follows the decision: one sent twice, in doubt, and one that its edit never reached. */
async function correctTapped(around: Around, turn: Turn, askId: string, isDecider: boolean): Promise<void> {
  const { face, store } = around.deps
  const ask = face.view.ask(askId)
  if (!ask || ask.state === 'open') return
  // The slot's own message is edited by the event of the decision just made.
  if (isDecider && store.deliveries.messageIn(turn.chatId, askSlot(askId)) === turn.messageId) return
  // A forged tap may name an ask that its message has nothing to do with.
  const slot = store.deliveries.slotOf(turn.chatId, turn.messageId)
  if (slot !== undefined && slot !== askSlot(askId)) return
  turn.put(await refreshAsk(around, ask, { chatId: turn.chatId, target: { messageId: turn.messageId } }))
}

async function onOtherTap(
  around: Around,
  turn: Turn,
  tap: Exclude<Tap, { kind: 'choice' | 'question' | 'card' | 'show' | 'words' }>,
): Promise<void> {
  switch (tap.kind) {
    case 'tasks': {
      const page = taskPage(around, tap.runId, tap.page)
      if (page) turn.put(editFor(turn.chatId, { messageId: turn.messageId }, page, { urgent: true }))
      else turn.say(renderNotice('This run is no longer kept.'))
      return
    }
    case 'log':
      return sendLog(around, turn, tap.taskId)
    case 'diff':
      return sendDiff(around, turn, tap.taskId)
    case 'undo':
      return confirmUndo(around, turn, tap.taskId, tap.key)
    case 'redo':
      return redo(around, turn, tap.taskId)
    case 'bring-back':
      return bringBack(around, turn, tap.taskId)
    case 'start':
      return startByKey(around, turn, tap.fileKey)
    case 'command':
      return onCommandTap(around, turn, tap)
  }
}

async function startByKey(around: Around, turn: Turn, key: string): Promise<void> {
  for (const queue of around.deps.face.view.queues()) {
    const file = (await around.deps.taskFiles(queue)).find((one) => fileKey(one) === key)
    if (file !== undefined) return startFiles({ around, turn, queue, text: file }, [file])
  }
  turn.say(renderNotice('This file is no longer there. /start shows what there is.'))
}

async function onCommandTap(around: Around, turn: Turn, { command, runId }: CommandTap): Promise<void> {
  if (command === 'keep') return turn.put(withoutButtons(turn, 'Kept as it is.'))
  if (command === 'accept-run') {
    const reply = await turn.act({ type: 'accept-run' })
    return turn.say(renderNotice(reply.text, { mark: reply.ok ? '✅' : 'ℹ️' }))
  }
  await runCommand(around, turn, command, queueOf(around, turn, runId) ?? '')
}

/** The run is the one that has its turn, or the last one. */
function isAtWork({ deps }: Around, runId: string): boolean {
  const { view } = deps.face
  const run = view.run(runId)
  return run !== undefined && view.status(run.queue).run?.id === runId
}

/** The queue of the run that the button names, or of the task that the tapped message is about. */
function queueOf({ deps }: Around, turn: Turn, runId: string | undefined): string | undefined {
  const slot = deps.store.deliveries.slotOf(turn.chatId, turn.messageId)
  const task = slot?.startsWith('progress:') ? deps.face.view.fullTask(slot.slice('progress:'.length)) : undefined
  const about = runId ?? task?.runId
  const queue = about === undefined ? undefined : deps.face.view.run(about)?.queue
  return deps.face.view.queues().length > 1 ? queue : undefined
}

function withoutButtons(turn: Turn, text: string) {
  return editFor(turn.chatId, { messageId: turn.messageId }, renderNotice(text, { mark: '⏪' }), { urgent: true })
}
