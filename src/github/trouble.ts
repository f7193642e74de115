import { wasNeverSent } from '../network-errors.ts'
import { MINUTE_MS } from '../text/durations.ts'
import { GitHubError, type GitHubTrouble } from './errors.ts'

interface Failed {
  status?: number
  message: string
  name?: string
  cause?: unknown
  response?: { headers: Record<string, string | undefined> }
  request?: { method: string; url: string }
}

/** A 304: octokit throws it. */
export const isNotModified = (error: unknown): boolean => (error as Failed)?.status === 304

const LONGEST_WAIT_MS = 60 * MINUTE_MS

/** What a failed request means: for what happens next, and in words for people. */
export function gitHubTrouble(
  error: unknown,
  { isWrite, now, limitsInARow }: { isWrite: boolean; now: number; limitsInARow: number },
): GitHubError {
  if (error instanceof GitHubError) return error
  const failed = error as Failed
  const { status, response } = failed
  const what = failed.request ? `${failed.request.method} ${new URL(failed.request.url).pathname}` : 'a request'
  const make = (kind: GitHubTrouble, words: string, more: { retryAt?: number; isPermissionNamed?: boolean } = {}) =>
    new GitHubError(kind, words, {
      cause: error,
      ...(response && status !== undefined && { status }),
      ...more,
    })
  if (!response || status === undefined) {
    const why = `GitHub did not answer ${what}: ${failed.message}`
    return make(isWrite && !wasNeverSent(failed) ? 'lost' : 'unreachable', why)
  }
  const retryAt = limitedUntil(failed, { now, limitsInARow })
  if (retryAt !== undefined) return make('limited', `GitHub's limit of requests is reached (${what}).`, { retryAt })
  const said = `GitHub answered ${what} with ${status}: ${failed.message}`
  if (status >= 500) return make(isWrite ? 'lost' : 'failed', said)
  const permission = status === 403 ? permissionWords(response.headers['x-accepted-github-permissions']) : undefined
  if (permission !== undefined)
    return make('forbidden', `${said}. The token needs the permission ${permission}.`, { isPermissionNamed: true })
  return make(KINDS[status] ?? 'refused', said)
}

/** `issues=write; pull_requests=write` as the page for tokens calls them: sets of permissions, each of which is enough. */
function permissionWords(accepted: string | undefined): string | undefined {
  const sets = (accepted ?? '')
    .split(';')
    .map((set) =>
      [...set.matchAll(/([a-z_]{1,60})=(read|write|admin)/g)]
        .map(
          ([, name = '', access]) =>
            `“${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}: ${access}”`,
        )
        .join(' and '),
    )
  return sets.filter(Boolean).join(' or ') || undefined
}

const KINDS: Record<number, GitHubTrouble> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'missing',
  410: 'missing',
  405: 'not-allowed',
  409: 'conflict',
}

/** Until when nothing may be asked; undefined where no limit is meant. Continuing may get the account banned. */
function limitedUntil(
  { status, message, response }: Failed,
  { now, limitsInARow }: { now: number; limitsInARow: number },
): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const headers = response?.headers ?? {}
  const after = Number(headers['retry-after'])
  if (after > 0) return now + after * 1_000
  if (headers['x-ratelimit-remaining'] === '0')
    return Math.max(now + 1_000, Number(headers['x-ratelimit-reset']) * 1_000)
  const isLimit = status === 429 || /rate limit|abuse detection/i.test(message)
  return isLimit ? now + Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** limitsInARow) : undefined
}
