import type { z } from 'zod'
import type { HttpDeps } from './deps.ts'
import type { health } from './schemas/overview.ts'

/** Whether everything that should be alive is. Without a bot, none can be dead. */
export function healthOf({
  health: ofRunner,
  telegramHealth,
  version,
}: Pick<HttpDeps, 'health' | 'telegramHealth' | 'version'>): z.output<typeof health> {
  const { worker, why } = ofRunner()
  const telegram = telegramHealth?.()
  const isOk = worker === 'ok' && telegram?.ok !== false
  return {
    status: isOk ? 'ok' : 'dead',
    version,
    worker,
    ...(why !== undefined && { why }),
    telegram: {
      ok: telegram?.ok ?? true,
      lastPollAgeMs: telegram?.lastPollAgeMs ?? null,
      configured: telegram !== undefined,
    },
  }
}
