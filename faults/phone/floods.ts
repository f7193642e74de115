import type { Call } from '../../test/support/bot-api/server.ts'

/** Two clocks of one machine, and a timer that may be a moment early. */
const TOLERANCE_MS = 5
/** Answers to taps go side by side: one may be on its way while another one's refusal is, on a machine that is busy. */
const ON_THE_WAY_MS = 300

interface Refusal {
  at: number
  until: number
}

/** Calls to the same chat (or, where there is none, of the same method) that came before a `retry_after` was over. */
export function earlyCalls(calls: readonly Call[]): string[] {
  const refusals = Map.groupBy(calls.filter(isRefused), keyOf)
  return calls.flatMap((call) => {
    const graceMs = call.params.chat_id === undefined ? ON_THE_WAY_MS : 0
    const broken = (refusals.get(keyOf(call)) ?? [])
      .map(refusalOf)
      .find(({ at, until }) => call.at > at + graceMs && call.at < until - TOLERANCE_MS)
    if (!broken) return []
    const early = Math.round(broken.until - call.at)
    return [`${call.method} came ${early} ms before its retry_after was over (${keyOf(call)})`]
  })
}

const isRefused = ({ status, endedAt }: Call) => status === 429 && endedAt !== undefined

const keyOf = ({ method, params }: Call) => (params.chat_id === undefined ? method : `chat ${String(params.chat_id)}`)

function refusalOf({ endedAt = 0, description = '' }: Call): Refusal {
  const [, seconds = '0'] = /retry after (\d+)/.exec(description) ?? []
  return { at: endedAt, until: endedAt + Number(seconds) * 1_000 }
}
