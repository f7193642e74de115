import { setTimeout as sleep } from 'node:timers/promises'
import type { REST } from '@discordjs/rest'
import { type IIdentifyThrottler, type SessionInfo, WebSocketManager, WebSocketShardEvents } from '@discordjs/ws'
import type { APIGatewayBotInfo, GatewayDispatchPayload } from 'discord-api-types/v10'
import { backoffMs } from '../outbox/backoff.ts'
import { DiscordError, discordTroubleOf, discordTroubleText } from './api-errors.ts'

/** What Discord remembers of a connection: with it a new process gets what it missed. */
export type DiscordSession = SessionInfo

export interface GatewayOptions {
  token: string
  rest: REST
  intents: () => Promise<number>
  /** As it was stored last. */
  session: () => DiscordSession | undefined
  /** Stores what came, and with it that it came; durable when it returns. A throw leaves it unheard: it is sent again. */
  keep: (event: GatewayDispatchPayload | undefined, session: DiscordSession | undefined) => void
  /** A session began, or went on: `isNew` means that what happened in between was not sent. */
  onReady: (isNew: boolean) => void
  /** Called once when trouble begins or changes, and once (undefined) when it is over. */
  onTrouble: (text: string | undefined) => void
  /** Trouble that is over by then is not told. */
  patienceMs?: number
  now?: () => number
}

export interface Gateway {
  start: () => void
  /** Ends hearing; Discord keeps the session for whoever comes next. */
  stop: () => Promise<void>
  health: () => { ok: boolean; lastHeardAgeMs: number | null }
}

/** Nobody can help these but a person: connecting again would only use up the starts of a day. */
const FATAL: Readonly<Record<number, string>> = {
  4004: 'Discord does not accept DISCORD_TOKEN. Copy a new one from the Bot page of discord.com/developers into .env and start Baton again.',
  4010: 'Discord refuses this connection (invalid shard). Update Baton.',
  4011: 'The bot is in too many servers for Baton. Use a separate bot for Baton.',
  4012: 'Discord no longer takes this version of its API. Update Baton.',
  4013: 'Discord does not know the events that Baton asks for (invalid intents). Update Baton.',
  4014: 'Discord does not let the bot read what people write: turn on “Message Content Intent” on the Bot page of discord.com/developers, then start Baton again.',
}

/** Not 1000 or 1001, which would end the session. */
const LEAVE_CODE = 4_200
/** Discord asks for a sign of life every 41 s. */
const STALE_MS = 120_000
const BACKOFF = { firstMs: 1_000, capMs: 60_000 }
/** A connection that does not stand so long has not helped. */
const STEADY_MS = 60_000
/** Of 1,000 a day; at the end Discord resets the token. */
const STARTS_LEFT = 50
const SOCKET_FAILURES = 3

