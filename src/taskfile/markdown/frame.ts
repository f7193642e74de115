import type { Settings } from '../fields/readers.ts'
import type { Reporter } from '../problem.ts'
import type { Lines } from '../text/lines.ts'

/** What is the same for all tasks of a file. */
export interface FileFrame {
  file: string
  lines: Lines
  kinds: Uint8Array
  context: string
  defaults: Settings
  report: Reporter
}
