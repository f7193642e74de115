import type { ConfigProblem } from './problem.ts'
import type { Secrets } from './secrets.ts'
import type { Config } from './types.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|::ffff:127(\.\d{1,3}){3})$/i

/** True for an address that only this machine can reach. */
const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/** Fewer characters than this can be guessed by who may try for as long as they like. */
const SHORTEST_PUBLIC_TOKEN = 16

const HOW = 'Set API_TOKEN in .env (openssl rand -hex 24), or leave the host at 127.0.0.1.'

/**
 * Whoever reaches the port can run code through Baton. On any other address than loopback it therefore starts only with
 * a token that the user chose and knows; the generated one would be guarded by nobody who knows that it matters. Where
 * others can reach it, also through a proxy in front of it, that token must not be one that can be guessed.
 */
export function exposedWithoutToken(
  config: Pick<Config, 'http'>,
  secrets: Pick<Secrets, 'apiToken'>,
): ConfigProblem | undefined {
  const { enabled, host, url } = config.http
  const { apiToken } = secrets
  if (!enabled) return undefined
  const problem = (message: string, hint: string): ConfigProblem => ({
    severity: 'error',
    file: 'config.yaml',
    message,
    hint,
  })
  if (!isLoopback(host) && !apiToken)
    return problem(`http would listen on ${host}, which others can reach, but API_TOKEN is not set`, HOW)
  const reached = isLoopback(host) ? publicHost(url) : host
  if (reached === undefined || !apiToken || apiToken.length >= SHORTEST_PUBLIC_TOKEN) return undefined
  return problem(
    `others can reach http at ${reached}, and API_TOKEN has fewer than ${SHORTEST_PUBLIC_TOKEN} characters`,
    'Put a longer one into .env: openssl rand -hex 24',
  )
}

/** The host of the public address, where that is not this machine alone. */
function publicHost(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const { hostname } = new URL(url)
  return isLoopback(hostname) ? undefined : hostname
}
