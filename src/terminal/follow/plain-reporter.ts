import type { Ask, BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { moment } from '../../text/times.ts'
import type { Screen } from '../device/screen.ts'
import { cleanLine } from '../show/clean.ts'
import { eventLine } from '../show/event-line.ts'
import type { Conversation, ConversationPorts } from './conversation.ts'
import type { RunReporter } from './run-reporter.ts'

export interface PlainPorts {
  api: Pick<DaemonApi, 'onLive'>
  queue: string
  screen: Screen
  redact: (text: string) => string
  now: () => number
}

/** One stable line an event, and one each time that the API is tried again; remarks go to `diagnostics`. */
export function plainReporter(ports: PlainPorts & { diagnostics: (text: string) => void }): RunReporter {
  const print = (line: string) => ports.screen.print([ports.redact(line)])
  /** By task. */
  let told = new Map<string, string>()
  const stopLive = ports.api.onLive((lives, of) => {
    if (of !== ports.queue) return
    const now = new Map(
      lives.flatMap(({ taskId, task, trouble }): [string, string][] =>
        trouble === undefined ? [] : [[taskId, `Task ${task}: ${cleanLine(trouble)}`]],
      ),
    )
    for (const [taskId, trouble] of now) if (trouble !== told.get(taskId)) print(`${moment(ports.now())}  ${trouble}`)
    told = now
  })
  return {
    event(event: BatonEvent) {
      const line = eventLine(event)
      if (line !== undefined) print(line)
    },
    note: ports.diagnostics,
    say: ports.diagnostics,
    close: stopLive,
  }
}

/** A terminal that cannot redraw: lines, and below them, when something is asked, the prompt. */
export function promptingReporter(
  ports: PlainPorts & {
    asks: () => Ask[]
    converse: (ports: Pick<ConversationPorts, 'print' | 'changed'>) => Conversation
    listen: (listener: { onLine: (line: string) => void }) => () => void
    onError: (error: unknown) => void
  },
): RunReporter {
  const { screen, redact } = ports
  const print = (lines: readonly string[]) => screen.print(lines.map(redact))
  let prompted = ''
  const changed = () => {
    const notice = conversation.notice()
    const prompt = conversation.prompt() ?? []
    // What it is about was printed.
    const lines = [...(notice === undefined ? [] : [notice]), ...(prompt.length > 1 ? prompt.slice(1) : prompt)]
    if (lines.join('\n') === prompted) return
    prompted = lines.join('\n')
    print(lines)
  }
  const conversation = ports.converse({ print, changed })
  conversation.setAsks(ports.asks())
  const stopListening = ports.listen({
    onLine: (line) => {
      prompted = ''
      conversation.line(line).catch(ports.onError)
    },
  })
  const lines = plainReporter({ ...ports, diagnostics: (text) => print([text]) })
  return {
    event(event) {
      // The conversation shows an ask whole; its event would only say it twice.
      if (event.type !== 'ask.opened') lines.event(event)
      if (event.type.startsWith('ask.')) conversation.setAsks(ports.asks())
    },
    note: lines.note,
    say: lines.say,
    close() {
      lines.close()
      stopListening()
    },
  }
}
