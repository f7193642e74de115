import type { Problem } from './problem.ts'
import type { Secrets } from './secrets.ts'
import type { Config } from './types.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|::ffff:127(\.\d{1,3}){3})$/i

/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/**
 * Whoever reaches the port can run code through Baton. On any other address than loopback it therefore starts only with
 * a token that the user chose and knows; the generated one would be guarded by nobody who knows that it matters.
 */
export function exposedWithoutToken(
  config: Pick<Config, 'http'>,
  secrets: Pick<Secrets, 'apiToken'>,
): Problem | undefined {
  const { enabled, host } = config.http
  if (!enabled || isLoopback(host) || secrets.apiToken) return undefined
  return {
    severity: 'error',
    file: 'config.yaml',
    message: `http would listen on ${host}, which others can reach, and API_TOKEN is not set`,
    hint: 'Set API_TOKEN in .env (openssl rand -hex 24), or leave the host at 127.0.0.1.',
  }
}
