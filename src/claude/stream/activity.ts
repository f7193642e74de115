import { isAbsolute, relative, sep } from 'node:path'
import { array, record, text } from './json-shape.ts'
import type { ContentBlock, StreamMessage } from './messages.ts'

/** Longest text of an activity, in characters. */
const MAX_LENGTH = 80

/**
 * What Claude is doing now, in a few words for people: "editing src/login.ts", "running npm test", "reading 3 files".
 * Undefined when the message says nothing about it.
 *
 * @param cwd paths inside it are shown relative to it
 */
export function describeActivity(message: StreamMessage, cwd: string): string | undefined {
  if (message.type === 'status') return message.status === 'compacting' ? 'compacting its memory' : undefined
  if (message.type === 'tool_results' && !message.sub) return 'thinking'
  if (message.type === 'api_retry') return describeRetry(message)
  if (message.type !== 'assistant' || message.error !== undefined) return undefined
  const calls = message.blocks.filter((block) => block.type === 'tool_use')
  if (calls.length > 0) return short(`${message.sub ? 'a helper is ' : ''}${describeCalls(calls, cwd)}`)
  if (message.sub) return undefined
  return message.blocks.some((block) => block.type === 'text') ? 'writing' : 'thinking'
}

/** "API not reachable, retrying (3 of 10)" */
export function describeRetry(message: Extract<StreamMessage, { type: 'api_retry' }>): string {
  const { status, error, attempt, maxRetries } = message
  const isBusy = status === 529 || status === 429 || /overload|rate.?limit/i.test(error)
  const why = isBusy ? 'overloaded' : status === undefined ? 'not reachable' : `error ${status}`
  return `API ${why}, retrying (${attempt} of ${maxRetries})`
}

type Call = Extract<ContentBlock, { type: 'tool_use' }>

function describeCalls(calls: Call[], cwd: string): string {
  const [first] = calls
  if (first === undefined) return 'thinking'
  if (calls.length > 1 && calls.every((call) => call.name === first.name)) {
    const many = MANY[first.name]
    if (many !== undefined) return many(calls.length)
  }
  return describeCall(first, cwd)
}

const MANY: Record<string, (count: number) => string> = {
  Read: (count) => `reading ${count} files`,
  Grep: (count) => `searching for ${count} things`,
  Glob: (count) => `looking for files in ${count} ways`,
  Edit: (count) => `making ${count} edits`,
  Write: (count) => `writing ${count} files`,
  Bash: (count) => `running ${count} commands`,
  Agent: (count) => `working with ${count} helpers`,
  Task: (count) => `working with ${count} helpers`,
}

function describeCall(call: Call, cwd: string): string {
  const input = record(call.input) ?? {}
  const path = pathFromFolder(text(input.file_path) ?? text(input.notebook_path) ?? text(input.path), cwd)
  switch (call.name) {
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return `editing ${path ?? 'a file'}`
    case 'Write':
      return `writing ${path ?? 'a file'}`
    case 'Read':
      return `reading ${path ?? 'a file'}`
    case 'Bash':
      return `running ${text(input.command) ?? 'a command'}`
    case 'Grep':
    case 'Glob':
      return `searching for ${text(input.pattern) ?? 'something'}`
    case 'WebFetch':
      return `reading ${text(input.url) ?? 'a page'}`
    case 'WebSearch':
      return `searching the web for ${text(input.query) ?? 'something'}`
    case 'Agent':
    case 'Task':
      return `letting a helper ${text(input.description) ?? 'work'}`
    case 'TodoWrite':
      return describePlan(input.todos)
    case 'AskUserQuestion':
      return 'asking you'
    case 'Skill':
      return `using the skill ${text(input.skill) ?? ''}`.trim()
    default:
      return describeOther(call.name)
  }
}

/** The step in progress says it best. */
function describePlan(todos: unknown): string {
  const current = array(todos)
    .map(record)
    .find((todo) => todo?.status === 'in_progress')
  return (text(current?.activeForm) ?? 'planning').replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase())
}

function describeOther(name: string): string {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(name)
  return mcp === null ? `using ${name}` : `using ${mcp[2]} of ${mcp[1]}`
}

/** A path as people read it: relative inside the project, whole outside. */
export function pathFromFolder(path: string | undefined, cwd: string): string | undefined {
  if (path === undefined || path === '') return undefined
  if (!isAbsolute(path)) return path
  const inside = relative(cwd, path)
  if (inside === '') return '.'
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside
}

function short(words: string): string {
  const line = words.replace(/\s+/gu, ' ').trim()
  const characters = [...line]
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`
}
