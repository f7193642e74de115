import type { PlanWindow } from '../../core/types.ts'
import { array, flag, number, type Plain, present, record, text, texts } from './json-shape.ts'

/** A block of what Claude wrote. Of thinking, only its presence is known. */
export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'thinking' }
  | { type: 'tool_use'; id: string; name: string; input: unknown }

interface ToolResult {
  toolUseId: string
  text: string
  isError: boolean
}

/** The final line of a turn, as far as Baton reads it. */
export interface ResultMessage {
  type: 'result'
  subtype: string
  isError: boolean
  text: string
  /** Texts of `error_*` results. */
  errors: string[]
  /** Of this process only; unreliable for deferred calls. */
  turns: number
  /** USD; from 2.1.277 on of the whole session, resumed processes included. */
  costUsd?: number
  stopReason?: string
  terminalReason?: string
  apiStatus?: number
  /** `usage_limit_reached`, `connection_failed` … (newer versions). */
  apiError?: string
  sessionId?: string
  /** The uuids of our own messages that this turn answered (newer versions). */
  answered: string[]
  deferred?: { id: string; name: string; input: unknown }
  /** Tools of the calls that were refused, by Claude's rules or by an answer, one for each call. */
  denied: string[]
  /** `task-notification` for a turn that a background task caused. */
  origin?: string
}

/** What Claude prints, reduced to what Baton acts on. `sub` marks what a subagent said or did. */
export type StreamMessage =
  | {
      type: 'init'
      sessionId: string
      model: string
      version: string
      agents: string[]
      capabilities: string[]
      /** How many MCP servers it was to start; absent where it does not say. */
      servers?: number
    }
  /** A hook of the user's runs because Claude starts. */
  | { type: 'start_hook' }
  | { type: 'assistant'; id: string; sub: boolean; blocks: ContentBlock[]; error?: string }
  | { type: 'tool_results'; sub: boolean; results: ToolResult[] }
  | { type: 'status'; status: string }
  /** A hook of the user's kept Claude from ending its turn, or did so too often and was overridden. */
  | { type: 'stop_hook'; overridden: boolean; words: string }
  | { type: 'rate_limit'; status: string; resetsAtMs?: number; limitType?: string; plan: PlanWindow[] }
  | { type: 'api_retry'; attempt: number; maxRetries: number; status?: number; error: string }
  | { type: 'command'; uuid: string; state: string }
  | { type: 'control_request'; requestId: string; request: Plain }
  | { type: 'control_response'; requestId: string; error?: string }
  | { type: 'control_cancel'; requestId: string }
  | ResultMessage

/**
 * Reads one line of Claude's output. Fields may come in any order, unknown types and lines that are no JSON object are
 * not for us: both give undefined. Bytes that are not UTF-8 become U+FFFD. Never throws.
 */
export function readMessage(line: Buffer): StreamMessage | undefined {
  const raw = parse(line)
  switch (raw?.type) {
    case 'system':
      return readSystem(raw)
    case 'assistant':
      return readAssistant(raw)
    case 'user':
      return readStopHook(raw) ?? readToolResults(raw)
    case 'result':
      return readResult(raw)
    case 'rate_limit_event':
      return readRateLimit(record(raw.rate_limit_info))
    case 'command_lifecycle':
      return { type: 'command', uuid: text(raw.command_uuid) ?? '', state: text(raw.state) ?? '' }
    case 'control_request':
      return { type: 'control_request', requestId: text(raw.request_id) ?? '', request: record(raw.request) ?? {} }
    case 'control_cancel_request':
      return { type: 'control_cancel', requestId: text(raw.request_id) ?? '' }
    case 'control_response':
      return readControlResponse(record(raw.response) ?? {})
    default:
      return undefined
  }
}

function parse(line: Buffer): Plain | undefined {
  const open = line.indexOf('{')
  // Cheap refusal of what cannot be an object, before a large line is decoded.
  if (open === -1 || line.subarray(0, open).toString('latin1').trim() !== '') return undefined
  try {
    return record(JSON.parse(line.toString('utf8')))
  } catch {
    return undefined
  }
}

