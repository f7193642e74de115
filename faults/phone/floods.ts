import type { Call } from '../../test/support/bot-api/server.ts'

/** Two clocks of one machine, and a timer that may be a moment early. */
const TOLERANCE_MS = 5

/** Calls to the same chat (or, where there is none, of the same method) that came before a `retry_after` was over. */
export function earlyCalls(calls: readonly Call[]): string[] {
  const freeAt = new Map<string, number>()
  const faults: string[] = []
  const sorted = calls.flatMap((call) => [
    { at: call.at, call, is: 'begun' as const },
    ...(call.status === 429 && call.endedAt !== undefined ? [{ at: call.endedAt, call, is: 'refused' as const }] : []),
  ])
  for (const { at, call, is } of sorted.sort((one, other) => one.at - other.at)) {
    const key = call.params.chat_id === undefined ? call.method : `chat ${String(call.params.chat_id)}`
    const free = freeAt.get(key) ?? 0
    if (is === 'begun') {
      const early = Math.round(free - at)
      if (early > TOLERANCE_MS) faults.push(`${call.method} came ${early} ms before its retry_after was over (${key})`)
    } else {
      const [, seconds = '0'] = /retry after (\d+)/.exec(call.description ?? '') ?? []
      freeAt.set(key, Math.max(free, at + Number(seconds) * 1_000))
    }
  }
  return faults
}
