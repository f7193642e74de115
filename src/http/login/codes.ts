import { randomBytes } from 'node:crypto'
import type { Actor } from '../../core/types.ts'
import { sha256 } from '../../text/sha256.ts'

/** How long a one-time link can be used, and how many may be open at once. */
const CODE_LIFE_MS = 10 * 60_000
const MOST_OPEN = 20

/** One-time codes, in memory only: a restart ends them, and a new one is a command away. */
export interface LoginCodes {
  /** A new code for a person; the oldest open one goes when there are too many. */
  issue: (by: Actor) => string
  /** Whom the code was for, once; undefined for a wrong, used or old one. */
  redeem: (code: string) => Actor | undefined
}

/** Only digests of the codes are kept. */
export function createLoginCodes(now: () => number): LoginCodes {
  const open = new Map<string, { by: Actor; until: number }>()
  return {
    issue(by) {
      const code = randomBytes(24).toString('base64url')
      for (const digest of [...open.keys()].slice(0, Math.max(0, open.size - MOST_OPEN + 1))) open.delete(digest)
      open.set(sha256(code), { by, until: now() + CODE_LIFE_MS })
      return code
    },
    redeem(code) {
      const digest = sha256(code)
      const found = open.get(digest)
      open.delete(digest)
      return found && now() < found.until ? found.by : undefined
    },
  }
}
