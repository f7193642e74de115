import type { Wire, WireLine } from './wire.ts'

/** The agent's requests to its host, and the host's to the agent. */
export interface Requests {
  /** Undefined when nobody answers: stdin was closed, the host does not know it, or the turn was interrupted. */
  ask: (body: WireLine, requestId: string) => Promise<WireLine | undefined>
  hasHook: (tool: string) => boolean
  /** The host's `initialize` is there, and with it its hooks. */
  initialized: Promise<void>
  /** Answers the host's `initialize`, late enough for an agent that must stay silent. */
  answerInitialize: () => void
  /** Nobody will answer any more: every open request counts as refused, as with Claude. */
  refuseAll: () => void
}

export function createRequests(wire: Wire, onInterrupt: () => void): Requests {
  const open = new Map<string, (answer: WireLine | undefined) => void>()
  let hooks: RegExp[] = []
  let initializeId: string | undefined
  const initialized = Promise.withResolvers<void>()
  let isOver = false

  const respond = (requestId: unknown, response: object): void =>
    wire.print({ type: 'control_response', response: { subtype: 'success', request_id: requestId, response } })

  function settle(requestId: string, answer: WireLine | undefined): void {
    open.get(requestId)?.(answer)
    open.delete(requestId)
  }

  function answerInitialize(): void {
    if (initializeId !== undefined) respond(initializeId, { commands: [] })
    initializeId = undefined
  }

  function refuseAll(): void {
    for (const requestId of open.keys()) settle(requestId, undefined)
  }

  wire.onLine((line) => {
    if (line.type === 'control_response') {
      const response = line.response as WireLine
      settle(String(response.request_id), response.subtype === 'success' ? (response.response as WireLine) : undefined)
    }
    if (line.type !== 'control_request') return
    const request = line.request as WireLine
    if (request.subtype === 'interrupt') {
      respond(line.request_id, { still_queued: [] })
      onInterrupt()
      for (const requestId of open.keys()) wire.print({ type: 'control_cancel_request', request_id: requestId })
      refuseAll()
    } else if (request.subtype === 'initialize') {
      hooks = readHooks(request)
      initializeId = String(line.request_id)
      initialized.resolve()
      setTimeout(answerInitialize, 100).unref()
    } else {
      wire.print({
        type: 'control_response',
        response: {
          subtype: 'error',
          request_id: line.request_id,
          error: `Unknown request ${String(request.subtype)}`,
        },
      })
    }
  })
  wire.onEnd(() => {
    isOver = true
    refuseAll()
  })

  return {
    ask: (body, requestId) =>
      new Promise((resolve) => {
        if (isOver) return resolve(undefined)
        open.set(requestId, resolve)
        wire.print({ type: 'control_request', request_id: requestId, request: body })
      }),
    hasHook: (tool) => hooks.some((hook) => hook.test(tool)),
    initialized: initialized.promise,
    answerInitialize,
    refuseAll,
  }
}

function readHooks(request: WireLine): RegExp[] {
  const hooks = (request.hooks as { PreToolUse?: { matcher?: string }[] } | undefined)?.PreToolUse ?? []
  return hooks.map((hook) => new RegExp(`^(?:${hook.matcher ?? '.*'})$`))
}
