import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { Runner } from '../../daemon/runner-types.ts'
import { summarize } from '../../terminal/follow/result.ts'
import type { RunReporter } from '../../terminal/follow/run-reporter.ts'
import { createFollowSession } from '../../terminal/follow/session.ts'
import type { Diagnostics } from '../shell/diagnostics.ts'
import { forceExitAfter } from '../shell/force-exit.ts'
import { listenForInterrupts } from '../shell/interrupts.ts'
import type { OwnLog } from '../shell/own-log.ts'
import { isAttended, type Shell } from '../shell/shell.ts'
import type { Loaded } from '../state/load-config.ts'
import { openReporter } from './output.ts'
import { showSummary } from './show-summary.ts'

/** An orderly end takes 5 s at most. */
const LONGEST_END_MS = 15_000
/** For the exit of a process that was killed, with its summary. */
const AT_ONCE_MS = 500

/** How this process works on a queue. */
export interface WorkOptions {
  diagnostics: Diagnostics
  log: OwnLog
  json: boolean
  queue: string
  alreadyDone: number
  onFailure: 'ask' | 'stop' | 'continue'
  /** Answers are taken at this terminal. */
  answersHere: boolean
  /** Answers what is asked, in place of a person; returns what ends it. */
  answerer?: (api: DaemonApi, tell: (text: string) => void) => () => void
  /** Reads the state after the runner has let go of it. */
  look: <T>(read: (api: Pick<DaemonApi, 'view'>) => T) => T
}

/** What came of the command that begins the work: the exit code, or the reply of a command that was refused. */
export type Worked = { exitCode: number } | { refused: Reply }

/**
 * Gives `command` to a runner of this process, works until nothing can continue, and sums up. Without `command`, continues what
 * is open. Ctrl-C once lets Claude finish, twice stops it at once. The runner is stopped in any case.
 */
export async function workHere(
  shell: Shell,
  { redact }: Pick<Loaded, 'redact'>,
  runner: Runner,
  command: Command | undefined,
  options: WorkOptions,
): Promise<Worked> {
  const { api } = runner
  const { json, queue } = options
  const since = shell.now()
  const interrupts = listenForInterrupts()
  const tape: BatonEvent[] = []
  let hear = (event: BatonEvent): void => void tape.push(event)
  const stopFollowing = api.follow((event) => {
    options.log.event(event)
    hear(event)
  })
  let reporter: RunReporter | undefined
  try {
    const reply = command && (await api.submit(command, shell.actor, { queue }))
    if (reply && !reply.ok) return { refused: reply }
    if (reply?.code === 'nothing-to-do' && command?.type === 'start') return { refused: reply }

    const runIds = new Set(api.view.openRunIds(queue))
    const { run } = api.view.status(queue)
    if (run) runIds.add(run.id)
    const attended = isAttended(shell) && !json
    const canAnswer = (attended && options.answersHere) || options.answerer !== undefined
    reporter = await openReporter(shell, api, {
      json,
      redact,
      queue,
      answeredElsewhere: options.answerer !== undefined,
      leave: interrupts.add,
    })
    const { note } = reporter
    const speakAsBefore = options.diagnostics.speakThrough(reporter.say)
    const patience = { forAnswers: canAnswer, forResume: attended }
    const session = createFollowSession({ api, queue, patience, reporter, runIds, trouble: () => troubleOf(runner) })
    for (const event of tape) session.event(event)
    hear = session.event
    interrupts.onFirst(() => {
      forceExitAfter(LONGEST_END_MS)
      session.leave()
    })
    interrupts.onSecond(() => {
      forceExitAfter(2 * AT_ONCE_MS)
      runner.stopNow()
      // What is stored stays valid; nothing is waited for any more.
      setTimeout(() => process.exit(130), AT_ONCE_MS).unref()
    })
    const stopAnswering = options.answerer?.(api, note)

    runner.begin([queue])
    const ended = await session.ended
    stopAnswering?.()
    if (ended === 'left') await leave(shell, api, queue, note)
    await runner.stop()
    stopFollowing()
    speakAsBefore()
    reporter.close()
    if (typeof ended === 'object') throw new Error(ended.trouble)
    const { alreadyDone, onFailure } = options
    const summary = options.look((after) =>
      summarize(after, queue, runIds, { ended, onFailure, alreadyDone, since, now: shell.now() }),
    )
    showSummary(shell, summary, { json, redact })
    return { exitCode: summary.exitCode }
  } finally {
    stopFollowing()
    reporter?.close()
    interrupts.close()
    await runner.stop()
    await options.log.close()
  }
}

function troubleOf(runner: Runner): string | undefined {
  const { worker, error } = runner.health()
  return worker === 'dead' ? (error ?? 'the worker has stopped') : undefined
}

/** The run is stopped, not only this process: it is plain to see that it was the person's command. */
async function leave(shell: Shell, api: DaemonApi, queue: string, note: (text: string) => void): Promise<void> {
  note('Stopping cleanly… Ctrl-C again to stop now.')
  await api.submit({ type: 'stop', why: 'interrupted' }, shell.actor, { queue })
}
