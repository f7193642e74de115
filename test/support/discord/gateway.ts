import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { APPLICATION, BOT, GUILD } from './world.ts'

interface Session {
  id: string
  seq: number
  /** Everything that was sent, to be sent again after a resume. */
  events: { t: string; d: object; s: number }[]
  intents: number
  socket?: WebSocket
  isOver?: true
}

/** The bits that need a switch on the developer page: members, presences, content. */
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
const ALL_INTENTS = 0x3_1f_ff_ff
const CONTENT = 1 << 15

/** Which intent an event needs, in a guild and in private. */
const NEEDS: Record<string, [guild: number, direct: number]> = {
  MESSAGE_CREATE: [1 << 9, 1 << 12],
  MESSAGE_UPDATE: [1 << 9, 1 << 12],
  MESSAGE_DELETE: [1 << 9, 1 << 12],
  MESSAGE_REACTION_ADD: [1 << 10, 1 << 13],
}

export interface GatewayOptions {
  token: () => string
  url: () => string
  heartbeatMs: number
  mayReadContent: () => boolean
}

/** The gateway: hello, identify, resume, heartbeats and the codes that it closes with. */
export function createGateway(http: Server, { token, url, heartbeatMs, mayReadContent }: GatewayOptions) {
  const server = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket, head) => {
    if (!isOpen || !request.url?.startsWith('/gateway')) return socket.destroy()
    server.handleUpgrade(request, socket, head, (one) => connected(one))
  })
  const sessions = new Map<string, Session>()
  const counts = { identifies: 0, resumes: 0, refused: 0, connections: 0 }
  let isOpen = true
  let acks = true
  let identifiesLeft = 1_000

  const send = (socket: WebSocket, payload: object) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ t: null, s: null, d: null, ...payload }))
  }
  const dispatch = (session: Session, t: string, d: object) => {
    const event = { t, d, s: ++session.seq }
    session.events.push(event)
    if (session.socket) send(session.socket, { op: 0, ...event })
  }

  const connected = (socket: WebSocket) => {
    counts.connections++
    let session: Session | undefined
    send(socket, { op: 10, d: { heartbeat_interval: heartbeatMs } })
    socket.on('close', (code) => {
      if (!session) return
      // A resumed session has another one already.
      if (session.socket === socket) delete session.socket
      // Said good-bye: there is nothing to resume.
      if (code === 1000 || code === 1001) session.isOver = true
    })
    socket.on('message', (data) => {
      let payload: { op: number; d: Record<string, unknown> }
      try {
        payload = JSON.parse(String(data))
      } catch {
        return socket.close(4002, 'Decode error')
      }
      const { op, d } = payload
      if (op === 1) {
        if (acks) send(socket, { op: 11 })
        return
      }
      if (op === 2) {
        if (session) return socket.close(4005, 'Already authenticated')
        session = identify(socket, d)
        return
      }
      if (op === 6) {
        if (session) return socket.close(4005, 'Already authenticated')
        session = resume(socket, d)
        return
      }
      if (!session) return socket.close(4003, 'Not authenticated')
      if (op !== 3 && op !== 8) socket.close(4001, 'Unknown opcode')
    })
  }

  const identify = (socket: WebSocket, d: Record<string, unknown>): Session | undefined => {
    counts.identifies++
    identifiesLeft--
    const refuse = (code: number, reason: string) => {
      counts.refused++
      socket.close(code, reason)
      return undefined
    }
    if (d.token !== token()) return refuse(4004, 'Authentication failed.')
    const intents = Number(d.intents)
    if (!Number.isInteger(intents) || (intents & ~ALL_INTENTS) !== 0) return refuse(4013, 'Invalid intent(s).')
    if ((intents & PRIVILEGED & ~(mayReadContent() ? CONTENT : 0)) !== 0) return refuse(4014, 'Disallowed intent(s).')
    const session: Session = { id: randomUUID().replaceAll('-', ''), seq: 0, events: [], intents, socket }
    sessions.set(session.id, session)
    dispatch(session, 'READY', {
      v: 10,
      user: { id: BOT, username: 'baton', bot: true },
      session_id: session.id,
      resume_gateway_url: url(),
      guilds: [{ id: GUILD, unavailable: true }],
      application: { id: APPLICATION, flags: 0 },
    })
    dispatch(session, 'GUILD_CREATE', { id: GUILD, name: 'Acme', unavailable: false })
    return session
  }
  const resume = (socket: WebSocket, d: Record<string, unknown>): Session | undefined => {
    counts.resumes++
    const session = sessions.get(String(d.session_id))
    if (d.token !== token()) {
      socket.close(4004, 'Authentication failed.')
      return undefined
    }
    if (!session || session.isOver) {
      send(socket, { op: 9, d: false })
      return undefined
    }
    const seq = Number(d.seq)
    if (!Number.isInteger(seq) || seq > session.seq || seq < 0) {
      socket.close(4007, 'Invalid seq.')
      return undefined
    }
    session.socket?.close(4000)
    session.socket = socket
    for (const event of session.events.filter(({ s }) => s > seq)) send(socket, { op: 0, ...event })
    dispatch(session, 'RESUMED', {})
    // What a client that has resumed sends next is judged as this session's.
    return session
  }

  return {
    counts,
    identifiesLeft: () => identifiesLeft,
    /** Something happened; each session hears what it asked for. */
    emit: (t: string, d: object) => {
      const { guild_id: guildId } = d as { guild_id?: string }
      for (const session of sessions.values()) {
        if (session.isOver) continue
        const needed = NEEDS[t]?.[guildId === undefined ? 1 : 0] ?? 0
        if ((session.intents & needed) !== needed) continue
        dispatch(session, t, withoutContent(t, d, session.intents))
      }
    },
    /** Every connection ends in this way; `undefined`: without a word. */
    drop: (code?: number) => {
      for (const { socket } of sessions.values()) {
        if (code === undefined) socket?.terminate()
        else socket?.close(code)
      }
    },
    /** Discord asks its clients to connect again, as it does several times a day. */
    askToReconnect: () => {
      for (const { socket } of sessions.values()) if (socket) send(socket, { op: 7 })
    },
    /** No session can be resumed any more. */
    forget: () => {
      for (const session of sessions.values()) session.isOver = true
    },
    freeze: (frozen: boolean) => {
      acks = !frozen
    },
    /** New connections are refused, and those that are open are cut unless told otherwise. */
    setOpen: (open: boolean, cuts = true) => {
      isOpen = open
      if (!open && cuts) for (const client of server.clients) client.terminate()
    },
    setIdentifiesLeft: (left: number) => {
      identifiesLeft = left
    },
    /** Sessions with a connection. */
    listeners: () => [...sessions.values()].filter(({ socket, isOver }) => socket?.readyState === 1 && !isOver).length,
    isConnected: () => [...sessions.values()].some(({ socket, isOver }) => socket?.readyState === 1 && !isOver),
    close: () => {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

/** Without the intent, words come only in private, where the bot is mentioned, and of its own. */
function withoutContent(t: string, d: object, intents: number): object {
  const message = d as { guild_id?: string; author?: { id: string }; mentions?: { id: string }[] }
  const isMessage = t === 'MESSAGE_CREATE' || t === 'MESSAGE_UPDATE'
  if (!isMessage || (intents & CONTENT) !== 0 || message.guild_id === undefined) return d
  if (message.author?.id === BOT || message.mentions?.some(({ id }) => id === BOT)) return d
  return { ...d, content: '', embeds: [], attachments: [], components: [] }
}
