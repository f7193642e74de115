import type { Actor, BatonEvent } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deliveriesFor } from './delivery.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { shownActor } from './render/actor.ts'
import { oneLine } from './render/clean.ts'
import { renderNotice } from './render/notice.ts'
import type { ChatRef } from './transport.ts'

/** What somebody did to the queue, announced silently to everybody else. */
export function broadcastToOthers(chat: ChatContext, event: BatonEvent): Announcement {
  const { deps, chats } = chat
  const by = event.data?.by as Actor | undefined
  if (!by) return { deliveries: [] }
  const message = nameProject(chat, event.queue, messageOf(deps.redact(event), by))
  const others = chats.filter((chatId) => !isOwn(chat, by, chatId))
  return { deliveries: others.flatMap((chatId) => deliveriesFor(chatId, message, { urgent: true })) }
}

function messageOf(event: BatonEvent, by: Actor): Message {
  const who = shownActor(by)
  if (event.type === 'queue.resumed') return renderNotice(`Resumed by ${who}.`, { mark: '▶️', silent: true })
  if (event.type === 'queue.paused') {
    const what = event.data?.mode === 'after-task' ? 'Will pause after the running task, requested' : 'Paused'
    return renderNotice(`${what} by ${who}. /resume to continue.`, { mark: '⏸', silent: true })
  }
  return renderNotice(`Started by ${who}\n${oneLine(event.text, 400)}`, { mark: '▶️', silent: true })
}

/** Where the command was answered, or where it was written: a group sees what is written in it. */
export function isOwn({ transport }: ChatContext, by: Actor, chatId: ChatRef): boolean {
  return by.surface === transport.name && (transport.isShared(chatId) || transport.isPrivateWith(chatId, by.id))
}
