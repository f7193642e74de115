import { setTimeout as sleep } from 'node:timers/promises'
import { type APIApplication, type APIMessage, Routes } from 'discord-api-types/v10'
import { aboutOf, type EarOptions, type Platform, type SharedEar } from '../chat/ear.ts'
import { createEventInbox } from '../chat/event-inbox.ts'
import type { Deed, Incoming, Listener } from '../chat/incoming.ts'
import type { MessageRef } from '../chat/transport.ts'
import { type Connected, whileHearing } from '../chat/while-hearing.ts'
import { backoffMs } from '../outbox/backoff.ts'
import { discordTroubleOf } from './api-errors.ts'
import { catchUp, createRoleLookup, type OpenAsk } from './catch-up.ts'
import { createChannels, privateChat, refOf } from './channels.ts'
import { connectDiscord } from './connection.ts'
import { createGateway, type DiscordSession } from './gateway.ts'
import { type HeardEvent, heardEvents, tapOf } from './heard-event.ts'
import { createDiscordPeople } from './people.ts'
import { type HeardIn, repliedIn, snowflakeAt } from './place.ts'
import { readDiscordWords } from './read-words.ts'
import { MAY_READ_CONTENT } from './setup-api.ts'
import { registerSlashCommands, wantsWords, writtenCommand } from './slash-commands.ts'
import { createTaps } from './taps.ts'
import { createDiscordTransport } from './transport.ts'

/** Everything that the bot is built from. */
export interface DiscordDeps extends EarOptions<HeardEvent> {
  token: string
  /** Default: Discord's own. */
  apiUrl?: string
  /** Where events are told, and where commands count; without one, in private with each user. */
  channel?: string
  /** Ids of accounts. */
  users: readonly string[]
  /** Roles of the server whose members may do what they are asked for: `discord-role:900`. */
  groups: readonly string[]
  /** Small notes in the same database, so that an event and the session are stored together. */
  notes: {
    get: <T>(key: string) => T | undefined
    set: (key: string, value: unknown) => void
    transaction: <T>(work: () => T) => T
  }
  /** Whether a tap with this data may be answered with a form. */
  mayOpenForm: (data: string) => boolean
  /** Messages that wait for an answer. */
  openAsks: () => OpenAsk[]
}

/** Servers, their messages and reactions, and the same in private. */
const INTENTS = 1 | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13)
/** What people write, which a switch on the developer page gives. */
const CONTENT_INTENT = 1 << 15

const SESSION = 'discord:session'
const BOT = 'discord:bot'
/** The newest that was heard. */
const HEARD_UP_TO = 'discord:heard'
/** Where a gap begins that is not read to its end yet. */
const UNREAD_FROM = 'discord:unread'
const NOT_ALLOWED = 'You are not among those who may use Baton here. Nothing was changed.'
const NOT_HERE = 'Baton does not listen in this channel.'
const HANDLER_GRACE_MS = 800
/** Another machine may be gone for as long as its right to hear still counts. */
const HANDOVER_MS = 60_000
const BACKOFF = { firstMs: 2_000, capMs: 300_000 }
/** Their message is needed to know which command a button continues. */
const GOES_ON = /^!(words|ask|in):/

