import { type RawFile, REST, type RequestMethod } from '@discordjs/rest'
import { DiscordError, discordTroubleOf } from './api-errors.ts'

export interface DiscordServer {
  token: string
  /** Default: Discord's own. */
  apiUrl?: string
}

/** One call to the REST API. */
export interface DiscordCall {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** As in discord-api-types' Routes. */
  route: string
  query?: URLSearchParams
  body?: unknown
  files?: { name: string; content: Buffer }[]
  /** False: the address itself is the right to call it. */
  hasToken?: boolean
}

/** Makes calls; each once, and what it throws is a DiscordError. */
export interface DiscordConnection {
  call: <T>(call: DiscordCall, signal?: AbortSignal) => Promise<T>
  /** For the gateway, which asks it where to connect to. */
  rest: REST
}

const TIMEOUT_MS = 30_000
/** Discord bans an address for 10,000 refusals (401, 403, 429) in ten minutes; long before that nothing is sent any more. */
const MOST_REFUSALS = 2_000
const REFUSALS_WITHIN_MS = 600_000

/** Connects to Discord's REST API: nothing is repeated or queued here, the stored deliveries do that. */
export function connectDiscord(
  { token, apiUrl }: DiscordServer,
  { now = () => performance.now(), mostRefusals = MOST_REFUSALS }: { now?: () => number; mostRefusals?: number } = {},
): DiscordConnection {
  const rest = new REST({
    version: '10',
    retries: 0,
    rejectOnRateLimit: () => true,
    timeout: TIMEOUT_MS,
    ...(apiUrl !== undefined && { api: apiUrl.replace(/\/+$/, '') }),
  }).setToken(token)
  let refusals: number[] = []
  const noteRefusal = () => {
    refusals = [...refusals.filter((at) => at > now() - REFUSALS_WITHIN_MS), now()]
  }
  const call = async <T>({ method, route, query, body, files, hasToken = true }: DiscordCall, signal?: AbortSignal) => {
    const name = `${method} ${shape(route)}`
    const oldest = refusals.at(-mostRefusals)
    const waitMs = oldest === undefined ? 0 : oldest + REFUSALS_WITHIN_MS - now()
    if (waitMs > 0) throw new DiscordError(name, { kind: 'flood', retryAfterMs: waitMs })
    try {
      return (await rest.request({
        method: method as RequestMethod,
        fullRoute: route as `/${string}`,
        auth: hasToken,
        ...(query && { query }),
        ...(body !== undefined && { body }),
        ...(files && { files: files.map(({ name: file, content }): RawFile => ({ name: file, data: content })) }),
        ...(signal && { signal }),
      })) as T
    } catch (error) {
      const trouble = discordTroubleOf(error)
      const isRefused = trouble.kind === 'flood' || (trouble.kind === 'refused' && trouble.status === 403)
      if (isRefused || trouble.kind === 'unauthorized') noteRefusal()
      // The library forgets a token that was refused once.
      if (trouble.kind === 'unauthorized') rest.setToken(token)
      throw new DiscordError(name, trouble)
    }
  }
  return { call, rest }
}

/** The kind of address, without ids and tokens. */
const shape = (route: string): string => route.replace(/\/(\d{5,}|[\w-]{40,})/g, '/…')
