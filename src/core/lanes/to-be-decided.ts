import type { Run, RunLease } from '../types.ts'

/** As long as its lease is one of these, nobody has decided yet that a run is worked on here. */
export const TO_BE_DECIDED: readonly RunLease['state'][] = ['asked', 'wanted']

/** Nobody has decided yet that the run is worked on here, so that it is not in the way of any other. */
export function isToBeDecided({ lease }: Pick<Run, 'lease'>): boolean {
  return lease !== undefined && TO_BE_DECIDED.includes(lease.state)
}
