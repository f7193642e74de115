import type { Message as Incoming } from 'grammy/types'
import { closedReply } from '../core/asks.ts'
import { shortened } from '../core/text.ts'
import { answerInWords, choose, tellReply } from './answer.ts'
import { askInSlot } from './ask-in-slot.ts'
import { changePlan } from './cards/change-plan.ts'
import { taskOfReply } from './commands/call.ts'
import { projectMeant } from './commands/project-meant.ts'
import { COMMANDS, LOOKS, readCommand, readQueue } from './commands/table.ts'
import type { Around } from './context.ts'
import { askById, type Meant } from './find-ask.ts'
import { offerWords } from './free-text.ts'
import { renderNotice } from './render/notice.ts'
import { repliedTo } from './replied-to.ts'
import { sayToTask } from './say-to-task.ts'
import type { Turn } from './update-context.ts'

/** Handles what a person wrote: a command, a reply, or the words that a message asked for. */
export async function onMessage(around: Around, turn: Turn, message: Incoming): Promise<void> {
  const { deps, memory } = around
  const text = message.text ?? ''
  const awaited = memory.awaited(turn.chatId)
  const replyTo = repliedTo(around, message)
  const command = readCommand(text)
  const isMeant = text.trim() !== '' && !(command && LOOKS.has(command.name))
  if (isMeant && awaited?.userId === turn.userId) turn.later(() => memory.setAwaited(turn.chatId, undefined))
  if (command) return runCommand(around, turn, command.name, command.text, replyTo)
  const slot =
    replyTo !== undefined
      ? deps.store.deliveries.slotOf(turn.chatId, replyTo)
      : awaited?.userId === turn.userId
        ? awaited.slot
        : undefined
  if (text.trim() === '') return turn.say(renderNotice('I read text, documents and photos. /help shows what I can do.'))
  if (slot !== undefined && (await wordsFor(around, turn, slot, text))) return
  offerWords(around, turn)
}

/** Runs a command by its name. */
export async function runCommand(
  around: Around,
  turn: Turn,
  name: string,
  text: string,
  replyTo?: number,
): Promise<void> {
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!run) return turn.say(renderNotice(`There is no /${shortened(name, 40)}. /help shows what there is.`))
  const { view } = around.deps.face
  const read = readQueue(text, view.queues())
  const call = { around, turn, ...read, ...(replyTo !== undefined && { replyTo }) }
  const replied = read.named === undefined ? taskOfReply(call) : undefined
  const meant = read.named ?? (replied && view.run(replied.runId)?.queue) ?? projectMeant(around, name)
  if (typeof meant === 'object') return turn.say(renderNotice(meant.refused))
  await run({ ...call, queue: meant ?? read.queue })
}

/** Takes words for what a message of ours stands for; false when it stands for nothing that takes words. */
export async function wordsFor(around: Around, turn: Turn, slot: string, text: string): Promise<boolean> {
  const [, kind, id = ''] = /^(\w+):(.*)$/s.exec(slot) ?? []
  switch (kind) {
    case 'ask':
    case 'other': {
      const { askId = '', question } = askInSlot(slot) ?? {}
      tellReply(
        turn,
        await aboutAsk(around, turn, askId, (meant) => answerInWords(around, turn, meant, text, question)),
      )
      return true
    }
    case 'sendback':
      tellReply(turn, await aboutAsk(around, turn, id, (meant) => choose(turn, meant, 'send-back', text)))
      return true
    case 'progress': {
      const task = around.deps.face.view.fullTask(id)
      tellReply(
        turn,
        task ? await sayToTask(around, turn, task, text) : { ok: false, text: 'This task is no longer kept.' },
      )
      return true
    }
    case 'card':
    case 'change': {
      const reply = changePlan(around, turn, id, text)
      if (reply) tellReply(turn, { ...reply, text: around.deps.redact(reply.text) })
      return reply !== undefined
    }
    case 'say':
    case 'add':
      tellReply(turn, await turn.act({ type: kind, text }, id))
      return true
    default:
      return false
  }
}

async function aboutAsk<T>(
  around: Around,
  turn: Turn,
  askId: string,
  answer: (meant: Extract<Meant, { ask: unknown }>) => Promise<T>,
) {
  const meant = askById(around, askId, turn.chatId)
  if (!('refused' in meant)) return answer(meant)
  const ask = around.deps.face.view.ask(askId)
  // Who comes second hears how it was decided.
  if (meant.refused === 'closed' && ask) {
    const reply = closedReply(ask)
    return { ...reply, text: around.deps.redact(reply.text) }
  }
  return { ok: false, text: meant.refused }
}
