import type { Artifacts } from '../daemon/api/artifacts.ts'
import type { CommandRequest } from '../daemon/api/command-request.ts'
import type { PassCrashPoint } from '../daemon/crash-points.ts'
import type { Runner } from '../daemon/runner-types.ts'
import type { Store } from '../store/store.ts'

/** The parts of an open app that chats are put together from. */
export interface ChatApp {
  runner: Pick<Runner, 'api'>
  artifacts: Pick<Artifacts, 'diff' | 'logTail'>
  store: Store<CommandRequest>
  /** The report of a run as Markdown, as it stands now. */
  report: (runId: string) => Promise<string | undefined>
  reached: PassCrashPoint
}
