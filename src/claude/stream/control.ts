import type { CallVerdict } from '../../core/tool-call.ts'
import type { PermissionDecision } from '../types.ts'

/** Our name for the hook that lets questions be kept for later. */
const QUESTION_HOOK = 'baton-question'

/** Our name for the hook that sees every call before Claude's own rules do. */
export const GUARD_HOOK = 'baton-guard'

/** What a call is looked at for is known at once; a Baton that hangs is not a reason to let it pass unseen for long. */
const GUARD_TIMEOUT_S = 300

/** Questions wait for people: a day, then Claude asks through its ordinary channel instead. */
const HOOK_TIMEOUT_S = 86_400

/** The first line on stdin: without it a question can be answered, but not kept in the session. */
export function initializeRequest(requestId: string, { guarded = false }: { guarded?: boolean } = {}): object {
  const question = { matcher: 'AskUserQuestion', hookCallbackIds: [QUESTION_HOOK], timeout: HOOK_TIMEOUT_S }
  const guard = { matcher: '^(?!AskUserQuestion$).*$', hookCallbackIds: [GUARD_HOOK], timeout: GUARD_TIMEOUT_S }
  return {
    type: 'control_request',
    request_id: requestId,
    request: { subtype: 'initialize', hooks: { PreToolUse: guarded ? [question, guard] : [question] } },
  }
}

/** The uuid comes back in `command_lifecycle` and in the result that answers the message. */
export function userMessage(uuid: string, words: string): object {
  return { type: 'user', uuid, message: { role: 'user', content: words } }
}

export function interruptRequest(requestId: string): object {
  return { type: 'control_request', request_id: requestId, request: { subtype: 'interrupt' } }
}

/** The answer to `can_use_tool`. */
export function permissionResponse(requestId: string, decision: PermissionDecision, input: unknown): object {
  return decision.behavior === 'allow'
    ? success(requestId, { behavior: 'allow', updatedInput: decision.updatedInput ?? input })
    : success(requestId, { behavior: 'deny', message: decision.message })
}

/** The answer to our hook: run the call with this input, or keep it for later. */
export function hookResponse(requestId: string, verdict: { allow: unknown } | 'defer'): object {
  const output =
    verdict === 'defer' ? { permissionDecision: 'defer' } : { permissionDecision: 'allow', updatedInput: verdict.allow }
  // Without the name of the event the answer is ignored and the tool runs.
  return success(requestId, { hookSpecificOutput: { hookEventName: 'PreToolUse', ...output } })
}

/** The answer to our guard's hook: never, or not without a person. */
export function hookVerdict(requestId: string, verdict: CallVerdict): object {
  const output = { permissionDecision: verdict.do, permissionDecisionReason: verdict.why }
  return success(requestId, { hookSpecificOutput: { hookEventName: 'PreToolUse', ...output } })
}

/** Leaves a call to Claude's ordinary rules, and then to `can_use_tool`. */
export function hookPass(requestId: string): object {
  return success(requestId, {})
}

export function controlError(requestId: string, error: string): object {
  return { type: 'control_response', response: { subtype: 'error', request_id: requestId, error } }
}

function success(requestId: string, response: object): object {
  return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } }
}
