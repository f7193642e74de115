import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { SocketModeClient } from '@slack/socket-mode'
import { backoffMs } from '../outbox/backoff.ts'
import { SlackCallError, slackTroubleOf, slackTroubleText } from './api-errors.ts'
import { clientOptions, type SlackAddress } from './connection.ts'

export interface SocketsOptions extends SlackAddress {
  appToken: string
  /**
   * What came, to be stored before this returns: it is acknowledged then, with what this gives for the person to read. A throw
   * leaves it unacknowledged, so that Slack sends it again where it can.
   */
  take: (type: string, body: unknown) => string | undefined
  onTakeError: (error: unknown) => void
  /** Heard again, after a time in which nothing was: at the start, too. */
  onHeard: () => void
  /** Called once when nothing is heard any more, or for another reason, and once (undefined) when that is over. */
  onTrouble: (text: string | undefined) => void
  /** Side by side, so that one is there while Slack renews the other. */
  count?: number
  /** After so long one is left while the other is there: of the same age, Slack would renew both at once. */
  apartMs?: number
  firstBackoffMs?: number
  maxBackoffMs?: number
}

export interface Sockets {
  start: () => void
  stop: () => Promise<void>
  health: () => { ok: boolean; lastHeardAgeMs: number | null }
  /** Leaves the sockets that seem to be deaf, and opens new ones. */
  renew: () => void
}

const START_MS = 15_000
/** Slack is slow to close; nobody waits for it. */
const CLOSE_MS = 1_000

const WATCH_MS = 500
/** Slack asks for a sign of life every few seconds. */
const STALE_MS = 30_000

/** Every frame that shows a socket to be alive. */
const FRAMES = ['undici:websocket:ping', 'undici:websocket:pong']

/**
 * Hears Slack through sockets of the official client, which only connects here: its own way to reconnect ends the process when
 * a token is revoked, waits ever longer after an outage, and is deaf for seconds each time Slack renews a socket.
 */
export function createSockets(options: SocketsOptions): Sockets {
  const {
    appToken,
    take,
    onTakeError,
    onHeard,
    onTrouble,
    count = 2,
    apartMs = 600_000,
    firstBackoffMs = 500,
    maxBackoffMs = 15_000,
  } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const open = new Set<SocketModeClient>()
  let lastHeardAt: number | undefined
  let told: string | undefined
  let running: Promise<unknown> | undefined
  const heard = () => {
    lastHeardAt = performance.now()
  }
  const tell = (text: string | undefined) => {
    if (text !== told) onTrouble(text)
    told = text
  }

  const connect = () => {
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      clientOptions: clientOptions(options),
      logger: clientOptions(options).logger as NonNullable<
        ConstructorParameters<typeof SocketModeClient>[0]
      >['logger'] & {},
    })
    client.on('ws_message', heard)
    client.on('slack_event', ({ type, body, ack }: { type: string; body: unknown; ack: Acknowledge }) => {
      try {
        const words = take(type, body)
        ack(words === undefined ? undefined : { text: words }).catch(onTakeError)
      } catch (error) {
        onTakeError(error)
      }
    })
    return client
  }

  /** One socket for as long as it lives, or as long as it is to live. */
  const live = async (longestMs?: number) => {
    const client = connect()
    // Slack may be slow to close what it asks to leave, and what is dead closes never: neither is waited for.
    const watch = setInterval(() => {
      if (client.websocket?.isActive() === false && open.has(client)) leave()
    }, WATCH_MS)
    let leave = () => {}
    let early: NodeJS.Timeout | undefined
    const gone = new Promise<void>((resolve) => {
      leave = resolve
      client.once('disconnected', () => resolve())
      client.on('ws_message', (data: unknown) => {
        if (typeof data === 'string' && isFarewell(data)) resolve()
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      await within(START_MS, client.start())
      if (signal.aborted) return
      const wasDeaf = open.size === 0
      open.add(client)
      heard()
      tell(undefined)
      if (wasDeaf) onHeard()
      // Not while it is the only one.
      if (longestMs !== undefined) early = setInterval(() => open.size > 1 && leave(), longestMs).unref()
      await gone
    } finally {
      clearInterval(watch)
      clearInterval(early)
      open.delete(client)
      await Promise.race([client.disconnect().catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })])
      client.removeAllListeners()
      // The client emits what still happens to it, and an error that nobody hears would end the process.
      client.on('error', () => {})
    }
  }

  const keepOpen = async (nth: number) => {
    let failures = 0
    let longestMs = nth === 0 ? undefined : apartMs * nth
    while (!signal.aborted) {
      try {
        await live(longestMs)
        failures = 0
        longestMs = undefined
      } catch (error) {
        failures++
        const trouble = slackTroubleOf(error)
        if (open.size === 0)
          tell(
            error instanceof SlackCallError || trouble.kind !== 'in-doubt'
              ? slackTroubleText(trouble)
              : `no socket to Slack (${trouble.code})`,
          )
        const waitMs =
          trouble.kind === 'flood'
            ? trouble.retryAfterMs
            : backoffMs(failures, { firstMs: firstBackoffMs, capMs: maxBackoffMs }, Math.random)
        await sleep(waitMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  return {
    start: () => {
      for (const name of FRAMES) subscribe(name, heard)
      running ??= Promise.all(Array.from({ length: count }, (_, nth) => keepOpen(nth)))
    },
    stop: async () => {
      stopping.abort()
      await running
      for (const name of FRAMES) unsubscribe(name, heard)
    },
    health: () => {
      const lastHeardAgeMs = lastHeardAt === undefined ? null : Math.round(performance.now() - lastHeardAt)
      // A socket may be open on this side alone.
      return { ok: open.size > 0 && lastHeardAgeMs !== null && lastHeardAgeMs <= STALE_MS, lastHeardAgeMs }
    },
    renew: () => {
      for (const client of open) client.disconnect().catch(() => {})
    },
  }
}

/** Slack asks to leave the socket. */
function isFarewell(data: string): boolean {
  try {
    return (JSON.parse(data) as { type?: unknown } | null)?.type === 'disconnect'
  } catch {
    return false
  }
}

type Acknowledge = (response?: Record<string, unknown>) => Promise<void>

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal, ref: false }).then(
    () => {
      throw new SlackCallError('Opening a socket', { kind: 'in-doubt', code: `nothing within ${ms / 1000} s` })
    },
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
    work.catch(() => {})
  }
}
