import { setTimeout as sleep } from 'node:timers/promises'
import { aboutOf, type EarOptions, type Platform } from '../chat/ear.ts'
import { createEventInbox } from '../chat/event-inbox.ts'
import type { Listener } from '../chat/incoming.ts'
import { whileHearing } from '../chat/while-hearing.ts'
import type { Actor } from '../core/types.ts'
import { backoffMs } from '../outbox/backoff.ts'
import { mayBeHeard } from './access.ts'
import { isBadToken, slackTroubleOf, slackTroubleText } from './api-errors.ts'
import { createCatchUp, unlessRefused } from './catch-up.ts'
import { type CallSlack, connectSlack } from './connection.ts'
import { type Heard, heardId, oneForEachFile, readEnvelope } from './heard.ts'
import { createSlackPeople, type KeptGroups } from './people.ts'
import { readHeard } from './read-heard.ts'
import { createSockets, type SocketsOptions } from './sockets.ts'
import { createSlackTransport } from './transport.ts'

/** Everything that Baton on Slack is built from. */
export interface SlackDeps
  extends EarOptions<Heard>,
    Pick<SocketsOptions, 'firstBackoffMs' | 'maxBackoffMs' | 'apartMs'> {
  botToken: string
  appToken: string
  /** Default: Slack's own. */
  apiUrl?: string
  /** Ids of the people who may use it; nobody else may, whatever channel they are in. */
  users: readonly string[]
  /** How often it is looked whether Slack still takes the bot's token. */
  pulseMs?: number
  /** How often the history is looked at for what sockets that are open and deaf did not hear. */
  lookMs?: number
  /** The channel for all messages; absent: each person's own chat. */
  channel?: string
  /** Groups of people that a role names. */
  userGroups: readonly string[]
  keptGroups: KeptGroups
  /** Up to where a channel was read. */
  kept: { get: (channel: string) => string | undefined; set: (channel: string, ts: string) => void }
  /** Messages in which open asks are shown there. */
  asksIn: (chatId: string) => string[]
}

interface DirectChats {
  channels?: { id: string; user: string }[]
  response_metadata?: { next_cursor?: string }
}

const HANDLER_GRACE_MS = 800
const LOOK_MS = 300_000
const PULSE_MS = 60_000
/** Up to when another machine heard for certain: it may be gone for as long as its right to hear still counts. */
const ELSEWHERE = 'elsewhere'
const HANDOVER_S = 60
const RETRY = { firstMs: 1_000, capMs: 30_000 }

