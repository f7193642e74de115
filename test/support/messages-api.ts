import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ContentBlock, messageEvents, type Reply } from './messages-replies.ts'

/** One `POST /v1/messages` as the program sent it, with what a script decides on already picked out. */
export interface MessagesRequest {
  /** 1-based, counted over all requests that ask the model for the main conversation. */
  number: number
  headers: IncomingMessage['headers']
  body: MessagesBody
  /** The text of the last `user` message, system reminders left out; empty when it only holds tool results. */
  prompt: string
  /** The tool results of the last `user` message, as text. */
  toolResults: { toolUseId: string; text: string; isError: boolean }[]
}

interface MessagesBody {
  model: string
  stream?: boolean
  system?: unknown
  tools?: { name: string }[]
  messages: { role: string; content: string | ContentBlock[] }[]
}

/** Decides what the model says next. */
export type Script = (request: MessagesRequest) => Reply | Promise<Reply>

export interface MessagesApi extends AsyncDisposable {
  /** For `ANTHROPIC_BASE_URL`. */
  url: string
  /** Every request for the main conversation, in order. */
  requests: MessagesRequest[]
  /** Requests for side jobs such as titles; they are answered with a short text. */
  sideRequests: number
  /** What comes next is decided by this script. */
  use: (script: Script) => void
  close: () => Promise<void>
}

/**
 * A stand-in for the Messages API of Anthropic on loopback, to drive the real `claude` program without an account. It
 * answers `POST /v1/messages` with server-sent events as the script says, `HEAD /` with 200, and counts tokens by guess.
 */
export async function startMessagesApi(script: Script): Promise<MessagesApi> {
  let current = script
  const requests: MessagesRequest[] = []
  const api = { requests, sideRequests: 0 }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(JSON.stringify({ type: 'error', error: { type: 'api_error', message: `stand-in: ${error}` } }))
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://stand-in').pathname
    const body = await readBody(request)
    if (path === '/v1/messages/count_tokens')
      return sendJson(response, 200, { input_tokens: Math.ceil(body.length / 4) })
    if (path !== '/v1/messages') return sendJson(response, request.method === 'HEAD' ? 200 : 404, {})
    const parsed = JSON.parse(body) as MessagesBody
    if (isSideJob(parsed)) {
      api.sideRequests += 1
      return send(response, parsed, { kind: 'message', content: [{ type: 'text', text: 'ok' }] })
    }
    const asked = { number: requests.length + 1, headers: request.headers, body: parsed, ...lastTurn(parsed) }
    requests.push(asked)
    await send(response, parsed, await current(asked))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return Object.assign(api, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (next: Script) => {
      current = next
    },
    close,
    [Symbol.asyncDispose]: close,
  })
}

/** Side jobs (titles, summaries) come without the tools of the conversation. */
function isSideJob(body: MessagesBody): boolean {
  return (body.tools ?? []).length === 0
}

function lastTurn(body: MessagesBody): Pick<MessagesRequest, 'prompt' | 'toolResults'> {
  const last = body.messages.findLast((message) => message.role === 'user')
  if (last === undefined) return { prompt: '', toolResults: [] }
  if (typeof last.content === 'string') return { prompt: last.content, toolResults: [] }
  const prompt = last.content
    .flatMap((block) => (block.type === 'text' && !block.text.startsWith('<system-reminder>') ? [block.text] : []))
    .join('\n')
  const toolResults = last.content.flatMap((block) =>
    block.type === 'tool_result'
      ? [{ toolUseId: block.tool_use_id, text: textOf(block.content), isError: block.is_error === true }]
      : [],
  )
  return { prompt, toolResults }
}

function textOf(content: string | ContentBlock[] | undefined): string {
  if (content === undefined) return ''
  if (typeof content === 'string') return content
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
}

async function send(response: ServerResponse, body: MessagesBody, reply: Reply): Promise<void> {
  if (reply.kind === 'hang') return
  if (reply.kind === 'error') {
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
    return sendJson(response, reply.status, { type: 'error', error: { type: reply.type, message: reply.message } })
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for (const event of messageEvents(body.model, reply)) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  if (reply.stall !== true) response.end()
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stand_in' })
  response.end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
