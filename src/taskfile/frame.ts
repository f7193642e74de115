import type { Lines } from './lines.ts'
import type { Reporter } from './problem.ts'
import type { Settings } from './readers.ts'

/** What is the same for all tasks of a file. */
export interface FileFrame {
  file: string
  lines: Lines
  kinds: Uint8Array
  context: string
  defaults: Settings
  report: Reporter
}
