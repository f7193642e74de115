import type { GitHubConfig } from '../../config/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { GitHub } from '../../github/client.ts'
import type { GitHubState } from '../../github/state.ts'
import type { Records } from './record.ts'

/** What the parts of this source share. */
export interface IssuePorts {
  github: GitHub
  state: GitHubState
  records: Records
  config: GitHubConfig
  /** Nothing is decided on GitHub: `approval.from: phone`. */
  isPhoneOnly: boolean
  /** The project's queue. */
  queue: string
  api: Pick<DaemonApi, 'submit' | 'view'>
  newRunId: () => string
  redact: (text: string) => string
  now: () => number
  /** Puts a line into the stream of events. */
  note: (text: string) => void
}
