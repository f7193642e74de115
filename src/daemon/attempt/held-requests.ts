import type { ClaudeAsk, ClaudeProcess } from '../../claude/types.ts'
import { decisionText } from '../../core/asks/asks.ts'
import { verdictOf } from '../../core/asks/requests.ts'
import type { ClaudeRequest, Verdict } from '../../core/inputs.ts'
import type { PassCrashPoint } from '../crash-points.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'

/** What the held requests of one process need. */
export interface HeldRequestsPorts {
  dispatcher: Dispatcher
  attemptId: string
  process: () => ClaudeProcess
  describe: (ask: ClaudeAsk) => ClaudeRequest
  /** How long the process is held for a person, ms; 0 ends it at once, `Infinity` holds it for ever. */
  holdMs: () => number
  /** Baton is ending the process. */
  isEnding: () => boolean
  /** `decided`: by whom, and what, where a person was asked. */
  onVerdict: (request: ClaudeRequest, verdict: Verdict, decided?: string) => void
  reached: PassCrashPoint
  onError: (error: unknown) => void
}

/** The requests of a live process that wait for an answer. */
export interface HeldRequests {
  open: (ask: ClaudeAsk) => void
  withdrawn: (requestId: string) => void
  /** Hands over every answer that has come meanwhile. */
  deliver: () => void
  /** Notes how each open ask survives the end of the process. */
  parkAll: () => Promise<void>
  isOpen: () => boolean
  close: () => void
}

interface Held {
  ask: ClaudeAsk
  askId: string
  request: ClaudeRequest
  timer?: NodeJS.Timeout
}

/** Turns requests of Claude into stored asks and their answers into Claude's protocol. */
export function createHeldRequests(ports: HeldRequestsPorts): HeldRequests {
  const { dispatcher, attemptId } = ports
  const held = new Map<string, Held>()

  const respond = (ask: ClaudeAsk, request: ClaudeRequest, verdict: Verdict, decided?: string) => {
    const process = ports.process()
    ports.onVerdict(request, verdict, decided)
    if (verdict.do === 'allow') process.answer(ask.requestId, { behavior: 'allow' })
    else if (verdict.do === 'deny') process.answer(ask.requestId, { behavior: 'deny', message: verdict.message })
    else if (verdict.do === 'answer') process.answerQuestion(ask.requestId, verdict.answers)
  }

  const park = async (entry: Held) => {
    const state = dispatcher.state().asks.get(entry.askId)
    if (state?.state !== 'open' || !held.has(entry.ask.requestId)) return
    // Stored before the process is ended: a crash in between falls back to an answer in words.
    await dispatcher.record({
      type: 'parked',
      askId: entry.askId,
      how: canDefer(entry.ask) ? 'deferred' : 'terminated',
    })
    ports.reached('parked')
    const process = ports.process()
    if (canDefer(entry.ask) && process.defer(entry.ask.requestId)) return
    await process.end('park')
  }

  const hold = (ask: ClaudeAsk, request: ClaudeRequest, askId: string) => {
    const entry: Held = { ask, askId, request }
    held.set(ask.requestId, entry)
    const holdMs = ports.holdMs()
    if (Number.isFinite(holdMs)) {
      entry.timer = setTimeout(() => void park(entry).catch(ports.onError), Math.min(holdMs, 2 ** 31 - 1))
    }
  }

  return {
    open(ask) {
      const request = ports.describe(ask)
      void dispatcher
        .record({ type: 'asked', attemptId, request })
        .then(({ verdict }) => {
          ports.reached('asked')
          if (verdict?.do === 'wait') hold(ask, request, verdict.askId)
          else if (verdict) respond(ask, request, verdict)
        })
        .catch(ports.onError)
    },
    withdrawn(requestId) {
      const entry = held.get(requestId)
      if (!entry) return
      clearTimeout(entry.timer)
      held.delete(requestId)
      // What an interrupt of ours ends Claude has not taken back: it is asked, and its answer continues the session.
      if (ports.isEnding()) return
      void dispatcher.record({ type: 'withdrawn', askId: entry.askId, why: 'Claude withdrew it' }).catch(ports.onError)
    },
    deliver() {
      for (const [requestId, entry] of held) {
        const ask = dispatcher.state().asks.get(entry.askId)
        if (ask?.state === 'open') continue
        clearTimeout(entry.timer)
        held.delete(requestId)
        // Withdrawn, or without a row: its run was stopped or its task has ended, and the process is being ended with it. A
        // denial would be mistaken for the user's word, and the work would continue.
        if (ask && ask.state !== 'withdrawn') respond(entry.ask, entry.request, verdictOf(ask), decisionText(ask))
      }
    },
    async parkAll() {
      for (const entry of held.values()) {
        clearTimeout(entry.timer)
        if (dispatcher.state().asks.get(entry.askId)?.state !== 'open') continue
        await dispatcher.record({
          type: 'parked',
          askId: entry.askId,
          how: canDefer(entry.ask) ? 'deferred' : 'terminated',
        })
      }
    },
    isOpen: () => held.size > 0,
    close() {
      for (const entry of held.values()) clearTimeout(entry.timer)
      held.clear()
    },
  }
}

const canDefer = (ask: ClaudeAsk) => ask.kind === 'question' && ask.canDefer
