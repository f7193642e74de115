import type { BatonEvent } from '../../core/types.ts'
import type { Teller } from './teller.ts'

/** One JSON object a line on `out`, and nothing else there; remarks go to `diagnostics`. */
export function jsonTeller(ports: {
  out: (line: string) => void
  diagnostics: (text: string) => void
  redactValue: (value: unknown) => unknown
}): Teller {
  return {
    event: (event: BatonEvent) => ports.out(JSON.stringify(ports.redactValue(event))),
    note: ports.diagnostics,
    say: ports.diagnostics,
    close: () => undefined,
  }
}
