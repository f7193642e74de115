import type { PullPlace } from '../../github/find-pull.ts'
import type { GitHubState } from '../../github/state.ts'

/** The work on a ticket of another tracker, on its way to a pull request. */
interface TicketWork {
  /** What it begins from. */
  base?: { branch: string; commit: string }
  /** Where it was pushed to. */
  branch?: string
  pull?: PullPlace
}

/** The works on tickets, by run. */
export interface TicketWorks {
  get: (runId: string) => TicketWork
  change: (runId: string, change: TicketWork) => void
}

export function ticketWorksIn({ notes }: Pick<GitHubState, 'notes'>): TicketWorks {
  const at = (runId: string) => `ticket:${runId}`
  const get = (runId: string) => notes.get<TicketWork>(at(runId)) ?? {}
  return { get, change: (runId, change) => notes.set(at(runId), { ...get(runId), ...change }) }
}
