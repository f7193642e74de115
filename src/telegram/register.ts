import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from 'grammy/web'
import { backoffMs } from '../outbox/backoff.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { troubleOf } from './api-errors.ts'
import { signalFor } from './call-signal.ts'

const TIMEOUT_MS = 10_000
const BACKOFF = { firstMs: 2_000, capMs: 300_000 }

/** A line of the client's menu. */
export interface MenuEntry {
  command: string
  description: string
}

/** Puts the commands into the client's menu; tries until it worked or `stopping` ends it. Never throws. */
export async function registerCommands(api: Api, menu: readonly MenuEntry[], stopping: AbortSignal): Promise<void> {
  const commands = menu.map(({ command, description }) => ({ command, description }))
  for (let failures = 1; !stopping.aborted; failures++) {
    try {
      await withDeadline(stopping, TIMEOUT_MS, (signal) => api.setMyCommands(commands, {}, signalFor(signal)))
      return
    } catch (error) {
      const trouble = troubleOf(error)
      const waitMs = trouble.kind === 'flood' ? trouble.retryAfterMs : backoffMs(failures, BACKOFF, Math.random)
      await sleep(waitMs, undefined, { signal: stopping, ref: false }).catch(() => {})
    }
  }
}
