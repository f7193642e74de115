/** The moments at which a crash would hurt most, named once: the worker passes them, the fault harness kills at them. */
export const CRASH_POINTS = [
  'stored',
  'claimed',
  'spawned',
  'asked',
  'parked',
  'answered',
  'result',
  'marked',
  'notified',
] as const

type Point = (typeof CRASH_POINTS)[number]

/** Called at each point; does nothing outside the fault harness. */
export type PassCrashPoint = (point: Point) => void
