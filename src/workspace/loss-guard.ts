import type { CallVerdict, ToolCall } from '../claude/types.ts'
import type { ProjectConfig } from '../config/types.ts'
import type { Task } from '../core/types.ts'
import { canRestore } from '../git/can-restore.ts'
import { judgeLoss } from '../protect/judge-loss.ts'

/**
 * Has a person asked before a task's command loses what `undo` cannot bring back. Not where the user has said that all runs
 * unasked (`bypassPermissions`), or this program by a rule of theirs.
 */
export function lossGuard(project: ProjectConfig, task: Task): (call: ToolCall) => CallVerdict | undefined {
  const { claude, path } = project
  const mode = task.spec.permissionMode ?? claude.permissionMode
  const rules = [...claude.allowedTools, ...(task.spec.allowedTools ?? [])].map((rule) => rule.trim())
  const isAllowed = (program: string) =>
    rules.some((rule) => /^Bash(\(\s*:?\*\s*\))?$/.test(rule) || NAMED.exec(rule)?.[1] === program)
  const startedMs = task.startedAt ?? Date.now()
  return ({ tool, input, cwd }) => {
    const command = tool === 'Bash' ? (input as { command?: unknown } | undefined)?.command : undefined
    if (mode === 'bypassPermissions' || typeof command !== 'string') return undefined
    try {
      return judgeLoss(command, cwd, { canRestore: (at) => canRestore(path, at, startedMs), isAllowed })
    } catch (error) {
      return {
        do: 'ask',
        why: `Baton could not find out what this loses: ${error instanceof Error ? error.message : error}`,
      }
    }
  }
}

/** `Bash(rm:*)`, `Bash(rm *)` and `Bash(rm -rf dist)` speak of rm. */
const NAMED = /^Bash\(\s*([^\s:*)]+)/