/** Builds it; it does nothing before `start`. */
export function createSlack(deps: SlackDeps): Platform & { groupsOf: (userId: string) => string[] } {
  const { botToken, appToken, apiUrl, users, channel, updates, log, shared } = deps
  const address = apiUrl === undefined ? {} : { apiUrl }
  const connected = connectSlack(botToken, address)
  /** Sockets have a token of their own: what becomes of the bot's shows in its calls. */
  let refusal: string | undefined
  const noteToken = (trouble: string | undefined) => {
    if ((refusal === undefined) === (trouble === undefined)) return
    refusal = trouble
    if (trouble === undefined) log.info({ part: 'token' }, 'Slack takes the bot token again')
    else log.warn({ part: 'token' }, trouble)
    deps.say?.(trouble === undefined ? 'Slack works again.' : `Nothing can be written on Slack: ${trouble}`)
  }
  const call: CallSlack = async (method, fields, quitting) => {
    try {
      const done = await connected<never>(method, fields, quitting)
      noteToken(undefined)
      return done
    } catch (error) {
      const trouble = slackTroubleOf(error)
      if (trouble.kind === 'refused' && isBadToken(trouble.error)) noteToken(slackTroubleText(trouble))
      throw error
    }
  }
  const people = createSlackPeople(call, deps.userGroups, deps.keptGroups, (text) => log.warn({}, text))
  const stopping = new AbortController()
  const { signal } = stopping
  const strangers = new Set<string>()
  let lastTs = '0'

  /** Tries until it works, or nobody waits any more. */
  const insist = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    for (let failures = 1; ; failures++) {
      try {
        return await work()
      } catch (error) {
        if (failures === 1) log.warn({ part: what }, String(error))
        await sleep(backoffMs(failures, RETRY, Math.random), undefined, { signal, ref: false })
      }
    }
  }
  let own: Promise<string> | undefined
  const botUser = () => {
    own ??= insist('identity', async () => (await call<{ user_id: string }>('auth.test')).user_id)
    return own
  }

  const noteStranger = ({ user }: Heard) => {
    // Once each, and no endless list of them either.
    if (strangers.has(user) || strangers.size >= 1_000) return
    strangers.add(user)
    log.warn({ userId: user }, 'Someone who is not allowed, or at another place, spoke to Baton on Slack')
  }
  /** Slack's time, as far as it is known: our clock may be behind. */
  const slackNow = () => {
    const here = (deps.now() / 1000).toFixed(6)
    return Number(here) > Number(lastTs) ? here : lastTs
  }
  const unread = new Set<string>()
  const noteUnread = (why: string) => {
    if (unread.has(why) || unread.size >= 100) return
    unread.add(why)
    log.warn({ part: 'history' }, `Not all that was missed can be read: ${why}`)
  }
  const isMember = (user: string) => people.knownGroupsOf(user).length > 0
  const isKnown = (user: string) => users.includes(user) || isMember(user)
  const isAllowed = (heard: Heard) => mayBeHeard(heard, { users, isMember, channel })

  const listen = (listener: Listener) => {
    /** `isBack`: it was given to the other machines, and none of them knows what it is about. */
    const hear = async (heard: Heard, isBack = false) => {
      const home = { botUser: heard.kind === 'message' ? await botUser() : undefined, channel }
      const read = readHeard(heard, home)
      if (!read) return
      if (shared && !isBack && !(await shared.claim(read.id, heard, aboutOf(read), read.deed))) return
      const [name, groups] = await Promise.all([people.nameOf(heard.user), people.groupsOf(heard.user)])
      const by: Actor = { surface: 'slack', id: heard.user, name, ...(groups.length > 0 && { groups }) }
      await listener.hear({ ...read, by })
    }
    const inbox = createEventInbox<Heard>({
      store: (heard) => updates.store(heardId(heard), heard, deps.now()),
      unhandled: updates.unhandled,
      handle: (heard) => hear(heard),
      handled: (heard) => {
        const id = heardId(heard)
        // What nobody could be asked about is handled in the next life.
        if (!listener.isUnderWay(id) && !signal.aborted) updates.handled(id, deps.now())
      },
      onError: (error, heard) => {
        if (!signal.aborted)
          log.error({ err: error, updateId: heardId(heard) }, 'Could not handle what came from Slack')
      },
      chatOf: (heard) => ('channel' in heard ? heard.channel : heard.user),
      waitsForGap: ({ kind }) => kind === 'message',
      writtenAt: (heard) => ('ts' in heard ? Number(heard.ts) : 0),
    })
    const take = (heard: Heard): boolean => {
      if ('ts' in heard && Number(heard.ts) > Number(lastTs)) lastTs = heard.ts
      if (isAllowed(heard)) return oneForEachFile(heard).map(inbox.take).includes(true)
      noteStranger(heard)
      return false
    }
    const catchUp = createCatchUp({
      call,
      channels: () => insist('channels', openChannels),
      asksIn: (id) => deps.asksIn(directs.get(id) ?? id),
      kept: { ...deps.kept, get: readUpTo },
      take,
      onRefused: noteUnread,
    })
    let looking: Promise<void> | undefined
    /** One after the other; a second wish while one is under way is one more look after it. */
    let again = false
    const look = (isGap: boolean) => {
      again ||= looking !== undefined
      looking ??= (async () => {
        do {
          again = false
          const found = await insist('history', catchUp)
          if (found > 0) log.info({ found }, 'Read what was missed on Slack')
          if (found > 0 && !isGap) renew()
        } while (again)
      })()
        .catch(() => {})
        .finally(() => {
          looking = undefined
          if (!signal.aborted) inbox.closeGap()
        })
    }
    let renew = () => {}
    const open = () => {
      const sockets = createSockets(socketsOptions)
      renew = sockets.renew
      return sockets
    }
    const socketsOptions: SocketsOptions = {
      ...{ appToken, ...address },
      ...(deps.firstBackoffMs !== undefined && { firstBackoffMs: deps.firstBackoffMs }),
      ...(deps.maxBackoffMs !== undefined && { maxBackoffMs: deps.maxBackoffMs }),
      ...(deps.apartMs !== undefined && { apartMs: deps.apartMs }),
      take: (type, body) => {
        const heard = readEnvelope(type, body, slackNow())
        if (!heard) return undefined
        take(heard)
        // Somebody who may use Baton, but not there, learns where; others get no answer.
        const isMisplaced = heard.kind === 'command' && isKnown(heard.user) && !isAllowed(heard)
        return isMisplaced
          ? `Baton listens ${channel ? `in <#${channel}> and ` : ''}in your own chat with it.`
          : undefined
      },
      onTakeError: (error) => log.error({ err: error }, 'Could not take what came from Slack'),
      onHeard: () => {
        inbox.openGap()
        look(true)
        listener.recovered()
      },
      onTrouble: (text) => {
        if (text === undefined) log.info({ part: 'sockets' }, 'Slack works again')
        else log.warn({ part: 'sockets' }, text)
        deps.say?.(text === undefined ? 'Slack works again.' : `Nothing arrives from Slack: ${text}`)
      },
    }
    const hearing = shared ? whileHearing(shared.mayHear, open, noteHeardElsewhere) : open()
    shared?.begin((heard, isBack) => {
      if (isBack) void hear(heard, true).catch((error) => log.error({ err: error }, 'Could not handle what came back'))
      else take(heard)
    })
    return { inbox, hearing, look: (isGap: boolean) => shared?.mayHear() !== false && look(isGap) }
  }

  /** Another machine hears for this one: what it heard until now need not be read again, whoever hears next. */
  const noteHeardElsewhere = () => deps.kept.set(ELSEWHERE, (deps.now() / 1000 - HANDOVER_S).toFixed(6))
  const readUpTo = (id: string): string | undefined => {
    const [own, elsewhere] = [deps.kept.get(id), deps.kept.get(ELSEWHERE)]
    if (own === undefined || elsewhere === undefined) return own ?? elsewhere
    return Number(own) > Number(elsewhere) ? own : elsewhere
  }

  const directs = new Map<string, string>()
  const openChannels = async () => {
    for (const user of users) {
      if ([...directs.values()].includes(user)) continue
      const open = () => call<{ channel: { id: string } }>('conversations.open', { users: user })
      const opened = await unlessRefused(open, noteUnread)
      if (opened) directs.set(opened.channel.id, user)
    }
    await unlessRefused(findChatsOfMembers, noteUnread)
    return [
      ...(channel === undefined ? [] : [{ channel, isDirect: false }]),
      ...[...directs.keys()].map((id) => ({ channel: id, isDirect: true })),
    ]
  }

  /** Who is only in a group has a chat with the bot where one of the two has written; none is opened to look. */
  const findChatsOfMembers = async () => {
    if (deps.userGroups.length === 0) return
    let cursor: string | undefined
    do {
      const page = await call<DirectChats>('conversations.list', {
        ...{ types: 'im', limit: 200 },
        ...(cursor && { cursor }),
      })
      for (const { id, user } of page.channels ?? []) if (isMember(user)) directs.set(id, user)
      cursor = page.response_metadata?.next_cursor
    } while (cursor)
  }

  let ear: ReturnType<typeof listen> | undefined
  const timers: NodeJS.Timeout[] = []
  const every = (ms: number, work: () => void) => void timers.push(setInterval(work, ms).unref())
  return {
    transport: createSlackTransport({
      ...{ call, token: botToken, ...address },
      onTrouble: (text) => log.warn({}, text),
    }),
    groupsOf: people.knownGroupsOf,
    chats: channel !== undefined && users.length + deps.userGroups.length > 0 ? [channel] : [...users],
    start: (listener) => {
      const { inbox, hearing, look } = listen(listener)
      ear = { inbox, hearing, look }
      inbox.openGap()
      inbox.resume()
      if (deps.userGroups.length === 0) hearing.start()
      else void people.refresh().then(() => signal.aborted || hearing.start())
      every(deps.lookMs ?? LOOK_MS, () => look(false))
      every(deps.pulseMs ?? PULSE_MS, () => {
        void call('auth.test').catch(() => {})
        void people.refresh()
      })
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      stopping.abort()
      ear?.inbox.leave()
      await ear?.hearing.stop()
      await Promise.race([ear?.inbox.idle(), sleep(HANDLER_GRACE_MS, undefined, { ref: false })])
    },
    health: () => {
      const { ok, lastHeardAgeMs } = ear?.hearing.health() ?? { ok: false, lastHeardAgeMs: null }
      return { ok: ok && refusal === undefined, lastHeardAgeMs }
    },
  }
}
