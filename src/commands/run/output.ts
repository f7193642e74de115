import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { Ask } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { redactValue } from '../../redact/redact-value.ts'
import { plainScreen } from '../../terminal/device/screen.ts'
import { type ConversationPorts, createConversation } from '../../terminal/follow/conversation.ts'
import { jsonReporter } from '../../terminal/follow/json-reporter.ts'
import { plainReporter, promptingReporter } from '../../terminal/follow/plain-reporter.ts'
import type { RunReporter } from '../../terminal/follow/run-reporter.ts'
import { clean } from '../../terminal/show/clean.ts'
import { painter } from '../../terminal/show/paint.ts'
import { tail } from '../../terminal/tail.ts'
import { canDraw, diagnose, isAttended, type Shell } from '../shell/shell.ts'

/** How a run is shown. */
export interface OutputOptions {
  json: boolean
  redact: (text: string) => string
  queue: string
  /** One run among others; absent: the current one. */
  runId?: string
  /** Somebody else answers: no questions here. */
  answeredElsewhere: boolean
  /** Ctrl-C at a terminal that is drawn on. */
  leave: () => void
}

const LOG_LINES = 20

/** The reporter that fits where the output goes: live at a terminal, lines elsewhere, JSON when that is wanted. */
export async function openReporter(shell: Shell, api: DaemonApi, options: OutputOptions): Promise<RunReporter> {
  const { redact, queue, runId, leave } = options
  if (options.json) {
    return jsonReporter({
      out: (line) => shell.stdout.write(`${line}\n`),
      diagnostics: (text) => diagnose(shell, redact(text)),
      redactValue: (value) => redactValue(redact, value),
    })
  }
  const diagnostics = (text: string) => diagnose(shell, redact(text))
  const plain = { api, queue, screen: plainScreen(shell.stdout), redact, now: shell.now }
  if (!isAttended(shell)) return plainReporter({ ...plain, diagnostics })

  const paint = painter(shell.stdout)
  const onError = (error: unknown) => diagnostics(error instanceof Error ? error.message : String(error))
  const asks = () => (options.answeredElsewhere ? [] : asksOf(api, queue, runId))
  const converse = (ports: Pick<ConversationPorts, 'print' | 'changed' | 'columns'>) =>
    createConversation({
      ...ports,
      redact,
      paint,
      leave,
      call: shell.call,
      submit: (command: Command): Promise<Reply> => api.submit(command, shell.actor, { queue }),
      log: () => logLines(api, queue),
    })
  const { listenToKeys, listenToLines } = await import('../../terminal/device/keyboard.ts')
  if (!canDraw(shell)) {
    return promptingReporter({ ...plain, asks, converse, listen: (l) => listenToLines(shell.stdin, l), onError })
  }
  const { liveScreen } = await import('../../terminal/device/live-screen.ts')
  const { liveReporter } = await import('../../terminal/follow/live-reporter.ts')
  return liveReporter({
    api,
    queue,
    ...(runId !== undefined && { runId }),
    screen: liveScreen(shell.stdout),
    paint,
    redact,
    now: shell.now,
    asks,
    converse,
    listen: (listener) => listenToKeys(shell.stdin, listener),
    leave,
    onError,
  })
}

const asksOf = ({ view }: DaemonApi, queue: string, runId: string | undefined): Ask[] =>
  view.openAsks().filter((ask) => ask.queue === queue && (runId === undefined || ask.runId === runId))

/** The end of the running task's log, or why there is none. */
function logLines({ view }: DaemonApi, queue: string): string[] {
  const { current } = view.status(queue)
  const file = current && view.attempts(current.id).at(-1)?.logFile
  if (file === undefined) return ['There is no log yet.']
  try {
    return [`── ${file}`, ...tail(file, LOG_LINES).map(clean), '──']
  } catch (error) {
    return [`Cannot read the log: ${error instanceof Error ? error.message : String(error)}`]
  }
}
