import type { Ask, BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { withoutSecrets } from '../../redact/redact-value.ts'
import type { KeyListener } from '../device/keyboard.ts'
import type { Screen } from '../device/screen.ts'
import { clean, cleanLine } from '../show/clean.ts'
import { liveLines } from '../show/live-lines.ts'
import { renderLive } from '../show/live-view.ts'
import type { Paint } from '../show/paint.ts'
import { HINTS } from '../talk/typed.ts'
import type { Conversation, ConversationPorts } from './conversation.ts'
import { createLiveModel } from './live-model.ts'
import type { RunReporter } from './run-reporter.ts'

/** Never more than ten times a second; at least once, so that the clock is seen to move. */
const GAP_MS = 100
const TICK_MS = 1_000

export interface LivePorts {
  api: Pick<DaemonApi, 'view' | 'onLive'>
  queue: string
  /** One run among others; absent: the current one. */
  runId?: string
  screen: Screen
  paint: Paint
  redact: (text: string) => string
  now: () => number
  asks: () => Ask[]
  converse: (ports: Pick<ConversationPorts, 'print' | 'changed' | 'columns'>) => Conversation
  listen: (listener: KeyListener) => () => void
  leave: () => void
  onError: (error: unknown) => void
}

/** A terminal with the queue, the running task and a line to type in, redrawn below what is printed. */
export function liveReporter(ports: LivePorts): RunReporter {
  const { api, queue, runId, screen, paint, redact, now } = ports
  const keeper = createLiveModel(api, { queue, ...(runId !== undefined && { runId }), now, redact })
  let input = { text: '', cursor: 0 }
  let note: string | undefined
  let drawnAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const print = (lines: readonly string[]) => screen.print(lines.map(redact))

  const drawNow = () => {
    clearTimeout(timer)
    timer = undefined
    if (closed) return
    drawnAt = now()
    const prompt = conversation.prompt()
    const notice = conversation.notice() ?? note
    const live = {
      ...keeper.screen(),
      hints: HINTS,
      input,
      ...(prompt && { prompt: prompt.map(redact) }),
      ...(notice !== undefined && { notice: redact(notice) }),
    }
    screen.draw(renderLive(live, now(), { ...screen.size(), paint }))
  }
  const draw = () => {
    timer ??= setTimeout(drawNow, Math.min(GAP_MS, Math.max(0, drawnAt + GAP_MS - now())))
  }

  const conversation = ports.converse({ print, changed: draw, columns: () => screen.size().width })
  const stopListening = ports.listen({
    onLine: (line) => {
      note = undefined
      conversation.line(line).catch(ports.onError)
      draw()
    },
    onEdit: (text, cursor) => {
      conversation.edit(text)
      input = { text, cursor }
      draw()
    },
    onInterrupt: ports.leave,
  })
  const stopLive = api.onLive((lives, of) => {
    if (of !== queue) return
    keeper.setLives(lives)
    draw()
  })
  const clock = setInterval(draw, TICK_MS)
  conversation.setAsks(ports.asks())
  drawNow()

  return {
    event(event: BatonEvent) {
      const told = withoutSecrets(redact, { event, task: keeper.take(event) })
      // Once more when it is printed, for what is read out of Markdown.
      print(liveLines(told.event, told.task, { width: screen.size().width, paint }))
      if (event.type.startsWith('ask.')) conversation.setAsks(ports.asks())
      draw()
    },
    note(text) {
      note = cleanLine(text)
      drawNow()
    },
    say: (text) => print([paint('yellow', `! ${clean(text)}`)]),
    close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      clearInterval(clock)
      stopLive()
      stopListening()
      screen.close()
    },
  }
}
