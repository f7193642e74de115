import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { HttpFailure } from './failure.ts'

const SHAPE = /^[\x21-\x7e]{1,255}$/

/** What makes a repeated request one command. */
export interface Idempotency {
  /** Under which the command is stored. */
  key: string
  /** Digest of the request: the same key with another request is refused. */
  about: string
}

/** The key of a request and a digest of the request; undefined without one. Throws HttpFailure for a key that cannot be one. */
export function idempotencyOf(
  { headers }: Pick<IncomingMessage, 'headers'>,
  request: { route: string; params: unknown; body: unknown },
): Idempotency | undefined {
  const given = headers['idempotency-key']
  if (given === undefined) return undefined
  if (typeof given !== 'string' || !SHAPE.test(given))
    throw new HttpFailure(400, 'invalid', 'Idempotency-Key must be 1 to 255 printable characters without spaces.')
  return { key: `http:${given}`, about: digestOf(request) }
}

/** The same for the same JSON, in whatever order; a secret is not part of what is wanted, and changes now and then. */
function digestOf({ route, params, body }: { route: string; params: unknown; body: unknown }): string {
  const { secret: _, ...wanted } = (body ?? {}) as Record<string, unknown>
  return createHash('sha256')
    .update(JSON.stringify(sorted({ route, params, wanted })))
    .digest('base64url')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([name, inner]) => [name, sorted(inner)])
}
