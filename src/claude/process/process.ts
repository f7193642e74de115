import { randomUUID } from 'node:crypto'
import type { CallVerdict, ToolCall } from '../../core/tool-call.ts'
import { createAsks } from '../asks/asks.ts'
import { sayPrompt } from '../start/prompt.ts'
import { initializeRequest, interruptRequest, userMessage } from '../stream/control.ts'
import { createFacts, isEmpty } from '../stream/facts.ts'
import { present } from '../stream/json-shape.ts'
import { createMessageTracker } from '../stream/message-tracker.ts'
import { type ResultMessage, readMessage, type StreamMessage } from '../stream/messages.ts'
import { readLines } from '../stream/read-lines.ts'
import type { ClaudeHandlers, ClaudeProcess, ClaudeStart, EndCause, EndedProcess, WarmClaude } from '../types.ts'
import { createClocks } from './clocks.ts'
import { watchMemory } from './memory-watch.ts'
import { findProcess } from './process-list.ts'
import { type Program, startProgram } from './program.ts'
import { shutDown } from './shutdown.ts'
import { killTree, type Tree } from './tree.ts'

/** How long a result that does not answer everything is waited upon: a next turn begins at once, or never. */
const SETTLE_MS = 3_000

const FIRST_SIGNS = new Set<StreamMessage['type']>(['control_response', 'command', 'start_hook'])

/** How long the leftovers of an ended Claude may take to exit on their own. */
const LEFTOVER_GRACE_MS = 300

/** Starts Claude without a prompt yet. */
export function warmClaude(start: Omit<ClaudeStart, 'prompt' | 'ready'>): WarmClaude {
  const program = launch(start)
  return {
    begin: (whole, handlers) => startClaude(whole, handlers, program),
    async discard() {
      program.closeStdin()
      const timer = setTimeout(program.terminate, start.limits.graceMs)
      await program.exited
      clearTimeout(timer)
      const tree = { attemptId: start.attemptId, ...present({ pid: program.pid, before: program.before }) }
      await killTree(tree, { graceMs: LEFTOVER_GRACE_MS })
      program.release()
    },
    hasExited: program.hasExited,
  }
}

function launch(start: Omit<ClaudeStart, 'prompt' | 'ready'>): Program {
  const program = startProgram(start)
  program.write(initializeRequest(randomUUID(), { guarded: start.guard !== undefined }))
  return program
}

/**
 * Starts Claude, sends it the prompt and follows it to its end. Stdin stays open until the result that answers all that
 * was said, since closing it refuses whatever Claude asks. The promise `finished` settles when nothing of it is left.
 */
