import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'

/** A socket of an app, as Slack sees it. */
interface Line {
  socket: WebSocket
  /** Slack has said that it will be closed: nothing new goes there. */
  isLeaving: boolean
  /** It is open, and nothing gets through any more. */
  isFrozen: boolean
  /** It answers pings, and gets no events. */
  isDeaf: boolean
}

export interface EventTimes {
  /** What is not acknowledged by then has not arrived. */
  ackMs: number
  /** Events are sent again after these; taps, commands and windows never. */
  retriesMs: readonly number[]
  pingMs: number
}

export const SLACKS_TIMES: EventTimes = { ackMs: 3_000, retriesMs: [0, 60_000, 300_000], pingMs: 5_000 }

/** What was sent, and what became of it. */
export interface Sent {
  type: string
  envelopeId: string
  eventId?: string
  payload: Record<string, unknown>
  retry: number
  at: number
  ackedAt?: number
  response?: Record<string, unknown>
}

/** Brings events to the sockets of an app: once each if they are acknowledged, else again where Slack does that. */
export function createEvents(times: EventTimes) {
  const lines = new Set<Line>()
  const sent: Sent[] = []
  const waiting = new Map<string, (response: Record<string, unknown>) => void>()
  const stopping = new AbortController()
  let nextId = 0
  let turn = 0
  let dropsAcks = 0

  const ready = () => [...lines].filter((line) => line.socket.readyState === 1 && !line.isLeaving && !line.isDeaf)

  const once = async (
    type: string,
    payload: Record<string, unknown>,
    retry: number,
    eventId?: string,
  ): Promise<Sent | undefined> => {
    const open = ready()
    const line = open[turn++ % Math.max(1, open.length)]
    if (!line) return undefined
    const envelopeId = `envelope-${++nextId}`
    const record: Sent = {
      type,
      envelopeId,
      payload,
      retry,
      at: performance.now(),
      ...(eventId !== undefined && { eventId }),
    }
    sent.push(record)
    const acked = new Promise<boolean>((resolve) => {
      waiting.set(envelopeId, (response) => {
        record.ackedAt = performance.now()
        record.response = response
        resolve(true)
      })
    })
    if (!line.isFrozen) {
      const more =
        retry > 0 ? { retry_attempt: retry, retry_reason: 'timeout' } : { retry_attempt: 0, retry_reason: '' }
      line.socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          type,
          payload,
          accepts_response_payload: type === 'slash_commands',
          ...(type === 'events_api' && more),
        }),
      )
    }
    const isThere = await Promise.race([
      acked,
      sleep(times.ackMs, false, { signal: stopping.signal }).catch(() => false),
    ])
    waiting.delete(envelopeId)
    return isThere ? record : undefined
  }

  return {
    sent,
    lines: () => lines.size,
    /** Those that get through: one that is half open stays for long. */
    listening: () => ready().filter(({ isFrozen }) => !isFrozen).length,
    /** A socket is opened by the app. */
    opened: (socket: WebSocket) => {
      const line: Line = { socket, isLeaving: false, isFrozen: false, isDeaf: false }
      lines.add(line)
      socket.send(JSON.stringify({ type: 'hello', num_connections: lines.size, connection_info: { app_id: 'A1' } }))
      const timer = setInterval(() => {
        if (!line.isFrozen) socket.ping()
      }, times.pingMs)
      socket.on('message', (data) => {
        const { envelope_id: id, payload } = JSON.parse(String(data)) as {
          envelope_id: string
          payload?: Record<string, unknown>
        }
        // Acknowledgements get lost, too.
        if (dropsAcks > 0) {
          dropsAcks--
          return
        }
        waiting.get(id)?.(payload ?? {})
      })
      socket.on('close', () => {
        clearInterval(timer)
        lines.delete(line)
      })
      socket.on('error', () => {})
    },
    /** An event: sent again until it is acknowledged, under the same id and in a new envelope. */
    event: async (event: Record<string, unknown>, eventId = `Ev${++nextId}`) => {
      const payload = { type: 'event_callback', event_id: eventId, event_time: 1, team_id: 'T1', event }
      if (await once('events_api', payload, 0, eventId)) return true
      for (const [i, waitMs] of times.retriesMs.entries()) {
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
        if (stopping.signal.aborted) return false
        if (await once('events_api', payload, i + 1, eventId)) return true
      }
      return false
    },
    /** A tap, a command or a window: once or never. Gives what the app said; undefined: the person sees an error. */
    act: (type: 'interactive' | 'slash_commands', payload: Record<string, unknown>) => once(type, payload, 0),
    /** Slack renews a socket: it asks to leave it, and sends nothing more there. */
    refresh: (nth = 0) => {
      const line = [...lines][nth]
      if (!line) return
      line.isLeaving = true
      line.socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'wss' } }))
    },
    cut: () => {
      for (const { socket } of lines) socket.terminate()
    },
    freeze: () => {
      for (const line of lines) {
        line.isFrozen = true
        line.socket.pause()
      }
    },
    deafen: () => {
      for (const line of lines) line.isDeaf = true
    },
    /** The next acknowledgements never arrive. */
    dropAcks: (count: number) => {
      dropsAcks = count
    },
    stop: () => {
      stopping.abort()
      for (const { socket } of lines) socket.terminate()
    },
  }
}

export type Events = ReturnType<typeof createEvents>