/** Makes it; it never throws, and no listener's error leaves it. */
export function createGateway(options: GatewayOptions): Gateway {
  const { token, rest, keep, onReady, onTrouble, patienceMs = 10_000, now = () => performance.now() } = options
  const stopping = new AbortController()
  let manager: WebSocketManager | undefined
  let session: DiscordSession | undefined
  let isReady = false
  let lastHeardAt: number | undefined
  let socketFailures = 0
  let isKept = true
  let told: string | undefined
  let pending: NodeJS.Timeout | undefined
  let fatal: string | undefined
  let running: Promise<void> | undefined

  const trouble = (text: string, isSure = false) => {
    isReady = false
    if (fatal !== undefined || stopping.signal.aborted) return
    clearTimeout(pending)
    const tell = () => {
      if (text !== told) onTrouble(text)
      told = text
    }
    if (isSure) return tell()
    pending = setTimeout(tell, patienceMs)
    pending.unref()
  }
  const ready = (isNew: boolean) => {
    if (!isKept) return
    isReady = true
    lastHeardAt = now()
    socketFailures = 0
    clearTimeout(pending)
    if (told !== undefined) onTrouble(undefined)
    told = undefined
    onReady(isNew)
  }

  /** Discord's own would start again every five seconds, and 1,000 starts are all that a day has. */
  const throttle = (fetchInfo: () => Promise<APIGatewayBotInfo>): IIdentifyThrottler => {
    let lastAt = Number.NEGATIVE_INFINITY
    let inARow = 0
    return {
      waitForIdentify: async (_, signal) => {
        inARow = now() - lastAt < STEADY_MS * 2 ? inARow + 1 : 0
        const gapMs = inARow === 0 ? 0 : backoffMs(inARow, { firstMs: 5_000, capMs: 300_000 }, () => 0)
        await sleep(Math.max(0, lastAt + gapMs - now()), undefined, { signal })
        const { remaining, reset_after: resetMs } = (await fetchInfo()).session_start_limit
        if (remaining <= STARTS_LEFT) {
          trouble(
            'The bot has connected too often today, and Discord would reset its token: it waits until tomorrow.',
            true,
          )
          await sleep(resetMs, undefined, { signal })
        }
        lastAt = now()
      },
    }
  }

  const heard = (event: GatewayDispatchPayload) => {
    lastHeardAt = now()
    try {
      keep(event, session && { ...session, sequence: event.s })
    } catch (error) {
      // Nothing may count as heard that is not stored: the connection is made again from what was.
      isKept = false
      trouble(`could not store what came from Discord: ${error instanceof Error ? error.message : String(error)}`, true)
      void Promise.resolve(manager?.destroy({ code: LEAVE_CODE })).catch(() => {})
    }
  }

  /** One connection, with its own attempts to come back; ends when only a new one can help. */
  const live = async (): Promise<void> => {
    session = options.session()
    isKept = true
    const intents = await options.intents()
    const ended = Promise.withResolvers<void>()
    const one = new WebSocketManager({
      token,
      intents,
      rest,
      shardCount: 1,
      retrieveSessionInfo: () => session ?? null,
      updateSessionInfo: (_, info) => {
        if (info) {
          session = info
          return
        }
        // A network that is away, and our own leaving, end no session; the address of one that never answers does.
        if (stopping.signal.aborted || !isKept) return
        if (socketFailures > 0 && socketFailures % SOCKET_FAILURES !== 0) return
        session = undefined
        store(undefined)
      },
      buildIdentifyThrottler: () => throttle(() => one.fetchGatewayInformation(true)),
    })
    manager = one
    one.on(WebSocketShardEvents.Dispatch, (event) => {
      if (isKept) heard(event)
    })
    one.on(WebSocketShardEvents.Ready, () => ready(true))
    one.on(WebSocketShardEvents.Resumed, () => ready(false))
    one.on(WebSocketShardEvents.HeartbeatComplete, () => {
      lastHeardAt = now()
    })
    one.on(WebSocketShardEvents.SocketError, (error) => {
      socketFailures++
      trouble(`Discord cannot be reached (${codeOf(error)})`)
    })
    one.on(WebSocketShardEvents.Closed, (code) => {
      if (isKept) trouble(`Discord has closed the connection (${code})`)
      const why = FATAL[code]
      if (why !== undefined) {
        trouble(why, true)
        fatal = why
      }
      if (why !== undefined || !isKept) ended.resolve()
    })
    // Without a listener an error would end the process; the reason is reported when the connection closes.
    one.on(WebSocketShardEvents.Error, (error) => trouble(`Discord: ${error.message}`))
    stopping.signal.addEventListener('abort', () => ended.resolve(), { once: true })
    const connecting = one.connect().catch((error: unknown) => {
      const known = discordTroubleOf(error)
      const text = discordTroubleText(known)
      if (known.kind === 'unauthorized') {
        trouble(FATAL[4004] as string, true)
        fatal = FATAL[4004]
      }
      throw new DiscordError('connect', known.kind === 'in-doubt' ? { kind: 'unreached', code: text } : known)
    })
    await Promise.race([ended.promise, connecting.then(() => ended.promise)])
  }

  const store = (next: DiscordSession | undefined) => {
    try {
      keep(undefined, next)
    } catch {
      // Then it is tried to be resumed in vain.
    }
  }

  const loop = async () => {
    for (let failures = 1; !stopping.signal.aborted && fatal === undefined; failures++) {
      const began = now()
      await live().catch((error: unknown) => {
        const known = discordTroubleOf(error)
        if (known.kind === 'unauthorized') {
          trouble(FATAL[4004] as string, true)
          fatal = FATAL[4004]
        } else trouble(discordTroubleText(known), true)
      })
      if (now() - began > STEADY_MS) failures = 1
      await leave()
      await sleep(backoffMs(failures, BACKOFF, Math.random), undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const leave = async () => {
    const leaving = manager
    manager = undefined
    const isOver = Promise.resolve(leaving?.destroy({ code: LEAVE_CODE, reason: 'Baton ends' })).catch(() => {})
    await Promise.race([isOver, sleep(1_000, undefined, { ref: false })])
  }

  return {
    start: () => {
      running ??= loop()
    },
    stop: async () => {
      stopping.abort()
      clearTimeout(pending)
      await leave()
      await running
    },
    health: () => {
      const lastHeardAgeMs = lastHeardAt === undefined ? null : Math.round(now() - lastHeardAt)
      return { ok: isReady && lastHeardAgeMs !== null && lastHeardAgeMs <= STALE_MS, lastHeardAgeMs }
    },
  }
}

const codeOf = (error: Error & { code?: unknown }): string =>
  typeof error.code === 'string' ? error.code : (/\b\d{3}\b/.exec(error.message)?.[0] ?? error.name)
