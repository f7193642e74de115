import { randomUUID } from 'node:crypto'

/** The blocks of the Messages API that the stand-in reads or writes. */
export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }
  | { type: 'tool_result'; tool_use_id: string; content?: string | ContentBlock[]; is_error?: boolean }

/** What the stand-in answers. */
export type Reply =
  | {
      kind: 'message'
      content: ContentBlock[]
      usage?: { inputTokens: number; outputTokens: number }
      headers?: Record<string, string>
      /** The last event never comes: a stream that breaks off without an end. */
      stall?: boolean
    }
  | { kind: 'error'; status: number; type: string; message: string; headers?: Record<string, string> }
  | { kind: 'hang' }

/** The model ends its turn with these words. */
export function says(text: string): Reply {
  return { kind: 'message', content: [{ type: 'text', text }] }
}

/** The model calls these tools, in this order, in one message. */
export function calls(...tools: { name: string; input: unknown }[]): Reply {
  return {
    kind: 'message',
    content: tools.map(({ name, input }) => ({ type: 'tool_use', id: toolUseId(), name, input })),
  }
}

/** The model calls Bash. */
export function runs(command: string, description = 'Runs a command'): Reply {
  return calls({ name: 'Bash', input: { command, description } })
}

/** A usage limit of a subscription. Unit: epoch seconds. */
export function usageLimit(resetsAtSeconds: number, claim = 'five_hour'): Reply {
  return {
    kind: 'error',
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your account's rate limit. Please try again later.",
    headers: {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(resetsAtSeconds),
      'anthropic-ratelimit-unified-representative-claim': claim,
    },
  }
}

export function overloaded(): Reply {
  return { kind: 'error', status: 529, type: 'overloaded_error', message: 'Overloaded' }
}

export function badCredentials(): Reply {
  return { kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' }
}

/** No answer at all until the client goes away. */
export function hangs(): Reply {
  return { kind: 'hang' }
}

function toolUseId(): string {
  return `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`
}

/** The server-sent events of one message, in the order of the Messages API. */
export function* messageEvents(
  model: string,
  reply: Extract<Reply, { kind: 'message' }>,
): Generator<{ type: string } & Record<string, unknown>> {
  const usage = reply.usage ?? { inputTokens: 100, outputTokens: 20 }
  yield {
    type: 'message_start',
    message: {
      id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: usage.inputTokens, output_tokens: 1 },
    },
  }
  for (const [index, block] of reply.content.entries()) {
    if (block.type === 'text') {
      yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } }
      yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text: block.text } }
    } else if (block.type === 'tool_use') {
      yield { type: 'content_block_start', index, content_block: { ...block, input: {} } }
      const delta = { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      yield { type: 'content_block_delta', index, delta }
    }
    yield { type: 'content_block_stop', index }
  }
  if (reply.stall === true) return
  const stopReason = reply.content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn'
  yield {
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: usage.outputTokens },
  }
  yield { type: 'message_stop' }
}
