import type { Update } from 'grammy/types'
import { aboutOf, type EarOptions, type Platform } from '../chat/ear.ts'
import type { Listener } from '../chat/incoming.ts'
import { admit } from './access.ts'
import { connectTelegram } from './connection.ts'
import { createPoller, TELLS_OF_OTHERS_MS } from './poller.ts'
import { messageIdOf, readUpdate, sentAtOf } from './read-update.ts'
import { type MenuEntry, registerCommands } from './register.ts'
import { createTelegramTransport } from './transport.ts'

/** Everything that the bot is built from. */
export interface TelegramDeps extends EarOptions<Update> {
  token: string
  /** Default: Telegram's own. */
  apiRoot?: string
  /** Numeric ids; empty: everybody gets their own id as the answer, and nothing else happens. */
  allowedUsers: readonly number[]
  /** Groups in which the allowed users may use the bot. */
  groups: readonly number[]
  /** What is in the client's menu. */
  commands: readonly MenuEntry[]
}

/** Builds the bot; it does nothing before `start`. */
export function createTelegram(deps: TelegramDeps): Platform {
  const { token, apiRoot, allowedUsers, groups, updates, log, shared } = deps
  const server = { token, ...(apiRoot !== undefined && { apiRoot }) }
  const api = connectTelegram(server)
  const stopping = new AbortController()
  const strangers = new Set<string>()
  const noteStranger = (userId: number | undefined, chatId: number | undefined) => {
    const stranger = `${userId} ${chatId}`
    // Once each, and no endless list of them either.
    if (strangers.has(stranger) || strangers.size >= 1_000) return
    strangers.add(stranger)
    log.warn({ userId, chatId }, 'Someone who is not allowed wrote to the bot')
  }

  const hear = (listener: Listener, update: Update): Promise<void> | void => {
    const admission = admit(update, allowedUsers, groups)
    if (admission.kind === 'stranger') return noteStranger(admission.userId, admission.chatId)
    const id = String(update.update_id)
    const where = { id, chatId: String(admission.chatId) }
    if (admission.kind === 'tell-id') return listener.introduce({ ...where, userId: String(admission.userId) })
    const deed = readUpdate(update)
    if (!deed) return
    const sentAt = sentAtOf(update)
    const messageId = messageIdOf(update)
    const incoming = { ...where, ...(sentAt !== undefined && { sentAt }), by: admission.by, messageId, deed }
    if (!shared) return listener.hear(incoming)
    return shared
      .claim(id, update, aboutOf(incoming), deed)
      .then((isOurs) => (isOurs ? listener.hear(incoming) : undefined))
  }

  const pollerFor = (listener: Listener) =>
    createPoller({
      api,
      storeUpdate: (update) => updates.store(String(update.update_id), update, deps.now()),
      unhandled: updates.unhandled,
      handle: (update) => hear(listener, update),
      ...(shared && { mayHear: shared.mayHear, leaves: shared.yield }),
      handled: (updateId) => {
        const id = String(updateId)
        if (!listener.isUnderWay(id)) updates.handled(id, deps.now())
      },
      onHandlerError: (error, update) =>
        log.error({ err: error, updateId: update.update_id }, 'Could not handle an update'),
      onTrouble: (text) => {
        if (text === undefined) log.info({ part: 'polling' }, 'Telegram works again')
        else log.warn({ part: 'polling' }, text)
        deps.say?.(text === undefined ? 'Telegram works again.' : `The bot receives nothing: ${text}`)
        if (text === undefined) listener.recovered()
      },
    })
  let poller: ReturnType<typeof createPoller> | undefined

  return {
    transport: createTelegramTransport({ api, ...server, onTrouble: (text) => log.warn({}, text) }),
    chats: allowedUsers.length === 0 ? [] : [...allowedUsers, ...groups].map(String),
    start: (listener) => {
      poller = pollerFor(listener)
      const { take } = poller
      shared?.begin((update, isBack) => {
        if (isBack) void hear(listener, update)
        else take(update)
      }, TELLS_OF_OTHERS_MS)
      poller.start()
      void registerCommands(api, deps.commands, stopping.signal)
    },
    stop: async () => {
      stopping.abort()
      await poller?.stop()
    },
    health: () => poller?.health() ?? { ok: false, lastHeardAgeMs: null },
  }
}
