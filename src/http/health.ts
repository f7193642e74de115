import type { z } from 'zod'
import type { HttpDeps } from './deps.ts'
import type { health } from './schemas/overview.ts'

/** Whether everything that should be alive is. What is not configured cannot be dead. */
export function healthOf({
  health: ofRunner,
  chatHealth,
  version,
}: Pick<HttpDeps, 'health' | 'chatHealth' | 'version'>): z.output<typeof health> {
  const { worker, why } = ofRunner()
  const chats = chatHealth?.() ?? {}
  const { telegram, slack, discord } = chats
  const isOk = worker === 'ok' && Object.values(chats).every(({ ok }) => ok)
  return {
    status: isOk ? 'ok' : 'dead',
    version,
    worker,
    ...(why !== undefined && { why }),
    telegram: {
      ok: telegram?.ok ?? true,
      lastPollAgeMs: telegram?.lastHeardAgeMs ?? null,
      configured: telegram !== undefined,
    },
    ...(slack && { slack }),
    ...(discord && { discord }),
  }
}
