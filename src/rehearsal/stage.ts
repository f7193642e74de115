import { randomUUID } from 'node:crypto'
import type { RehearsalSession } from './session-store.ts'
import type { Wire, WireLine } from './wire.ts'

/** Small and made up: what one turn of the agent is said to cost, USD. */
const TURN_COST_USD = 0.001

/** How a turn ends; printed as the result line. */
export interface Ending {
  subtype?: string
  isError?: boolean
  text?: string
  errors?: string[]
  stopReason?: string | null
  terminalReason?: string
  apiStatus?: number
  apiError?: string
  deferred?: { id: string; name: string; input: unknown }
}

/** What a step of a rehearsal can do: everything that Claude's own output consists of. */
export interface Stage {
  session: RehearsalSession
  permissionMode: string
  wire: Wire
  /** A turn of the model: words. */
  say: (text: string) => void
  /** A turn of the model: a tool call. Gives its id. */
  call: (name: string, input: unknown) => string
  /** A message as it is, with the session's id. */
  print: (message: object) => void
  toolResult: (id: string, text: string, isError?: boolean) => void
  /** Asks the host; undefined when nobody will answer any more or the turn was interrupted. */
  request: (body: WireLine, requestId?: string) => Promise<WireLine | undefined>
  /** The host keeps hooks for this tool. */
  hasHook: (tool: string) => boolean
  sleep: (ms: number) => Promise<void>
  interrupted: AbortSignal
  turns: () => number
}

export interface StagePorts {
  session: RehearsalSession
  permissionMode: string
  wire: Wire
  request: (body: WireLine, requestId: string) => Promise<WireLine | undefined>
  hasHook: (tool: string) => boolean
  interrupted: AbortSignal
}

export function createStage(ports: StagePorts): Stage {
  const { session, wire, interrupted } = ports
  let turns = 0
  const print = (message: object): void => wire.print({ ...message, session_id: session.id, uuid: randomUUID() })
  const turn = (block: object): void => {
    turns += 1
    session.costUsd += TURN_COST_USD
    const message = {
      id: `msg_rehearsal_${randomUUID().slice(0, 8)}`,
      type: 'message',
      role: 'assistant',
      model: 'rehearsal',
      content: [block],
    }
    print({ type: 'assistant', message, parent_tool_use_id: null })
  }
  return {
    session,
    permissionMode: ports.permissionMode,
    wire,
    print,
    say: (text) => turn({ type: 'text', text }),
    call: (name, input) => {
      const id = `toolu_rehearsal_${randomUUID().slice(0, 8)}`
      turn({ type: 'tool_use', id, name, input })
      return id
    },
    toolResult: (id, text, isError = false) => {
      const content = [{ type: 'tool_result', tool_use_id: id, content: text, is_error: isError }]
      print({ type: 'user', message: { role: 'user', content }, parent_tool_use_id: null })
    },
    request: (body, requestId = randomUUID()) => ports.request(body, requestId),
    hasHook: ports.hasHook,
    sleep: (ms) =>
      new Promise((resolve) => {
        if (interrupted.aborted) return resolve()
        const timer = setTimeout(resolve, ms)
        interrupted.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
    interrupted,
    turns: () => turns,
  }
}

/** The line that ends a turn, in the shape of Claude's. */
export function resultMessage(session: RehearsalSession, turns: number, ending: Ending, answered: string[]): object {
  return {
    type: 'result',
    subtype: ending.subtype ?? 'success',
    is_error: ending.isError ?? false,
    ...(ending.errors === undefined ? { result: ending.text ?? '' } : { errors: ending.errors }),
    api_error_status: ending.apiStatus ?? null,
    ...(ending.apiError !== undefined && { api_error: ending.apiError }),
    num_turns: turns,
    stop_reason: ending.stopReason === undefined ? 'end_turn' : ending.stopReason,
    terminal_reason: ending.terminalReason ?? 'completed',
    total_cost_usd: session.costUsd,
    permission_denials: session.denied ?? [],
    ...(ending.deferred !== undefined && { deferred_tool_use: ending.deferred }),
    user_message_uuids: answered,
    session_id: session.id,
  }
}
