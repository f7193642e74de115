import type { CallVerdict, ToolCall } from '../../core/tool-call.ts'
import type { Finding, Task } from '../../core/types.ts'

/** How Baton's own files are protected from one process of an agent, and what happened to them. */
export interface OwnWatch {
  /** Settles when everything that must come before the agent's work is there. */
  ready: Promise<void>
  /** Rules of Claude Code, behind the guard. */
  rules: { deny: string[]; ask: string[] }
  /** The verdict on a call that is about to be made. */
  guard: (call: ToolCall) => CallVerdict | undefined
  /** The same for a call that is only looked at. */
  judge: (call: ToolCall) => CallVerdict | undefined
  /** The agent has said that it makes this call. */
  heard: (call: ToolCall) => void
  /** Compares, restores what was changed, and reports what was found. Never throws. */
  end: () => Promise<Finding[]>
}

/**
 * Begins to watch over Baton's own files, for one process of a task or for its checks. `tree`: the tree it works in, where that is
 * not the project's own.
 */
export type WatchOwnFiles = (task: Task, tree?: string) => OwnWatch
