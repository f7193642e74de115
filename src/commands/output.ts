import type { Command } from '../core/commands.ts'
import type { Reply } from '../core/inputs.ts'
import type { Ask } from '../core/types.ts'
import type { Face } from '../daemon/face.ts'
import { redactValue } from '../redact/redact-value.ts'
import { plainScreen } from '../terminal/device/screen.ts'
import { type ConversationPorts, createConversation } from '../terminal/follow/conversation.ts'
import { jsonTeller } from '../terminal/follow/json-teller.ts'
import { plainTeller, promptingTeller } from '../terminal/follow/plain-teller.ts'
import type { Teller } from '../terminal/follow/teller.ts'
import { clean } from '../terminal/show/clean.ts'
import { painter } from '../terminal/show/paint.ts'
import { tail } from '../terminal/tail.ts'
import { canDraw, diagnose, isAttended, type Shell } from './shell.ts'

/** How a run is shown. */
export interface OutputOptions {
  json: boolean
  redact: (text: string) => string
  queue: string
  /** One run among others; absent: the one at work. */
  runId?: string
  /** Somebody else answers: nothing is asked here. */
  answeredElsewhere: boolean
  /** Ctrl-C at a terminal that is drawn on. */
  leave: () => void
}

const LOG_LINES = 20

/** The teller that fits where the output goes: live at a terminal, lines elsewhere, JSON when that is wanted. */
export async function openTeller(shell: Shell, face: Face, options: OutputOptions): Promise<Teller> {
  const { redact, queue, runId, leave } = options
  if (options.json) {
    return jsonTeller({
      out: (line) => shell.stdout.write(`${line}\n`),
      diagnostics: (text) => diagnose(shell, redact(text)),
      redactValue: (value) => redactValue(redact, value),
    })
  }
  const diagnostics = (text: string) => diagnose(shell, redact(text))
  const plain = { face, queue, screen: plainScreen(shell.stdout), redact, now: shell.now }
  if (!isAttended(shell)) return plainTeller({ ...plain, diagnostics })

  const paint = painter(shell.stdout)
  const onError = (error: unknown) => diagnostics(error instanceof Error ? error.message : String(error))
  const asks = () => (options.answeredElsewhere ? [] : asksOf(face, queue, runId))
  const converse = (ports: Pick<ConversationPorts, 'print' | 'changed'>) =>
    createConversation({
      ...ports,
      paint,
      leave,
      submit: (command: Command): Promise<Reply> => face.submit(command, shell.actor, { queue }),
      log: () => logLines(face, queue),
    })
  const { listenToKeys, listenToLines } = await import('../terminal/device/keyboard.ts')
  if (!canDraw(shell)) {
    return promptingTeller({ ...plain, asks, converse, listen: (l) => listenToLines(shell.stdin, l), onError })
  }
  const { liveScreen } = await import('../terminal/device/live-screen.ts')
  const { liveTeller } = await import('../terminal/follow/live-teller.ts')
  return liveTeller({
    face,
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

const asksOf = ({ view }: Face, queue: string, runId: string | undefined): Ask[] =>
  view.openAsks().filter((ask) => ask.queue === queue && (runId === undefined || ask.runId === runId))

/** The end of the log of the task at work, or why there is none. */
function logLines({ view }: Face, queue: string): string[] {
  const { current } = view.status(queue)
  const file = current && view.attempts(current.id).at(-1)?.logFile
  if (file === undefined) return ['There is no log yet.']
  try {
    return [`── ${file}`, ...tail(file, LOG_LINES).map(clean), '──']
  } catch (error) {
    return [`Cannot read the log: ${error instanceof Error ? error.message : String(error)}`]
  }
}
