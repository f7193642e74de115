/** A call of a tool as the agent is about to make it. */
export interface ToolCall {
  tool: string
  input: unknown
  /** Where the agent's shell is; absolute. */
  cwd: string
}

/** What is decided about a call whatever the rules and the mode say: it is not made, or a person is asked. */
export interface CallVerdict {
  do: 'deny' | 'ask'
  /** For the agent and for people. */
  why: string
}

/** Tools of Claude Code that change a file; a rule for one of them is a rule for all. */
export const EDITING_TOOLS: ReadonlySet<string> = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit'])
