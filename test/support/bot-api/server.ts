import type { IncomingMessage, ServerResponse } from 'node:http'
import { accountMethods } from './account.ts'
import { createChats } from './chats.ts'
import type { Conversation } from './conversation.ts'
import { editingMethods } from './editing.ts'
import { ApiError, tooManyRequests } from './errors.ts'
import { createFaults, type Ending, type Faults, underTrouble } from './faults.ts'
import { createFileStore } from './files.ts'
import { createLimiter, type Limiter, type Limits } from './limits.ts'
import { listen } from './listener.ts'
import { readParams } from './params.ts'
import { createPerson, type Person } from './people.ts'
import { sendingMethods } from './sending.ts'
import { createUpdateQueue, type UpdateQueue } from './updates.ts'
import type { Method, World } from './world.ts'

export interface BotApiOptions {
  token?: string
  /** Epoch milliseconds; default the system's clock. Decides dates and the 24 hours that updates wait. */
  now?: () => number
  limits?: Limits
  /** How long a tap can be answered; default 15 s. */
  tapLifeMs?: number
  firstUpdateId?: number
  /** In the place of faults that are counted: a storm of your own making. */
  faults?: Faults
}

/** A call as it arrived, with what became of it. Times are monotonic milliseconds, for intervals. */
export interface Call {
  method: string
  params: Record<string, unknown>
  at: number
  endedAt?: number
  /** 0 when the connection was broken instead of an answer. */
  status?: number
  description?: string
}

export interface BotApi {
  /** For `apiRoot`. */
  root: string
  token: string
  calls: Call[]
  faults: Faults
  limiter: Limiter
  updates: UpdateQueue
  world: World
  /** A person with a private chat; `started: false`: who never wrote to the bot. */
  person: (who: { id: number; name: string; username?: string; started?: boolean }) => Person
  /** A group or supergroup (ids below -100…) with the bot in it. */
  group: (chat: { id: number; title: string; type?: 'group' | 'supergroup' }) => void
  conversation: (chatId: number) => Conversation
  /** Calls of one method. */
  callsTo: (method: string) => Call[]
  /** Nobody listens any more (ECONNREFUSED), and every connection is cut. */
  away: () => Promise<void>
  back: () => Promise<void>
  close: () => Promise<void>
}

/** Starts a strict stand-in of the Bot API on loopback. */
export async function startBotApi(options: BotApiOptions = {}): Promise<BotApi> {
  const token = options.token ?? '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
  const now = options.now ?? Date.now
  const bot = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Baton', username: 'baton_test_bot' }
  const world: World = {
    bot,
    now,
    chats: createChats(bot, now),
    files: createFileStore(),
    updates: createUpdateQueue(now, options.firstUpdateId ?? 870_000_001),
    limiter: createLimiter(options.limits ?? {}, () => performance.now()),
    taps: new Map(),
    tapLifeMs: options.tapLifeMs ?? 15_000,
    webhookUrl: '',
    commands: new Map(),
  }
  const methods = new Map<string, Method>(
    Object.entries({ ...accountMethods(world), ...sendingMethods(world), ...editingMethods(world) }).map(
      ([name, method]) => [name.toLowerCase(), method],
    ),
  )
  const faults = options.faults ?? createFaults()
  const calls: Call[] = []

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname)
    if (file) return download(world, response, file[1] === token, file[2] as string)
    const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? []
    const call: Call = { method, params: {}, at: performance.now() }
    calls.push(call)
    const body = await readBody(request)
    const trouble = faults.next(method)
    const run = async () => {
      if (given !== token) throw new ApiError(401, 'Unauthorized')
      const params = readParams(url.searchParams, request.headers['content-type'] ?? '', body)
      call.params = params.values
      if (trouble?.kind === 'flood') throw tooManyRequests(trouble.retryAfterS)
      const found = methods.get(method.toLowerCase())
      if (!found) throw new ApiError(404, 'Not Found: method not found')
      return found(params, gone.signal)
    }
    const outcome = await underTrouble(trouble, run)
    call.endedAt = performance.now()
    respond(response, outcome, call)
  }

  const listener = await listen((request, response) => void answer(request, response))

  return {
    root: `http://127.0.0.1:${listener.port}`,
    token,
    calls,
    faults,
    limiter: world.limiter,
    updates: world.updates,
    world,
    person: ({ started = true, ...who }) => {
      if (!world.chats.get(who.id)) world.chats.add({ id: who.id, type: 'private', title: who.name, started })
      return createPerson(world, who)
    },
    group: ({ type = 'group', ...chat }) => void world.chats.add({ ...chat, type }),
    conversation: world.chats.conversation,
    callsTo: (method) => calls.filter((call) => call.method.toLowerCase() === method.toLowerCase()),
    away: listener.away,
    back: listener.back,
    close: listener.away,
  }
}

function respond(
  response: ServerResponse,
  outcome: { result?: unknown; error?: unknown; ending: Ending },
  call: Call,
): void {
  const { ending, error } = outcome
  if (ending === 'reset') {
    call.status = 0
    response.socket?.resetAndDestroy()
    return
  }
  if (ending === 'silence') return
  if (typeof ending === 'object') {
    call.status = ending.garbage
    response
      .writeHead(ending.garbage, { 'content-type': 'text/html' })
      .end('<html><body><h1>Bad Gateway</h1></body></html>')
    return
  }
  if (error !== undefined && !(error instanceof ApiError)) throw error
  const status = error?.code ?? 200
  call.status = status
  if (error) call.description = error.description
  const body = error
    ? {
        ok: false,
        error_code: status,
        description: error.description,
        ...(error.parameters && { parameters: error.parameters }),
      }
    : { ok: true, result: outcome.result }
  const words = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': words.length })
  if (ending !== 'half') return void response.end(words)
  call.status = 0
  response.write(words.subarray(0, words.length / 2), () => response.socket?.destroy())
}

function download(world: World, response: ServerResponse, allowed: boolean, path: string): void {
  const file = allowed ? world.files.byPath(path) : undefined
  if (file) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes)
  else response.writeHead(404).end()
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
