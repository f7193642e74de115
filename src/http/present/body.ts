import type { Redact } from '../../redact/redact.ts'
import { redactValue } from '../../redact/redact-value.ts'

/**
 * Any value as JSON without secrets. Nearly always there are none, and one look over the text is all it takes; where there
 * is one, the value is cleaned piece by piece, so that what comes out is still JSON.
 */
export function safeJson(value: unknown, redact: Redact): string {
  const text = JSON.stringify(value)
  return redact(text) === text ? text : JSON.stringify(redactValue(redact, value))
}
