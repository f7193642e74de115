import { networkCause } from '../network-errors.ts'
/** What a request came to. */
export type PostResult = { status: number; retryAfter?: string } | { problem: string }

export interface PostPorts {
  fetch: typeof fetch
  timeoutMs: number
}

const REDIRECTS = new Set([301, 302, 307, 308])
const MOST_REDIRECTS = 3

/**
 * Posts `body` to `url`. Redirects are followed on the same host only: the body is for nobody else. What comes back is not
 * read. Never throws; `signal` ends it at once.
 */
export async function post(
  request: { url: string; headers: Record<string, string>; body: string },
  signal: AbortSignal,
  { fetch, timeoutMs }: PostPorts,
): Promise<PostResult> {
  const ended = new AbortController()
  const end = () => ended.abort()
  const timer = setTimeout(end, timeoutMs)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    let url = new URL(request.url)
    for (let hops = 0; ; hops++) {
      const response = await fetch(withoutLogin(url), {
        method: 'POST',
        headers: { ...request.headers, ...login(url) },
        body: request.body,
        redirect: 'manual',
        signal: ended.signal,
      })
      void response.body?.cancel().catch(() => undefined)
      const to = REDIRECTS.has(response.status) ? response.headers.get('location') : null
      if (to === null) return answerOf(response)
      const next = URL.canParse(to, url.href) ? new URL(to, url) : undefined
      if (!next || !isSameHost(url, next))
        return { problem: `redirects to ${next?.host ?? 'nowhere'}, which is not followed` }
      if (hops === MOST_REDIRECTS) return { problem: 'redirects again and again' }
      next.username = url.username
      next.password = url.password
      url = next
    }
  } catch (error) {
    return { problem: ended.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : networkCause(error) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

function answerOf({ status, headers }: Response): PostResult {
  const retryAfter = headers.get('retry-after') ?? headers.get('x-ratelimit-reset-after')
  return { status, ...(retryAfter !== null && { retryAfter }) }
}

/** The same host and port, or from http to https on the same host. */
function isSameHost(from: URL, to: URL): boolean {
  if (to.protocol === from.protocol) return to.host === from.host
  return from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname
}

/** A name and password in the address are not sent as part of it. */
function withoutLogin(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

function login({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(words).toString('base64')}` }
}