function readSystem(raw: Plain): StreamMessage | undefined {
  if (raw.subtype === 'init') {
    return present({
      type: 'init' as const,
      sessionId: text(raw.session_id) ?? '',
      model: text(raw.model) ?? '',
      version: text(raw.claude_code_version) ?? '',
      agents: texts(raw.agents),
      capabilities: texts(raw.capabilities),
      servers: Array.isArray(raw.mcp_servers) ? raw.mcp_servers.length : undefined,
    })
  }
  if (raw.subtype === 'hook_started' && /^(SessionStart|Setup)$/.test(text(raw.hook_event) ?? ''))
    return { type: 'start_hook' }
  if (raw.subtype === 'api_retry') {
    return present({
      type: 'api_retry' as const,
      attempt: number(raw.attempt) ?? 0,
      maxRetries: number(raw.max_retries) ?? 0,
      status: number(raw.error_status),
      error: text(raw.error) ?? 'unknown',
    })
  }
  if (raw.subtype === 'informational' && /^A hook blocked the turn from ending\b/.test(text(raw.content) ?? ''))
    return { type: 'stop_hook', overridden: true, words: '' }
  if (raw.subtype === 'status' && typeof raw.status === 'string') return { type: 'status', status: raw.status }
  return undefined
}

function readAssistant(raw: Plain): StreamMessage {
  const message = record(raw.message) ?? {}
  return present({
    type: 'assistant' as const,
    id: text(message.id) ?? '',
    sub: typeof raw.parent_tool_use_id === 'string',
    blocks: array(message.content).flatMap(readBlock),
    error: text(raw.error),
  })
}

function readBlock(raw: unknown): ContentBlock[] {
  const block = record(raw)
  if (block?.type === 'text') return [{ type: 'text', text: text(block.text) ?? '' }]
  if (block?.type === 'thinking' || block?.type === 'redacted_thinking') return [{ type: 'thinking' }]
  if (block?.type !== 'tool_use') return []
  return [{ type: 'tool_use', id: text(block.id) ?? '', name: text(block.name) ?? '', input: block.input }]
}

const STOP_HOOK = 'Stop hook feedback:'

/** What the hook said goes to Claude like words of the user. */
function readStopHook(raw: Plain): StreamMessage | undefined {
  if (!flag(raw.isSynthetic)) return undefined
  const words = resultText(record(raw.message)?.content)
  if (!words.startsWith(STOP_HOOK)) return undefined
  return { type: 'stop_hook', overridden: false, words: words.slice(STOP_HOOK.length).trim() }
}

function readToolResults(raw: Plain): StreamMessage | undefined {
  const results = array(record(raw.message)?.content).flatMap((one): ToolResult[] => {
    const block = record(one)
    if (block?.type !== 'tool_result') return []
    const isError = flag(block.is_error)
    return [{ toolUseId: text(block.tool_use_id) ?? '', text: resultText(block.content), isError }]
  })
  return results.length === 0
    ? undefined
    : { type: 'tool_results', sub: typeof raw.parent_tool_use_id === 'string', results }
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content
  return array(content)
    .flatMap((part) => text(record(part)?.text) ?? [])
    .join('\n')
}

function readRateLimit(info: Plain | undefined): StreamMessage {
  const limitType = text(info?.rateLimitType)
  const windows = { ...(limitType !== undefined && { [limitType]: info }), ...record(info?.unifiedWindows) }
  return present({
    type: 'rate_limit' as const,
    status: text(info?.status) ?? '',
    resetsAtMs: inMs(info?.resetsAt),
    limitType,
    plan: Object.entries(windows).flatMap(([type, window]) => readWindow(type, record(window))),
  })
}

/** How far one window is used; nothing where either figure is missing, as for most accounts far from their limits. */
function readWindow(type: string, window: Plain | undefined): PlanWindow[] {
  const used = number(window?.utilization)
  const resetsAt = inMs(window?.resetsAt)
  return used === undefined || resetsAt === undefined ? [] : [{ type, used, resetsAt }]
}

const inMs = (seconds: unknown): number | undefined => {
  const value = number(seconds)
  return value === undefined ? undefined : value * 1000
}

function readControlResponse(response: Plain): StreamMessage {
  return present({
    type: 'control_response' as const,
    requestId: text(response.request_id) ?? '',
    error: response.subtype === 'error' ? (text(response.error) ?? 'error') : undefined,
  })
}

function readResult(raw: Plain): ResultMessage {
  const deferred = record(raw.deferred_tool_use)
  return present({
    type: 'result' as const,
    subtype: text(raw.subtype) ?? '',
    isError: flag(raw.is_error),
    text: text(raw.result) ?? '',
    errors: texts(raw.errors),
    turns: number(raw.num_turns) ?? 0,
    answered: texts(raw.user_message_uuids),
    denied: array(raw.permission_denials).flatMap((one) => text(record(one)?.tool_name) ?? []),
    costUsd: number(raw.total_cost_usd),
    stopReason: text(raw.stop_reason),
    terminalReason: text(raw.terminal_reason),
    apiStatus: number(raw.api_error_status),
    apiError: text(raw.api_error),
    sessionId: text(raw.session_id),
    origin: text(record(raw.origin)?.kind),
    deferred: deferred && { id: text(deferred.id) ?? '', name: text(deferred.name) ?? '', input: deferred.input },
  })
}
