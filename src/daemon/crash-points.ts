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

/** The steps of a deployment: each is stored, and its command not begun yet. */
export const DEPLOY_POINTS = ['naming', 'deploying', 'checking', 'rolling-back', 'checking-rollback'] as const

type Point = (typeof CRASH_POINTS)[number] | (typeof DEPLOY_POINTS)[number]

/** Called at each point; does nothing outside the fault harness. */
export type PassCrashPoint = (point: Point) => void

/** For the fault harness: `BATON_KILL_AT=spawned:2` kills this process the second time it passes that point. */
export function killPoint(env: Readonly<Record<string, string | undefined>>): PassCrashPoint {
  const [point, nth = '1'] = (env.BATON_KILL_AT ?? '').split(':')
  if (![...CRASH_POINTS, ...DEPLOY_POINTS].some((known) => known === point)) return () => undefined
  let left = Number(nth)
  return (reached) => {
    if (reached === point && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
}
