import type { Command } from '../core/commands/commands.ts'
import type { Actor, SourceName, Task } from '../core/types.ts'
import type { Planned } from '../daemon/commands/resolve-command.ts'

/** A place that people write tasks in: task files, issues, tickets. Every one passes `test/contracts/source.ts`. */
export interface Source {
  name: SourceName
  /** The tasks that a start asks for, or everything that is wrong with them; what is already done is left out. */
  plan: (command: Extract<Command, { type: 'start' }>, by: Actor) => Promise<Planned>
  /**
   * Notes where the task was written that it is done, or, without a time, that it is open again. Never throws, and the
   * same twice is the same as once: a kill may have come in between.
   */
  settled: (task: Task, doneAt: Date | undefined) => Promise<Settled>
}

/** `isRewritten`: it is noted, but the task says something else by now. `code`: what the system calls the trouble. */
export type Settled = { isRewritten: boolean } | { problem: string; code?: string }
