/** The parts of the configuration and the task that reach Claude's command line. */
export interface ClaudeOptions {
  /** Chosen by us (a UUID); `resume` continues it. */
  sessionId: string
  resume: boolean
  /** `default`, `acceptEdits`, `bypassPermissions`, `plan`, `dontAsk`, `auto`. */
  permissionMode: string
  model?: string
  effort?: string
  agent?: string
  maxTurns?: number
  /** USD, for this process alone: what the session spent before does not count. */
  budgetUsd?: number
  /** Rules as `Bash(npm test:*)`. */
  allowedTools?: string[]
  disallowedTools?: string[]
  appendSystemPrompt?: string
  /** Settings of Claude Code for this process, over those of files. */
  settings?: Readonly<Record<string, unknown>>
  /** Passed on as they are, after all others. */
  extraArgs?: string[]
}

/** How Claude is driven: JSON lines in and out, permissions and questions over stdio. */
const PROTOCOL = [
  '-p',
  '--input-format=stream-json',
  '--output-format=stream-json',
  '--verbose',
  '--permission-prompt-tool=stdio',
]

/**
 * The arguments of `claude`. Every value is in one argument with its flag (`--model=x`), so that one that begins
 * with `-` is never read as a flag; the prompt is not among them, it goes over stdin. All flags are given again when a
 * session is resumed, since Claude does not remember them.
 */
export function claudeArgs(options: ClaudeOptions): string[] {
  return [...PROTOCOL, ...optionArgs(options)]
}

/** The same for a person at a terminal, in a session that exists. Ceilings hold for unattended work only. */
export function windowArgs(options: Omit<ClaudeOptions, 'resume' | 'maxTurns' | 'budgetUsd'>): string[] {
  return optionArgs({ ...options, resume: true })
}

function optionArgs(options: ClaudeOptions): string[] {
  return [
    `--permission-mode=${options.permissionMode}`,
    options.resume ? `--resume=${options.sessionId}` : `--session-id=${options.sessionId}`,
    ...flag('model', options.model),
    ...flag('effort', options.effort),
    ...flag('agent', options.agent),
    ...flag('max-turns', options.maxTurns),
    ...flag('max-budget-usd', options.budgetUsd),
    ...list('allowedTools', options.allowedTools),
    ...list('disallowedTools', options.disallowedTools),
    ...flag('append-system-prompt', options.appendSystemPrompt),
    ...flag('settings', options.settings && JSON.stringify(options.settings)),
    ...(options.extraArgs ?? []),
  ]
}

function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined || value === '' ? [] : [`--${name}=${value}`]
}

/** Claude splits at commas outside parentheses. */
function list(name: string, rules: string[] | undefined): string[] {
  return flag(name, rules?.filter((rule) => rule.trim() !== '').join(','))
}
