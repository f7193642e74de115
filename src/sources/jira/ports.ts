import type { JiraConfig } from '../../config/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { Jira } from '../../jira/client.ts'
import type { Tickets } from './record.ts'

/** What shows a ticket how its task stands. */
export interface ShowPorts {
  jira: Jira
  tickets: Tickets
  config: JiraConfig
  redact: (text: string) => string
  /** The pull request that the work of a run came to. */
  pullOf: (runId: string) => { number: number; url: string } | undefined
}

/** What the parts of this source share. */
export interface TicketPorts extends ShowPorts {
  /** The project's queue. */
  queue: string
  /** Where the site is, for people. */
  site: string
  api: Pick<DaemonApi, 'submit' | 'view'>
  now: () => number
  newRunId: () => string
  /** Puts a line into the stream of events. */
  note: (text: string) => void
}
