import { randomUUID } from 'node:crypto'
import type { RehearsalArguments } from './arguments.ts'
import { readDirectives, readTitle } from './directives.ts'
import type { Witness } from './journal.ts'
import { createRequests } from './requests.ts'
import type { RehearsalSession, SessionStore } from './session-store.ts'
import { createStage, type Ending, resultMessage } from './stage.ts'
import { playDeferred, playTurn, takeDecision } from './turn.ts'
import type { Wire, WireLine } from './wire.ts'

export interface AgentPorts {
  args: RehearsalArguments
  wire: Wire
  store: SessionStore
  witness: Witness
  exit: (code: number) => void
}

interface Message {
  uuid: string
  words: string
}

/** Plays Claude over its wire until stdin is closed: turn after turn, asks and faults included. */
export async function playAgent({ args, wire, store, witness, exit }: AgentPorts): Promise<void> {
  const waiting: Message[] = []
  let interrupted = new AbortController()
  let wake = Promise.withResolvers<void>()
  let isOver = false
  let code = 0
  const requests = createRequests(wire, () => interrupted.abort())
  wire.onLine((line) => {
    if (line.type !== 'user') return
    const message = { uuid: typeof line.uuid === 'string' ? line.uuid : '', words: wordsOf(line) }
    waiting.push(message)
    wake.resolve()
  })
  wire.onEnd(() => {
    isOver = true
    wake.resolve()
  })

  const stored = store.load(args.sessionId)
  if (args.resume && stored === undefined) return refuse(`No conversation found with session ID: ${args.sessionId}`)
  if (!args.resume && stored !== undefined) return inUse()
  const session: RehearsalSession = stored ?? {
    id: args.sessionId,
    title: '',
    steps: [],
    next: 0,
    done: [],
    costUsd: 0,
  }

  let isFirst = !args.resume
  if (args.resume && session.deferred !== undefined) {
    await requests.initialized
    await turn(true)
  }
  for (;;) {
    if (waiting.length > 0) await turn(false)
    else if (isOver) return exit(code)
    else await wake.promise
    wake = Promise.withResolvers()
  }

  async function turn(byDeferredCall: boolean): Promise<void> {
    interrupted = new AbortController()
    const stage = createStage({
      session,
      permissionMode: args.permissionMode,
      wire,
      request: requests.ask,
      hasHook: requests.hasHook,
      interrupted: interrupted.signal,
    })
    // Before the first word: a silent agent says nothing at all.
    if (!byDeferredCall && isSilent(waiting[0]?.words)) return new Promise(() => setInterval(() => {}, 60_000))
    const answered: string[] = []
    const begin = byDeferredCall ? undefined : takeUp(answered)
    requests.answerInitialize()
    if (begin !== undefined) hear(begin.words)
    witness('start', session.id, session.title)
    printInit()
    if (begin !== undefined && !isFirst) stage.say('(rehearsal) Heard, and going on.')
    isFirst = false
    const ports = { stage, save: () => store.save(session), listen: () => listen(answered, stage.say) }
    ports.save()
    const early = byDeferredCall ? await playDeferred(ports) : undefined
    finish(early ?? (await playTurn(ports)), stage.turns(), answered)
    ports.save()
  }

  function isSilent(words = ''): boolean {
    return readDirectives(words).some(({ name, always }) => name === 'silent' && (isFirst || always))
  }

  /** The message stays unanswered until the result; its life is reported as Claude reports it. */
  function takeUp(answered: string[]): Message | undefined {
    const message = waiting.shift()
    if (message === undefined) return undefined
    answered.push(message.uuid)
    wire.print({ type: 'command_lifecycle', command_uuid: message.uuid, state: 'started', session_id: session.id })
    return message
  }

  function hear(words: string): void {
    if (session.title === '') session.title = readTitle(words)
    takeDecision(session, words)
    session.steps.push(...readDirectives(words).filter(({ name }) => name !== 'silent'))
  }

  function listen(answered: string[], say: (text: string) => void): void {
    for (let message = takeUp(answered); message !== undefined; message = takeUp(answered)) {
      hear(message.words)
      say(`(rehearsal) Heard: ${message.words.trim().split('\n').at(-1) ?? ''}`)
    }
  }

  function printInit(): void {
    wire.print({
      type: 'system',
      subtype: 'init',
      cwd: process.cwd(),
      session_id: session.id,
      model: 'rehearsal',
      permissionMode: args.permissionMode,
      claude_code_version: 'rehearsal',
      tools: ['AskUserQuestion', 'Bash', 'Write'],
      agents: [],
      mcp_servers: [],
      capabilities: ['msg_lifecycle_v1'],
      uuid: randomUUID(),
    })
  }

  function finish(ending: Ending, turns: number, answered: string[]): void {
    code = ending.isError ? 1 : 0
    wire.print(resultMessage(session, turns, ending, answered))
    for (const uuid of answered) {
      wire.print({ type: 'command_lifecycle', command_uuid: uuid, state: 'completed', session_id: session.id })
    }
    witness('end', session.id, session.title)
  }

  function refuse(words: string): void {
    const nobody = { id: args.sessionId, title: '', steps: [], next: 0, done: [], costUsd: 0 }
    const ending = { subtype: 'error_during_execution', isError: true, errors: [words], stopReason: null }
    wire.print(resultMessage(nobody, 0, ending, []))
    process.stderr.write(`${words}\n`)
    exit(1)
  }

  function inUse(): void {
    process.stderr.write(`Error: Session ID ${args.sessionId} is already in use.\n`)
    exit(1)
  }
}

function wordsOf(line: WireLine): string {
  const content = (line.message as { content?: unknown } | undefined)?.content
  if (typeof content === 'string') return content
  const blocks = Array.isArray(content) ? (content as { text?: string }[]) : []
  return blocks.map((block) => block.text ?? '').join('\n')
}
