import type { CallVerdict, ToolCall } from '../core/tool-call.ts'
import type { Finding } from '../core/types.ts'
import type { Changed } from '../protect/watch-files.ts'
import { finding } from './findings.ts'

/** Tools that cannot write but where the guard has seen to. */
const KNOWN_TOOLS = new Set([
  'Read',
  'Edit',
  'MultiEdit',
  'Write',
  'NotebookEdit',
  'NotebookRead',
  'Glob',
  'Grep',
  'LS',
  'TodoWrite',
  'WebFetch',
  'WebSearch',
  'AskUserQuestion',
  'Agent',
  'Task',
  'ExitPlanMode',
  'TaskCreate',
  'TaskUpdate',
  'TaskList',
  'ToolSearch',
])
/** The finest clock of a file system we know of is no finer. */
const CLOCK_MS = 20

/** What is known of the agent while it works. */
export interface Acting {
  /** It announces each call before making it. */
  hooks: boolean
  /** When it first made a call that can change anything, epoch ms. */
  firstAt?: number
  /** Why → the calls. Claude's own rules refuse some before its hooks: those are only seen as it says them. */
  refused: Map<string, Set<string>>
}

/** Notes what was decided about a call that is about to be made. */
export function note(seen: Acting, call: ToolCall, verdict: CallVerdict | undefined): CallVerdict | undefined {
  seen.hooks = true
  const { tool } = call
  if (verdict?.do === 'deny') noteRefused(seen, call, verdict)
  else if (verdict || !KNOWN_TOOLS.has(tool)) seen.firstAt ??= Date.now()
  return verdict
}

/** Notes a call that is refused. */
export function noteRefused({ refused }: Acting, { tool, input }: ToolCall, verdict: CallVerdict | undefined): void {
  if (verdict?.do !== 'deny') return
  const calls = refused.get(verdict.why) ?? new Set()
  refused.set(verdict.why, calls.add(JSON.stringify([tool, input])))
}

/** Changed before the agent had done anything that could have: by a person then, and none of our business. */
export function isPersons({ hooks, firstAt }: Acting, { at }: Changed): boolean {
  return hooks && (firstAt === undefined || (at !== undefined && at < firstAt - CLOCK_MS))
}

/** What was refused, for the receipt. */
export function refusals({ refused }: Acting): Finding[] {
  return [...refused].map(([why, { size }]) =>
    finding(`${size > 1 ? `${size} calls were` : 'A call was'} refused: ${why.replace(/ Continue without it\.$/, '')}`),
  )
}