export function startClaude(
  start: ClaudeStart,
  handlers: ClaudeHandlers,
  program: Program = launch(start),
): ClaudeProcess {
  const startedMs = performance.now()
  const ledger = createMessageTracker()
  const facts = createFacts()
  const tree: Tree = { attemptId: start.attemptId, ...present({ pid: program.pid, before: program.before }) }
  const resulted = Promise.withResolvers<void>()
  let lastResult: ResultMessage | undefined
  let complete = false
  let settling: NodeJS.Timeout | undefined
  let why: EndCause | undefined

  const clocks = createClocks(start.limits, (clock) => void endBecause({ clock }))
  const asks = createAsks({
    write: program.write,
    onAsk: handlers.onAsk,
    onWithdrawn: (requestId) => handlers.onAskWithdrawn?.(requestId),
    onCount: (open) => {
      clocks.waiting(open > 0)
      if (open === 0 && complete) program.closeStdin()
    },
    guard,
  })

  function guard(call: ToolCall): CallVerdict | undefined {
    let verdict: CallVerdict | undefined
    try {
      verdict = start.guard?.(call)
    } catch (error) {
      // What could not be looked at is not let through.
      facts.note(`The guard failed: ${error instanceof Error ? error.message : String(error)}`)
      verdict = { do: 'deny', why: 'Baton could not check this call. Do it another way.' }
    }
    if (verdict !== undefined) handlers.onGuarded?.(call, verdict)
    return verdict
  }

  function tell(words: string, isPrompt: boolean): boolean {
    const uuid = randomUUID()
    const isWritten = program.write(userMessage(uuid, isPrompt ? words : sayPrompt(words)))
    if (isWritten) ledger.said(uuid, words, isPrompt)
    return isWritten
  }

  async function onLine(line: Buffer): Promise<void> {
    await guarded(handlers.onRaw, line)
    const message = readMessage(line)
    if (message === undefined) return
    ledger.see(message)
    facts.see(message)
    // The first signs of life are no work yet.
    if (!FIRST_SIGNS.has(message.type)) clocks.begun()
    await guarded(handlers.onMessage, message)
    act(message)
  }

  /** A listener that fails must not leave a process without its reader. */
  async function guarded<T>(listener: ((value: T) => void | Promise<void>) | undefined, value: T): Promise<void> {
    try {
      await listener?.(value)
    } catch (error) {
      facts.note(`A listener failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  function act(message: StreamMessage): void {
    if (message.type === 'control_request') asks.receive(message.requestId, message.request)
    else if (message.type === 'control_cancel') asks.withdraw(message.requestId)
    else if (message.type === 'control_response' && message.error !== undefined) {
      facts.note(`Claude refused a request: ${message.error}`)
    }
    if (message.type === 'result') onResult(message)
    else if (message.type === 'command') finishIfComplete()
    else clearTimeout(settling)
  }

  function onResult(result: ResultMessage): void {
    resulted.resolve()
    clearTimeout(settling)
    if (result.origin === 'task-notification') return
    lastResult = result
    settling = setTimeout(finish, SETTLE_MS)
    finishIfComplete()
  }

  function finishIfComplete(): void {
    if (lastResult !== undefined && !isEmpty(lastResult) && ledger.isComplete(lastResult)) finish()
  }

  function finish(): void {
    clearTimeout(settling)
    complete = true
    clocks.resulted()
    if (asks.open().length === 0) program.closeStdin()
  }

  function endBecause(because: EndCause): Promise<EndedProcess> {
    if (why === undefined && !program.hasExited()) {
      why = because
      void shutDown({ program, asks, interrupt, tree, resulted: resulted.promise }, because, complete, start.limits)
    }
    return finished
  }

  function interrupt(): boolean {
    return program.write(interruptRequest(randomUUID()))
  }

  async function follow(): Promise<EndedProcess> {
    const { prompt, ready } = start
    if (prompt !== undefined && !ready) tell(prompt, true)
    // Not awaited: the process is followed meanwhile, and when it is gone there is nobody to tell.
    if (prompt !== undefined && ready) void ready.then(() => tell(prompt, true))
    const info = program.pid === undefined ? undefined : await findProcess(program.pid)
    Object.assign(tree, present({ startedAt: info?.startedAt, since: info?.order }))
    if (program.pid !== undefined) handlers.onSpawn?.(program.pid, info?.startedAt ?? '')
    const reading = readLines(program.stdout, { onLine, onChunk: clocks.heard, onNote: facts.note })
    const { memoryBytes, memoryLookMs } = start.limits
    const onOver = (overMemoryBytes: number) => void endBecause({ overMemoryBytes })
    const stopWatching = watchMemory(tree, memoryBytes, onOver, memoryLookMs)
    const exit = await program.exited
    stopWatching()
    clocks.stop()
    clearTimeout(settling)
    const { killed, survivors } = await killTree(tree, { graceMs: LEFTOVER_GRACE_MS })
    await reading.end()
    program.release()
    const openAsks = asks.open().map((ask) => ask.requestId)
    return {
      ...present({ pid: program.pid, ...exit, ...why, ...facts.told() }),
      complete,
      continuesDeferred: start.prompt === undefined,
      openAsks,
      unheard: ledger.unheard(),
      stderr: program.stderr(),
      leftovers: killed,
      survivors,
      durationMs: Math.round(performance.now() - startedMs),
    }
  }

  const finished = follow()
  return {
    finished,
    answer: asks.answer,
    answerQuestion: asks.answerQuestion,
    defer: asks.defer,
    say: (words) => tell(words, false),
    interrupt,
    end: (reason) => endBecause({ reason }),
  }
}
