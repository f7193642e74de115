import type { IncomingMessage } from 'node:http'
import { HttpFailure } from './failure.ts'

const SHAPE = /^[\x21-\x7e]{1,255}$/

/**
 * The key under which an act is stored, each route with a space of its own: the same request again gives the first
 * answer and does nothing more. Throws HttpFailure for a key that cannot be one.
 */
export function keyOf({ headers }: Pick<IncomingMessage, 'headers'>, route: string): string | undefined {
  const given = headers['idempotency-key']
  if (given === undefined) return undefined
  if (typeof given !== 'string' || !SHAPE.test(given))
    throw new HttpFailure(400, 'invalid', 'Idempotency-Key must be 1 to 255 printable characters without spaces.')
  return `http:${route}:${given}`
}
