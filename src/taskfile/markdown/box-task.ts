import type { Box } from './boxes.ts'
import type { FileFrame } from './frame.ts'
import type { Identity, ReadTask } from './task.ts'

/** Reads a check box as a task: its text is the instruction, the front matter gives the rest. */
export function boxTask({ file, context, defaults }: FileFrame, box: Box, { ref, ...own }: Identity): ReadTask {
  const { dependsOn: _, ...settings } = defaults
  return {
    spec: {
      priority: 'medium',
      criteria: [],
      verify: [],
      ...settings,
      ...own,
      origin: { source: 'files', ref, file, line: box.line + 1, form: 'checkbox' },
      context,
      done: box.box.checked,
    },
    dependsOn: { names: [], at: box.contentAt },
  }
}
