import type { BatonEvent } from '../../core/types.ts'
import type { CrossProcessApi } from '../../daemon/runner-types.ts'
import { summarize } from '../../terminal/follow/result.ts'
import { createFollowSession } from '../../terminal/follow/session.ts'
import { listenForInterrupts } from '../shell/interrupts.ts'
import type { Shell } from '../shell/shell.ts'
import type { Loaded } from '../state/load-config.ts'
import { openReporter } from './output.ts'
import { showSummary } from './show-summary.ts'

/**
 * Follows a run that a daemon works on, with the same output as one of this process. Ctrl-C ends the following alone.
 * `events`: what happened since the command was put.
 */
export async function followThere(
  shell: Shell,
  { redact }: Pick<Loaded, 'redact'>,
  remote: CrossProcessApi,
  runId: string,
  tape: { events: BatonEvent[]; onEvent: (listener: (event: BatonEvent) => void) => void },
  options: { json: boolean; queue: string; alreadyDone: number; onFailure: 'ask' | 'stop' | 'continue' },
): Promise<number> {
  const { json, queue, alreadyDone, onFailure } = options
  const { api } = remote
  const since = shell.now()
  const interrupts = listenForInterrupts()
  const leave = interrupts.add
  const reporter = await openReporter(shell, api, { json, redact, queue, runId, answeredElsewhere: false, leave })
  try {
    const session = createFollowSession({
      api,
      queue,
      // The daemon waits for answers, whoever gives them.
      patience: { runId, forAnswers: true, forResume: true },
      reporter,
      runIds: new Set([runId]),
      trouble: () => (remote.holder() ? undefined : 'The daemon has stopped.'),
    })
    for (const event of tape.events) session.event(event)
    tape.onEvent(session.event)
    interrupts.onFirst(session.leave)
    const ended = await session.ended
    reporter.close()
    if (ended === 'left') {
      shell.stderr.write(
        `No longer following; the daemon continues the run. See its state with:  ${shell.call.baton} status\n`,
      )
      return 130
    }
    if (typeof ended === 'object') {
      shell.stderr.write(`${ended.trouble} Continue with:  npm start, or ${shell.call.tasks} --resume\n`)
      return 3
    }
    const summary = summarize(api, queue, [runId], { ended, onFailure, alreadyDone, since, now: shell.now() })
    showSummary(shell, summary, { json, redact })
    return summary.exitCode
  } finally {
    reporter.close()
    interrupts.close()
  }
}
