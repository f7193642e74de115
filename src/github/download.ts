/** From where something is fetched, and how much of it at most. */
export interface Download {
  /** The server that is asked first, as people see it: `https://github.com`. */
  server: string
  /** Sent to that server alone. */
  token?: string | undefined
  /** Ends of host names (`.githubusercontent.com`) that may be asked without the token. */
  hosts: readonly string[]
  maxBytes: number
  signal?: AbortSignal
}

const MOST_REDIRECTS = 3
const TIMEOUT_MS = 20_000

/**
 * Fetches an address that somebody wrote, from GitHub's own hosts only: each hop is looked at before it is asked, so that nothing
 * of the machine's own network ever is. Undefined where it may not be asked, is not there, or is larger.
 */
export async function download(
  address: string,
  { server, token, hosts, maxBytes, signal }: Download,
): Promise<Buffer | undefined> {
  let url = safeUrl(address, server, hosts)
  for (let hop = 0; url !== undefined && hop <= MOST_REDIRECTS; hop++) {
    const isServer = url.origin === server
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'user-agent': 'baton', ...(isServer && token !== undefined && { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
    })
    const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
    if (next === null && response.ok) return bounded(response, maxBytes)
    await response.body?.cancel()
    if (next === null) return undefined
    url = URL.canParse(next, url.href) ? safeUrl(new URL(next, url).href, server, hosts) : undefined
  }
  return undefined
}

function safeUrl(address: string, server: string, hosts: readonly string[]): URL | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return undefined
  if (url.origin === server) return url
  const isKnown =
    url.protocol === 'https:' &&
    url.port === '' &&
    hosts.some((end) => url.hostname === end || (end.startsWith('.') && url.hostname.endsWith(end)))
  return isKnown ? url : undefined
}

/** Whole, or not at all. */
async function bounded(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) {
      await response.body?.cancel().catch(() => undefined)
      return undefined
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
