import type { SingleValues } from '../../core/kept-values.ts'
import type { RunRights } from '../../core/lanes/lease.ts'
import type { CheckResult, Task } from '../../core/types.ts'
import type { Destination } from '../destination.ts'
import type { EvidencePorts } from '../evidence/evidence-ports.ts'
import type { TaskNotes } from '../finish.ts'
import type { LaneCheck } from '../merge-line/checked.ts'
import type { LiftMarksPorts } from '../merge-line/lift-marks.ts'
import type { MergeOptions } from '../merge-line/options.ts'
import type { LaneTreePorts } from './lane-tree.ts'
import type { WorktreeOptions } from './options.ts'
import type { FreeBytes } from './refusals.ts'

/** What working in worktrees needs. */
export interface WorktreePorts extends EvidencePorts {
  meta: SingleValues
  notes: TaskNotes
  options: WorktreeOptions
  merge: MergeOptions
  /** Files in the user's checkout that may have changes (marks of Baton's); absolute. */
  mayBeDirty: () => string[]
  /** Those marks in one of these files. */
  marksIn: LiftMarksPorts['marksIn']
  whileChanging?: LiftMarksPorts['whileChanging']
  alone?: LiftMarksPorts['alone']
  checksFor: (tasks: readonly Task[]) => Promise<LaneCheck[]>
  /** Runs one check in a tree; `folder` is the project's folder in it. */
  runCheck: (check: LaneCheck, place: TreePlace, signal: AbortSignal) => Promise<CheckResult>
  runSetUp: LaneTreePorts['runSetUp']
  /** Absent: what the disk says. */
  freeBytes?: FreeBytes
  /** This machine's right to work on runs that others may take; absent: there are no others. */
  rights?: RunRights
  /** Absent: all work goes through the merge line. */
  destination?: Destination
}

/** A worktree as commands are run in it. */
export interface TreePlace {
  folder: string
  root: string
  env: Record<string, string>
}
