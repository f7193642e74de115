import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from 'grammy/web'
import { BOT_COMMANDS } from '../chat/render/help.ts'
import { troubleOf } from './api-errors.ts'
import { backoffMs } from './backoff.ts'
import { withDeadline } from './deadline.ts'

const TIMEOUT_MS = 10_000
const BACKOFF = { firstMs: 2_000, capMs: 300_000 }

/** Puts the commands into the client's menu; tries until it worked or `stopping` ends it. Never throws. */
export async function registerCommands(api: Api, stopping: AbortSignal): Promise<void> {
  const commands = BOT_COMMANDS.map(({ command, description }) => ({ command, description }))
  for (let failures = 1; !stopping.aborted; failures++) {
    try {
      await withDeadline(stopping, TIMEOUT_MS, (signal) => api.setMyCommands(commands, {}, signal))
      return
    } catch (error) {
      const trouble = troubleOf(error)
      const waitMs = trouble.kind === 'flood' ? trouble.retryAfterMs : backoffMs(failures, BACKOFF, Math.random)
      await sleep(waitMs, undefined, { signal: stopping, ref: false }).catch(() => {})
    }
  }
}
