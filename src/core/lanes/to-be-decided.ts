import type { Run } from '../types.ts'

/** Nobody has decided yet that the run is worked on here, so that it is not in the way of any other. */
export function isToBeDecided({ lease }: Pick<Run, 'lease'>): boolean {
  return lease?.state === 'asked' || lease?.state === 'wanted'
}
