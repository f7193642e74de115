import type { FileTask } from './file-task.ts'
import type { Problem, ProblemPlace } from './problem.ts'

/** A task that another one waits for, as its file names it. */
export interface Reference {
  name: string
  place: ProblemPlace
  /** The key of the task in the same file, where the file leaves no doubt which one is meant. */
  key?: string
  /** Where names do not stand with commas between them, none is a part of one. */
  whole?: true
}

/** What a task file says. `specs` is complete only when no problem is an error. */
export interface ParsedFile {
  /** As shown to people. */
  file: string
  /** In the order written, done ones too. */
  specs: FileTask[]
  /** Of the spec of the same index. */
  references: Reference[][]
  context: string
  problems: Problem[]
}
