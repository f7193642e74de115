import type { BatonEvent } from '../../core/types.ts'
import type { RunReporter } from './run-reporter.ts'

/** One JSON object a line on `out`, and nothing else there; remarks go to `diagnostics`. */
export function jsonReporter(ports: {
  out: (line: string) => void
  diagnostics: (text: string) => void
  redactValue: (value: unknown) => unknown
}): RunReporter {
  return {
    event: (event: BatonEvent) => ports.out(JSON.stringify(ports.redactValue(event))),
    note: ports.diagnostics,
    say: ports.diagnostics,
    close: () => undefined,
  }
}
