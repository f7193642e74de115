import { setTimeout as sleep } from 'node:timers/promises'
import type { Update } from 'grammy/types'
import type { Admission } from '../telegram/access.ts'
import type { AnswerTap } from '../telegram/answer-callback.ts'
import type { Download } from '../telegram/download.ts'
import { readCommand, SLOW } from './commands/table.ts'
import type { ChatContext } from './context.ts'
import { fileOf, onFile } from './on-file.ts'
import { onMessage } from './on-message.ts'
import { isSlowTap, onTap } from './on-tap.ts'
import { renderNotice } from './render/notice.ts'
import { reshowMissingAsks } from './reshow-missing-asks.ts'
import { beginUpdate, type UpdateContext } from './update-context.ts'

/** Handles the updates of people who are allowed to. */
export interface Handler {
  /** Settles when the next update of the chat may be handled. */
  handle: (update: Update, who: Extract<Admission, { kind: 'allowed' }>) => Promise<void>
  /** It goes on beside the others, and is marked as handled at its own end. */
  isUnderWay: (updateId: number) => boolean
  /** Lets what is under way finish for a moment. */
  settle: () => Promise<void>
}

interface Tools {
  answerTap: AnswerTap
  download: Download
  botName: () => Promise<string>
}

const SETTLE_MS = 800
const NOT_AGAIN = 'A message is not read again when it is edited. Write it anew.'

/** Makes the handler. */
export function createHandler(chat: ChatContext, tools: Tools): Handler {
  const underWay = new Map<number, Promise<void>>()
  let name: string | undefined

  /** In groups a command may be meant for another bot. */
  const isForOther = async (bot: string | undefined): Promise<boolean> => {
    if (bot === undefined) return false
    name ??= await tools.botName().catch(() => undefined)
    return name !== undefined && name.toLowerCase() !== bot.toLowerCase()
  }

  const tails = new Map<number, Promise<void>>()
  const inTurn = (chatId: number, work: () => Promise<void>): Promise<void> => {
    const tail = (tails.get(chatId) ?? Promise.resolve()).then(work, work)
    tails.set(chatId, tail)
    return tail
  }

  const act = async (ctx: UpdateContext, update: Update): Promise<void> => {
    const { message, callback_query: query } = update
    if (update.edited_message) return ctx.say(renderNotice(NOT_AGAIN), { replyTo: ctx.messageId })
    if (query) return onTap(chat, ctx, query, tools.answerTap)
    if (!message || (await isForOther(readCommand(message.text ?? '')?.bot))) return
    if (fileOf(message)) return onFile(chat, ctx, message, tools.download)
    await onMessage(chat, ctx, message)
  }

  const run = async (update: Update, who: Extract<Admission, { kind: 'allowed' }>) => {
    const { message = update.edited_message, callback_query: query } = update
    chat.closed.open(who.chatId)
    const { ctx, end } = beginUpdate(chat, {
      updateId: update.update_id,
      chatId: who.chatId,
      userId: who.userId,
      by: who.by,
      messageId: message?.message_id ?? query?.message?.message_id ?? 0,
    })
    try {
      await act(ctx, update)
      await reshowMissingAsks(chat, ctx)
    } catch (error) {
      chat.deps.log.error({ err: error, updateId: update.update_id }, 'An update could not be handled')
      const why = error instanceof Error ? error.message : String(error)
      ctx.say(renderNotice(chat.deps.redact(`That did not work: ${why}`), { mark: '⚠️' }))
    }
    end()
  }

  return {
    handle: async (update, who) => {
      if (!isSlow(update)) return run(update, who)
      const id = update.update_id
      // The files of an album come as so many messages: what the first one answers the others must find answered.
      const work = isFile(update) ? inTurn(who.chatId, () => run(update, who)) : run(update, who)
      underWay.set(
        id,
        work
          .catch((error: unknown) => chat.deps.log.error({ err: error }, 'An update could not be handled'))
          .finally(() => underWay.delete(id)),
      )
    },
    isUnderWay: (updateId) => underWay.has(updateId),
    settle: async () => {
      await Promise.race([Promise.all(underWay.values()), sleep(SETTLE_MS, undefined, { ref: false })])
    },
  }
}

const isFile = ({ message }: Pick<Update, 'message'>) => message !== undefined && fileOf(message) !== undefined

function isSlow({ message, callback_query: query }: Update): boolean {
  if (query) return isSlowTap(query.data)
  if (!message) return false
  return isFile({ message }) || SLOW.has(readCommand(message.text ?? '')?.name ?? '')
}
