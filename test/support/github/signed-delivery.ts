import { createHmac, randomUUID } from 'node:crypto'

/** A delivery of a webhook, signed as GitHub does. */
export function signedDelivery(
  event: string,
  payload: unknown,
  secret: string,
  id: string = randomUUID(),
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(payload)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
  }
}
