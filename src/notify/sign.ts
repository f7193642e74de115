import { createHmac } from 'node:crypto'

/**
 * Proves to a receiver who sent a request, and when: HMAC-SHA256 over `<timestamp>.<body>`, hex, as GitHub and Stripe do
 * it. `timestamp` is in seconds; a receiver refuses old ones.
 */
export function signature(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
