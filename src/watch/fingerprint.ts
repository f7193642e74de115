import type { TaskSpec } from '../core/types.ts'
import { sha256 } from '../text/sha256.ts'

/**
 * What a task says, wherever it stands: the same after it was moved, renumbered, or marked as done by Baton, so that none
 * of these makes it a new one.
 */
export function fingerprint(spec: TaskSpec): string {
  const { origin, headingNumber: _h, context: _c, done: _d, ...content } = spec
  const said = { ...content, form: origin.form, instruction: withoutEnd(content.instruction) }
  return textFingerprint(JSON.stringify(said, Object.keys(said).sort()))
}

/** What is between two tasks belongs to the first; blank lines and a rule there say nothing. */
function withoutEnd(instruction: string): string {
  let text = instruction.trimEnd()
  while (text.endsWith('\n---')) text = text.slice(0, -4).trimEnd()
  return text
}

export function textFingerprint(text: string): string {
  return sha256(text).slice(0, 16)
}
