import type { CallVerdict, ToolCall } from '../../core/tool-call.ts'
import type { Question } from '../../core/types.ts'
import { controlError, GUARD_HOOK, hookPass, hookResponse, hookVerdict, permissionResponse } from '../stream/control.ts'
import { array, flag, type Plain, present, record, text } from '../stream/json-shape.ts'
import type { ClaudeAsk, PermissionDecision } from '../types.ts'

const QUESTION_TOOL = 'AskUserQuestion'

export interface AskPorts {
  /** Writes one line to Claude; false when it cannot be reached any more. */
  write: (message: object) => boolean
  onAsk: (ask: ClaudeAsk) => void
  onWithdrawn: (requestId: string) => void
  /** The number of open asks changed. */
  onCount: (open: number) => void
  /** Looks at every call before Claude's own rules do; undefined leaves it to them. */
  guard?: (call: ToolCall) => CallVerdict | undefined
}

/** The requests of Claude that wait for an answer. Every request gets one, those that Baton does not know an error. */
export interface Asks {
  receive: (requestId: string, request: Plain) => void
  withdraw: (requestId: string) => void
  answer: (requestId: string, decision: PermissionDecision) => boolean
  answerQuestion: (requestId: string, answers: Record<string, string>) => boolean
  defer: (requestId: string) => boolean
  open: () => ClaudeAsk[]
  /** A question is put off: Claude notes that in its session and ends. */
  isDeferring: () => boolean
}

export function createAsks(ports: AskPorts): Asks {
  const open = new Map<string, ClaudeAsk>()
  /** Refusals of questions, given to Claude when the call reaches its ordinary channel. By tool use id. */
  const refused = new Map<string, PermissionDecision>()
  /** Tool use ids of calls that the guard has asked for. */
  const guardedIds = new Set<string>()
  let isDeferring = false

  function receive(requestId: string, request: Plain): void {
    if (request.subtype === 'can_use_tool') {
      const toolUseId = text(request.tool_use_id) ?? ''
      const decision = refused.get(toolUseId)
      if (decision !== undefined) {
        refused.delete(toolUseId)
        ports.write(permissionResponse(requestId, decision, request.input))
        return
      }
      const ask = readAsk(requestId, request)
      begin(ask.kind === 'permission' && guardedIds.delete(toolUseId) ? { ...ask, guarded: true } : ask)
      return
    }
    if (request.subtype === 'hook_callback') {
      const hook = record(request.input) ?? {}
      if (request.callback_id === GUARD_HOOK) guarded(requestId, hook)
      else if (hook.tool_name !== QUESTION_TOOL) ports.write(hookPass(requestId))
      else begin(readQuestion(requestId, text(request.tool_use_id) ?? text(hook.tool_use_id), hook.tool_input, true))
      return
    }
    ports.write(controlError(requestId, `Baton does not know the request ${String(request.subtype)}`))
  }

  function guarded(requestId: string, hook: Plain): void {
    const call = { tool: text(hook.tool_name) ?? '', input: hook.tool_input, cwd: text(hook.cwd) ?? '' }
    const verdict = ports.guard?.(call)
    const useId = text(hook.tool_use_id)
    if (verdict?.do === 'ask' && useId !== undefined) guardedIds.add(useId)
    ports.write(verdict === undefined ? hookPass(requestId) : hookVerdict(requestId, verdict))
  }

  function begin(ask: ClaudeAsk): void {
    open.set(ask.requestId, ask)
    ports.onCount(open.size)
    ports.onAsk(ask)
  }

  /** Takes the ask out and sends what answers it. */
  function settle(requestId: string, respond: (ask: ClaudeAsk) => object | undefined): boolean {
    const ask = open.get(requestId)
    const response = ask && respond(ask)
    if (response === undefined || !ports.write(response)) return false
    open.delete(requestId)
    ports.onCount(open.size)
    return true
  }

  return {
    receive,
    withdraw: (requestId) => {
      if (!open.delete(requestId)) return
      ports.onCount(open.size)
      ports.onWithdrawn(requestId)
    },
    answer: (requestId, decision) =>
      settle(requestId, (ask) => {
        if (ask.kind === 'permission' || !ask.canDefer) return permissionResponse(requestId, decision, ask.input)
        if (decision.behavior === 'allow') return hookResponse(requestId, { allow: decision.updatedInput ?? ask.input })
        // A hook's own refusal would reach Claude as "hook error"; the ordinary channel gives the bare words.
        refused.set(ask.toolUseId, decision)
        return hookPass(requestId)
      }),
    answerQuestion: (requestId, answers) =>
      settle(requestId, (ask) => {
        const updatedInput = { ...record(ask.input), answers }
        return ask.kind === 'question' && ask.canDefer
          ? hookResponse(requestId, { allow: updatedInput })
          : permissionResponse(requestId, { behavior: 'allow', updatedInput }, ask.input)
      }),
    defer: (requestId) => {
      const isPutOff = settle(requestId, (ask) =>
        ask.kind === 'question' && ask.canDefer ? hookResponse(requestId, 'defer') : undefined,
      )
      isDeferring ||= isPutOff
      return isPutOff
    },
    open: () => [...open.values()],
    isDeferring: () => isDeferring,
  }
}

function readAsk(requestId: string, request: Plain): ClaudeAsk {
  const tool = text(request.tool_name) ?? ''
  const toolUseId = text(request.tool_use_id)
  if (tool === QUESTION_TOOL) return readQuestion(requestId, toolUseId, request.input, false)
  const hints = present({
    description: text(request.description),
    suggestions: request.permission_suggestions,
    blockedPath: text(request.blocked_path),
    reason: text(request.decision_reason),
  })
  return { kind: 'permission', requestId, toolUseId: toolUseId ?? '', tool, input: request.input, ...hints }
}

function readQuestion(requestId: string, useId: string | undefined, input: unknown, canDefer: boolean): ClaudeAsk {
  const questions = array(record(input)?.questions).flatMap((one) => readOneQuestion(record(one)))
  return { kind: 'question', requestId, toolUseId: useId ?? '', tool: QUESTION_TOOL, input, questions, canDefer }
}

function readOneQuestion(raw: Plain | undefined): Question[] {
  const question = text(raw?.question)
  if (raw === undefined || question === undefined) return []
  const options = array(raw.options).flatMap((one) => {
    const label = text(record(one)?.label)
    return label === undefined ? [] : [present({ label, description: text(record(one)?.description) })]
  })
  return [present({ question, header: text(raw.header), options, multiSelect: flag(raw.multiSelect) })]
}
