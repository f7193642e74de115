import { permissionText } from '../../claude/asks/permission-text.ts'
import { describeActivity, describeRetry } from '../../claude/stream/activity.ts'
import type { ContentBlock, StreamMessage } from '../../claude/stream/messages.ts'
import type { Acted } from '../../workspace/workspace.ts'
import type { StreamFollower } from './attempt-ports.ts'

const MAX_RESULT_CHARS = 4_000
const MAX_CALL_CHARS = 2_000

/**
 * Follows the stream of one process: what it does now, what the readable log says, which calls are over. What is cut for the
 * log goes through `redact` first: the rest of a secret that was cut would no longer be recognised.
 */
export function createStreamFollower(cwd: string, redact: (text: string) => string): StreamFollower {
  let turns = 0
  let lastTurn = ''
  const acted: Acted = { commands: [], tools: [], written: [] }
  return {
    turns: () => turns,
    acted: () => acted,
    take(message: StreamMessage) {
      if (message.type === 'assistant' && !message.sub && message.id !== lastTurn) {
        // One message of the model may come in several lines.
        lastTurn = message.id
        turns++
      }
      if (message.type === 'assistant') for (const block of message.blocks) note(acted, block)
      const activity = describeActivity(message, cwd)
      const finished = message.type === 'tool_results' ? message.results.map((result) => result.toolUseId) : []
      return {
        ...(activity !== undefined && { activity }),
        log: logLines(message, cwd, redact),
        finishedToolUseIds: finished,
      }
    },
  }
}

function note(acted: Acted, block: ContentBlock): void {
  if (block.type !== 'tool_use') return
  acted.tools.push(block.name)
  const { command, file_path, notebook_path } = (block.input ?? {}) as Record<string, unknown>
  if (block.name === 'Bash' && typeof command === 'string') acted.commands.push(command)
  const path = file_path ?? notebook_path
  if (/^(Edit|MultiEdit|Write|NotebookEdit)$/.test(block.name) && typeof path === 'string') acted.written.push(path)
}

function logLines(message: StreamMessage, cwd: string, redact: Redact): string[] {
  switch (message.type) {
    case 'init':
      return [`claude ${message.version}, model ${message.model}`]
    case 'assistant':
      return message.blocks.flatMap((block) => blockLine(block, cwd, redact))
    case 'tool_results':
      return message.results.map(
        (result) => `${result.isError ? '✗' : '←'} ${cut(result.text, MAX_RESULT_CHARS, redact)}`,
      )
    case 'rate_limit':
      return message.status === 'allowed' ? [] : [`usage limit: ${message.status}`]
    case 'api_retry':
      return [`${describeRetry(message)}: ${message.status ?? message.error}`]
    case 'result':
      return message.isError ? [`result: ${message.subtype} ${message.text || message.errors.join('; ')}`] : []
    default:
      return []
  }
}

function blockLine(block: ContentBlock, cwd: string, redact: Redact): string[] {
  if (block.type === 'text') return block.text.trim() === '' ? [] : [block.text]
  if (block.type === 'thinking') return []
  const { title, text } = permissionText(block.name, block.input, cwd)
  return [`→ ${title}${text.includes('\n') || !title.includes(text) ? `\n${cut(text, MAX_CALL_CHARS, redact)}` : ''}`]
}

type Redact = (text: string) => string

/** Of a longer text no more than this is searched at either end: secrets alone never fill it. */
const SEARCHED_CHARS = 1_000_000

/** Head and tail without secrets, with the number of characters left out between. */
function cut(text: string, max: number, redact: Redact): string {
  if (text.length <= max) return text
  const half = Math.floor(max / 2)
  const head = redact(text.slice(0, SEARCHED_CHARS)).slice(0, half)
  const tail = redact(text.slice(-SEARCHED_CHARS)).slice(-half)
  return `${head}\n… ${text.length - 2 * half} characters …\n${tail}`
}