/** Builds the bot; it does nothing before `start`. */
export function createDiscord(deps: DiscordDeps): Platform {
  const { token, apiUrl, channel, users, groups, updates, notes, log, shared } = deps
  const server = { token, ...(apiUrl !== undefined && { apiUrl }) }
  const connection = connectDiscord(server)
  const channels = createChannels(connection)
  const people = createDiscordPeople(connection)
  const taps = createTaps(connection, (text) => log.warn({}, text))
  const stopping = new AbortController()
  const strangers = new Set<string>()
  // A session that is resumed does not say again who the bot is.
  let botId = notes.get<string>(BOT) ?? ''
  let readies = 0
  let applicationId = ''

  const mayAct = ({ by }: HeardEvent): boolean =>
    users.includes(by.id) || (by.groups ?? []).some((group) => groups.includes(group))
  /** A tap that no form can answer. */
  const isReleasedAtOnce = ({ what }: HeardEvent): boolean => what.kind === 'tap' && !deps.mayOpenForm(what.data)
  const noteStranger = ({ by, channelId }: HeardEvent) => {
    const stranger = `${by.id} ${channelId}`
    // Once each, and no endless list of them either.
    if (strangers.has(stranger) || strangers.size >= 1_000) return
    strangers.add(stranger)
    log.warn({ userId: by.id, channelId }, 'Someone who is not allowed wrote to the bot')
  }

  /** The chat, and the thread in it; undefined where nobody is listened to. */
  const placeOf = async ({ channelId, guildId, parentId, by }: HeardEvent): Promise<HeardIn | undefined> => {
    if (guildId === undefined) return { chatId: privateChat(by.id), channel: channelId }
    if (channelId === channel) return { chatId: channelId, channel: channelId }
    if (channel === undefined) return undefined
    const parent = parentId ?? (await parentOf(channelId))
    return parent === channel ? { chatId: channel, channel: channelId, thread: channelId } : undefined
  }
  const parentOf = async (id: string): Promise<string | undefined> => {
    for (let failures = 1; ; failures++) {
      try {
        const found = await channels.look(id)
        return 'parent_id' in found ? (found.parent_id ?? undefined) : undefined
      } catch (error) {
        const { kind } = discordTroubleOf(error)
        if (kind === 'refused' || kind === 'unauthorized' || stopping.signal.aborted) return undefined
        await pause(failures)
      }
    }
  }
  const pause = (failures: number) =>
    sleep(backoffMs(failures, BACKOFF, Math.random), undefined, { signal: stopping.signal, ref: false }).catch(() => {})

  /** `isBack`: it was given to the other machines, and none of them knows what it is about. */
  const hear = async (listener: Listener, event: HeardEvent, isBack = false): Promise<void> => {
    const tap = tapOf(event)
    if (tap) taps.heard(tap)
    if (isReleasedAtOnce(event)) await taps.released(event.id)
    const place = await placeOf(event)
    if (!place) return void (tap && taps.answer(tap.id, NOT_HERE, true))
    // Before anything is answered: whoever has the message does that.
    if (shared && !isBack && !(await claim(event, place, shared))) return
    const deed = await deedOf(event, place)
    if (!deed) return
    const { messageId, ...did } = deed
    await listener.hear({
      ...{ id: event.id, chatId: place.chatId, by: await people.named(event.by), messageId },
      ...(place.thread !== undefined && { thread: place.thread }),
      ...did,
    })
  }

  const claim = async (event: HeardEvent, place: HeardIn, { claim }: SharedEar<HeardEvent>): Promise<boolean> => {
    const { what, guildId, id } = event
    const ref = (of: string) => refOf(of, place.channel, guildId === undefined ? place.channel : place.chatId)
    if (what.kind === 'command') {
      const text = writtenCommand(what.name, what.options as Parameters<typeof writtenCommand>[1])
      return claim(id, event, { chatId: place.chatId }, { kind: 'words', text })
    }
    if (what.kind !== 'message')
      return claim(id, event, { chatId: place.chatId, messageId: ref(what.messageId) }, { kind: 'edit' })
    const read = messageDeed(what, place, ref, guildId !== undefined)
    return read === undefined || claim(id, event, aboutOf({ chatId: place.chatId, ...read }), read.deed)
  }

  const deedOf = async (
    { what, guildId }: HeardEvent,
    place: HeardIn,
  ): Promise<Pick<Incoming, 'messageId' | 'deed' | 'sentAt'> | undefined> => {
    const home = guildId === undefined ? place.channel : place.chatId
    const ref = (id: string) => refOf(id, place.channel, home)
    switch (what.kind) {
      case 'message':
        return messageDeed(what, place, ref, guildId !== undefined)
      case 'reaction':
        return { messageId: ref(what.messageId), deed: { kind: 'reaction', means: what.means } }
      case 'tap': {
        const { data, repliesTo, tap } = what
        const words =
          repliesTo !== undefined && GOES_ON.test(data) ? await wordsOf(place.channel, repliesTo) : undefined
        const deed: Deed = { kind: 'tap', tapId: tap.id, data, ...(words !== undefined && { words }) }
        return { messageId: ref(what.messageId), deed }
      }
      case 'form':
        return {
          messageId: ref(what.messageId),
          deed: { kind: 'form', tapId: what.tap.id, data: what.data, text: what.text },
        }
      case 'command': {
        const text = writtenCommand(what.name, what.options as Parameters<typeof writtenCommand>[1])
        if (wantsWords(what.name, text))
          return { messageId: ref(what.tap.id), deed: { kind: 'words', text, tapId: what.tap.id } }
        // Everybody sees what was asked for and by whom, as with a command that was written.
        const shown = await taps.show(what.tap.id, text)
        return { messageId: ref(shown ?? what.tap.id), deed: { kind: 'words', text } }
      }
    }
  }

  const messageDeed = (
    { message, attachment, isEdited }: Extract<HeardEvent['what'], { kind: 'message' }>,
    place: HeardIn,
    ref: (id: string) => MessageRef,
    isShared: boolean,
  ): Pick<Incoming, 'messageId' | 'deed' | 'sentAt'> | undefined => {
    const { text, isAddressed } = readDiscordWords(message.content, botId, !isShared)
    const repliedTo = repliedIn(message, place, ref)
    const isMeant = !isShared || isAddressed || message.mentionsBot
    const messageId = ref(message.id)
    const sentAt = Date.parse(message.timestamp)
    // People change what they say to each other; only what was meant for Baton is spoken of.
    if (isEdited) return isMeant ? { messageId, sentAt, deed: { kind: 'edit' } } : undefined
    const file = attachment === undefined ? undefined : message.attachments[attachment]
    // Discord says nothing of what was written where the bot may not read along.
    if (!file && text === '' && !isMeant) return undefined
    const common = {
      ...(repliedTo && { repliedTo }),
      ...(message.isQuoted && { isQuoted: true as const }),
      ...(!isMeant && { isOverheard: true as const }),
    }
    if (!file) return { messageId, sentAt, deed: { kind: 'words', text, ...common } }
    const isDocument = !(file.content_type ?? '').startsWith('image/')
    const caption = attachment === 0 ? text : ''
    const sent = { id: file.url, name: file.filename, bytes: file.size, isDocument }
    return { messageId, sentAt, deed: { kind: 'file', file: sent, caption, ...common } }
  }

  /** A message of somebody, or the answer to a command from the menu, as words. */
  const wordsOf = async (channelId: string, id: string): Promise<string | undefined> => {
    const route = Routes.channelMessage(channelId, id)
    const found = await connection.call<APIMessage>({ method: 'GET', route }).catch(() => undefined)
    if (!found) return undefined
    const content = found.author.id === botId ? found.content.replace(/\\(.)/g, '$1') : found.content
    return readDiscordWords(content, botId).text
  }

  const inboxFor = (listener: Listener) =>
    createEventInbox<HeardEvent>({
      store: (event) => updates.store(event.id, event, deps.now()),
      unhandled: updates.unhandled,
      handle: (event) => hear(listener, event),
      handled: ({ id }) => {
        if (!listener.isUnderWay(id)) updates.handled(id, deps.now())
      },
      onError: (error, { id }) => log.error({ err: error, updateId: id }, 'Could not handle an event'),
      chatOf: ({ channelId }) => channelId,
      waitsForGap: ({ what }) => what.kind === 'message',
      // Discord's ids begin with the time.
      writtenAt: ({ id }) => Number(id.split(/[.:]/, 1)[0]),
    })

  /** Stores what somebody did who may; tells everybody else so where they tapped, and nothing more. */
  const admit = (listener: Listener, inbox: ReturnType<typeof inboxFor>, event: HeardEvent) => {
    const tap = tapOf(event)
    if (tap) taps.heard(tap)
    if (mayAct(event)) return void inbox.take(event)
    noteStranger(event)
    if (tap) return void taps.answer(tap.id, NOT_ALLOWED, true)
    const isNobody = users.length === 0 && groups.length === 0 && event.guildId === undefined
    const { id, by } = event
    // It stores something of its own, after what is stored here.
    if (isNobody && event.what.kind === 'message')
      queueMicrotask(() => listener.introduce({ id, chatId: privateChat(by.id), userId: by.id }))
  }

  /** A new session: what came since the last event was not sent. Before the very first one there is nothing to read. */
  const noteGap = () => {
    const from = notes.get<string>(HEARD_UP_TO)
    if (from === undefined) notes.set(HEARD_UP_TO, snowflakeAt(deps.now()))
    else if (!notes.get<string | null>(UNREAD_FROM)) notes.set(UNREAD_FROM, from)
  }

  const onReady = async (listener: Listener, inbox: ReturnType<typeof inboxFor>, isNew: boolean) => {
    listener.recovered()
    // Noted before anything that comes after the gap can hide where it began.
    if (isNew) noteGap()
    const after = notes.get<string | null>(UNREAD_FROM)
    if (after) inbox.openGap()
    else inbox.closeGap()
    // A gap that an earlier life, or an earlier connection, has not read to its end is still one.
    if (!isNew && !after) return
    const nth = ++readies
    let rolesOf: ReturnType<typeof createRoleLookup> | undefined
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      try {
        const guildId = channel === undefined ? undefined : await guildOf(channel)
        await registerSlashCommands(connection, { applicationId, guildId, signal: stopping.signal }).catch(
          (error: unknown) => {
            if (discordTroubleOf(error).kind !== 'refused') throw error
            log.warn({ part: 'menu' }, `The commands could not be put into Discord's menu: ${String(error)}`)
          },
        )
        if (!after) return
        if (guildId !== undefined && groups.length > 0) rolesOf ??= createRoleLookup(connection, guildId)
        await catchUp({
          ...{ connection, channels, botId, users, openAsks: deps.openAsks(), after, signal: stopping.signal },
          take: (event) => admit(listener, inbox, event),
          ...(channel !== undefined && { channel }),
          ...(guildId !== undefined && { guildId }),
          ...(rolesOf && { rolesOf }),
        })
        if (nth !== readies) return
        notes.set(UNREAD_FROM, null)
        return inbox.closeGap()
      } catch (error) {
        const { kind } = discordTroubleOf(error)
        log.warn({ part: 'catching up' }, String(error))
        if (kind === 'refused' || kind === 'unauthorized') return inbox.closeGap()
        await pause(failures)
      }
    }
  }
  /** Unknown for a channel that is closed to the bot, which keeps nothing in private chats from being read. */
  const guildOf = async (id: string) => {
    try {
      const found = await channels.look(id)
      return 'guild_id' in found ? found.guild_id : undefined
    } catch (error) {
      if (discordTroubleOf(error).kind !== 'refused') throw error
      log.warn({ part: 'channel' }, `The channel ${id} cannot be read: ${String(error)}`)
      return undefined
    }
  }

  const gatewayFor = (listener: Listener, inbox: ReturnType<typeof inboxFor>) =>
    createGateway({
      token,
      rest: connection.rest,
      intents: async () => {
        const {
          flags = 0,
          id,
          bot,
        } = await connection.call<APIApplication>({ method: 'GET', route: '/applications/@me' })
        applicationId = id
        botId = bot?.id ?? id
        notes.set(BOT, botId)
        return INTENTS | ((flags & MAY_READ_CONTENT) !== 0 ? CONTENT_INTENT : 0)
      },
      session: () => notes.get<DiscordSession | null>(SESSION) ?? undefined,
      keep: (event, session) => {
        const events = event ? heardEvents(event, botId) : []
        notes.transaction(() => {
          for (const one of events) admit(listener, inbox, one)
          const newest = events.find(({ what }) => what.kind !== 'reaction')?.id.split(/[.:]/, 1)[0]
          if (newest !== undefined) notes.set(HEARD_UP_TO, newest)
          notes.set(SESSION, session ?? null)
        })
        // Stored, and so acknowledged: nobody waits for what comes of it.
        for (const one of events) if (isReleasedAtOnce(one) && mayAct(one)) taps.release(one.id)
      },
      onReady: (isNew) => void onReady(listener, inbox, isNew).catch(() => {}),
      onTrouble: (text) => {
        if (text === undefined) log.info({ part: 'hearing' }, 'Discord works again')
        else log.warn({ part: 'hearing' }, text)
        deps.say?.(text === undefined ? 'Discord works again.' : `The bot receives nothing: ${text}`)
      },
    })

  /** Another machine hears for this one: what it heard until now need not be read again, whoever hears next. */
  const noteHeardElsewhere = () => {
    const upTo = snowflakeAt(deps.now() - HANDOVER_MS)
    const known = notes.get<string>(HEARD_UP_TO)
    if (known === undefined || BigInt(upTo) > BigInt(known)) notes.set(HEARD_UP_TO, upTo)
    // Its session is another one.
    if (notes.get<DiscordSession | null>(SESSION)) notes.set(SESSION, null)
  }
  /** Who the bot is must be known also where another machine connects it. */
  const identify = async () => {
    for (let failures = 1; botId === '' && !stopping.signal.aborted; failures++) {
      try {
        const { id, bot } = await connection.call<APIApplication>({ method: 'GET', route: '/applications/@me' })
        botId = bot?.id ?? id
        notes.set(BOT, botId)
      } catch (error) {
        if (discordTroubleOf(error).kind === 'unauthorized') return
        await pause(failures)
      }
    }
  }

  let gateway: Connected | undefined
  let inbox: ReturnType<typeof inboxFor> | undefined
  return {
    transport: createDiscordTransport({ connection, channels, taps, ...(apiUrl !== undefined && { apiUrl }) }),
    chats: channel !== undefined ? [channel] : users.map(privateChat),
    start: (listener) => {
      inbox = inboxFor(listener)
      const heard = inbox
      const open = () => gatewayFor(listener, heard)
      gateway = shared ? whileHearing(shared.mayHear, open, noteHeardElsewhere) : open()
      inbox.openGap()
      inbox.resume()
      shared?.begin((event, isBack) => {
        if (isBack)
          void hear(listener, event, true).catch((error) =>
            log.error({ err: error }, 'Could not handle what came back'),
          )
        else admit(listener, heard, event)
      })
      if (shared) void identify()
      gateway.start()
    },
    stop: async () => {
      stopping.abort()
      inbox?.leave()
      await gateway?.stop()
      await Promise.race([inbox?.idle(), sleep(HANDLER_GRACE_MS, undefined, { ref: false })])
    },
    health: () => gateway?.health() ?? { ok: false, lastHeardAgeMs: null },
  }
}
