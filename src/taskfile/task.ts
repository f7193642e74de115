import type { TaskSpec } from '../core/types.ts'
import type { Lines } from './lines.ts'
import { readOwnFields } from './own-fields.ts'
import type { Reporter } from './problem.ts'
import type { Settings } from './readers.ts'
import type { Section } from './sections.ts'
import { proseFrom } from './values.ts'
import { checkWork } from './work.ts'

/** What is the same for all tasks of a file. */
export interface FileFrame {
  file: string
  lines: Lines
  kinds: Uint8Array
  context: string
  defaults: Settings
  report: Reporter
}

export type Identity = Pick<TaskSpec, 'key' | 'title' | 'instruction'>

/** A task, and the names it depends on with the offset where they stand. */
export interface ReadTask {
  spec: TaskSpec
  dependsOn: { names: string[]; at: number }
}

/** Reads a section as a task; every problem found goes to the reporter. */
export function readTask(frame: FileFrame, section: Section, identity: Identity): ReadTask {
  const { lines, kinds } = frame
  const own = readOwnFields(frame, section)
  const { dependsOn = [], ...settings } = { ...frame.defaults, ...own.settings }
  checkWork(frame, section, identity.instruction)
  const above = proseFrom(lines, kinds, section.body, section.fields()[0]?.line ?? section.end)
  const description = [above, ...own.prose].filter((text) => text !== '').join('\n\n')
  return {
    spec: {
      priority: 'medium',
      criteria: [],
      verify: [],
      done: false,
      ...settings,
      ...identity,
      file: frame.file,
      line: section.heading + 1,
      form: 'section',
      ...(section.number === undefined ? {} : { headingNumber: section.number }),
      ...(description === '' ? {} : { description }),
      context: frame.context,
    },
    dependsOn: { names: dependsOn, at: own.dependsOnAt ?? section.textAt },
  }
}
