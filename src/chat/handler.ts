import { setTimeout as sleep } from 'node:timers/promises'
import { commandNamed } from '../core/commands/catalogue.ts'
import { commandIn } from './commands/table.ts'
import type { ChatContext } from './context.ts'
import { greet } from './greeting.ts'
import type { Deed, Incoming } from './incoming.ts'
import { onFile } from './on-file.ts'
import { onForm } from './on-form.ts'
import { onMessage } from './on-message.ts'
import { onReaction } from './on-reaction.ts'
import { isSlowTap, onTap } from './on-tap.ts'
import { isNoneOfOurs, untilAsksAreKnown } from './overheard.ts'
import { renderNotice } from './render/notice.ts'
import { reshowMissingAsks } from './reshow-missing-asks.ts'
import type { ChatRef } from './transport.ts'
import { beginUpdate, type UpdateContext } from './update-context.ts'

/** Handles what people did who are allowed to. */
export interface Handler {
  /** Settles when the next update of the chat may be handled. */
  handle: (incoming: Incoming) => Promise<void>
  /** It runs beside the others, and is marked as handled at its own end. */
  isUnderWay: (updateId: string) => boolean
  /** Lets what is under way finish for a moment. */
  settle: () => Promise<void>
}

const SETTLE_MS = 800
const NOT_AGAIN = 'Edited messages are not read again. Please send a new one.'

export function createHandler(chat: ChatContext): Handler {
  const { transport } = chat
  const underWay = new Map<string, Promise<void>>()
  let name: string | undefined

  /** In groups a command may be meant for another bot. */
  const isForOther = async (bot: string | undefined): Promise<boolean> => {
    if (bot === undefined) return false
    name ??= await transport.ownName().catch(() => undefined)
    return name !== undefined && name.toLowerCase() !== bot.toLowerCase()
  }

  const tails = new Map<ChatRef, Promise<void>>()
  const inTurn = (chatId: ChatRef, work: () => Promise<void>): Promise<void> => {
    const tail = (tails.get(chatId) ?? Promise.resolve()).then(work, work)
    tails.set(chatId, tail)
    return tail
  }

  const act = async (ctx: UpdateContext, deed: Deed): Promise<void> => {
    switch (deed.kind) {
      case 'edit':
        return ctx.say(renderNotice(NOT_AGAIN), { replyTo: ctx.messageId })
      case 'tap':
        return onTap(chat, ctx, deed)
      case 'form':
        return onForm(chat, ctx, deed)
      case 'file':
        return onFile(chat, ctx, deed)
      case 'reaction':
        return onReaction(chat, ctx, deed)
      case 'words':
        if (!(await isForOther(commandIn(deed)?.bot))) await onMessage(chat, ctx, deed)
    }
  }

  const run = async (incoming: Incoming) => {
    chat.closed.open(incoming.chatId)
    const { ctx, end } = beginUpdate(chat, incoming)
    await untilAsksAreKnown(chat, incoming)
    if (isNoneOfOurs(chat, incoming)) return end()
    try {
      if (await greet(chat, ctx, incoming)) await act(ctx, incoming.deed)
      await reshowMissingAsks(chat, ctx)
    } catch (error) {
      chat.deps.log.error({ err: error, updateId: incoming.id }, 'Could not handle an update')
      const why = error instanceof Error ? error.message : String(error)
      ctx.say(renderNotice(chat.deps.redact(`That did not work: ${why}`), { mark: '⚠️' }))
    }
    ctx.answer()
    end()
  }

  return {
    handle: async (incoming) => {
      const { id, chatId, deed } = incoming
      if (!isSlow(deed)) return run(incoming)
      // The files of an album come as so many messages: what the first one answers the others must find answered.
      const work = deed.kind === 'file' ? inTurn(chatId, () => run(incoming)) : run(incoming)
      underWay.set(
        id,
        work
          .catch((error: unknown) => chat.deps.log.error({ err: error }, 'Could not handle an update'))
          .finally(() => underWay.delete(id)),
      )
    },
    isUnderWay: (updateId) => underWay.has(updateId),
    settle: async () => {
      await Promise.race([Promise.all(underWay.values()), sleep(SETTLE_MS, undefined, { ref: false })])
    },
  }
}

function isSlow(deed: Deed): boolean {
  if (deed.kind === 'tap') return isSlowTap(deed.data)
  return (
    deed.kind === 'file' ||
    (deed.kind === 'words' && commandNamed('chat', commandIn(deed)?.name ?? '')?.isSlow === true)
  )
}
