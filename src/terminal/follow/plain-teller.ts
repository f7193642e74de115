import type { Ask, BatonEvent } from '../../core/types.ts'
import type { Screen } from '../device/screen.ts'
import { eventLine } from '../show/event-line.ts'
import type { Conversation, ConversationPorts } from './conversation.ts'
import type { Teller } from './teller.ts'

/** One stable line an event; remarks go to `diagnostics`. */
export function plainTeller(ports: {
  screen: Screen
  diagnostics: (text: string) => void
  redact: (text: string) => string
}): Teller {
  return {
    event(event: BatonEvent) {
      const line = eventLine(event)
      if (line !== undefined) ports.screen.print([ports.redact(line)])
    },
    note: ports.diagnostics,
    say: ports.diagnostics,
    close: () => undefined,
  }
}

/** A terminal that cannot redraw: lines, and below them, when something is asked, the prompt. */
export function promptingTeller(ports: {
  screen: Screen
  redact: (text: string) => string
  asks: () => Ask[]
  converse: (ports: Pick<ConversationPorts, 'print' | 'changed'>) => Conversation
  listen: (listener: { onLine: (line: string) => void }) => () => void
  onError: (error: unknown) => void
}): Teller {
  const { screen, redact } = ports
  const print = (lines: readonly string[]) => screen.print(lines.map(redact))
  let prompted = ''
  const changed = () => {
    const notice = conversation.notice()
    const lines = [...(notice === undefined ? [] : [notice]), ...(conversation.prompt()?.slice(-1) ?? [])]
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
  const lines = plainTeller({ screen, redact, diagnostics: (text) => print([text]) })
  return {
    event(event) {
      // The conversation shows an ask whole; its event would only say it twice.
      if (event.type !== 'ask.opened') lines.event(event)
      if (event.type.startsWith('ask.')) conversation.setAsks(ports.asks())
    },
    note: lines.note,
    say: lines.say,
    close: stopListening,
  }
}
