import type { TaskSpec } from '../../core/types.ts'
import type { FileTask } from '../file-task.ts'
import type { FileFrame } from './frame.ts'
import { readOwnFields } from './own-fields.ts'
import type { Section } from './sections.ts'
import { proseFrom } from './values.ts'
import { checkWork } from './work.ts'

/** What a task is called, in its file and on screens, and what it says. */
export interface Identity extends Pick<TaskSpec, 'title' | 'instruction'> {
  ref: string
}

/** A task, and the names it depends on with the offset where they stand. */
export interface ReadTask {
  spec: FileTask
  dependsOn: { names: string[]; at: number }
}

/** Reads a section as a task; every problem found goes to the reporter. */
export function readTask(frame: FileFrame, section: Section, { ref, ...own }: Identity): ReadTask {
  const { lines, kinds } = frame
  const fields = readOwnFields(frame, section)
  const { dependsOn = [], ...settings } = { ...frame.defaults, ...fields.settings }
  checkWork(frame, section, own.instruction)
  const above = proseFrom(lines, kinds, section.body, section.fields()[0]?.line ?? section.end)
  const description = [above, ...fields.prose].filter((text) => text !== '').join('\n\n')
  return {
    spec: {
      priority: 'medium',
      criteria: [],
      verify: [],
      done: false,
      ...settings,
      ...own,
      origin: { source: 'files', ref, file: frame.file, line: section.heading + 1, form: 'section' },
      ...(section.number === undefined ? {} : { headingNumber: section.number }),
      ...(description === '' ? {} : { description }),
      context: frame.context,
    },
    dependsOn: { names: dependsOn, at: fields.dependsOnAt ?? section.textAt },
  }
}
