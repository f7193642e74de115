import type { Agent, IncomingMessage } from 'node:http'
import { request as requestSecure } from 'node:https'
import { Readable } from 'node:stream'

// Not by `import`: that would load what the module only hands out when asked for, a WebSocket among it, and 9 MB with it.
const { request: requestPlain } = process.getBuiltinModule('node:http')

/** The options of a request that grammY gives. */
interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | AsyncIterable<Uint8Array> | null
  signal?: AbortSignal | null
}

/** The parts of an answer that grammY and the download read. */
interface FetchAnswer {
  ok: boolean
  status: number
  /** Ends with an error when the answer breaks off midway; to be read or destroyed, or its connection stays taken. */
  body: Readable
  /** Throws with the status as its code when the answer is not JSON: what a proxy says is a page. */
  json: () => Promise<unknown>
}

/** Fetches an address; rejects with the system's error, which keeps its code. */
export type Fetch = (url: string, asked?: Asked) => Promise<FetchAnswer>

/**
 * Makes the little of `fetch` that the Bot API needs, over one agent. Node's own one hides on which side of the connection
 * a call failed, grammY's hangs when an answer breaks off midway, and each takes some 10 MB. Redirects are not followed: the
 * address holds the token.
 */
export function createFetch(agent: Agent): Fetch {
  return (url, { method = 'GET', headers = {}, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const open = url.startsWith('https:') ? requestSecure : requestPlain
      const all = { 'user-agent': 'Baton', ...headers }
      const request = open(url, { method, headers: all, agent, ...(signal && { signal }) })
      request.once('response', (response) => resolve(answered(response)))
      request.on('error', reject)
      if (typeof body !== 'object' || body === null) request.end(body)
      else
        Readable.from(body)
          .once('error', (error) => request.destroy(error))
          .pipe(request)
    })
}

function answered(response: IncomingMessage): FetchAnswer {
  const status = response.statusCode ?? 0
  return {
    ok: status >= 200 && status < 300,
    status,
    body: response,
    async json() {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      try {
        return JSON.parse(Buffer.concat(chunks).toString('utf8'))
      } catch {
        throw Object.assign(new Error('The answer is not JSON'), { code: `HTTP ${status}` })
      }
    },
  }
}
