import { lstatSync } from 'node:fs'
import { homedir } from 'node:os'
import { matchesGlob, resolve } from 'node:path'
import type { ProjectConfig } from '../config/types.ts'
import { type CallVerdict, EDITING_TOOLS, type ToolCall } from '../core/tool-call.ts'
import type { Task } from '../core/types.ts'
import { canRestore, isInRepository } from '../git/undo/can-restore.ts'
import { judgeEdit, judgeLoss } from '../protect/judge-loss.ts'

/**
 * Has a person asked before a task's command, or an edit, loses what `undo` cannot bring back. Not where the user has said that
 * all runs unasked (`bypassPermissions`), or this program or file by a rule of theirs.
 */
export function lossGuard(project: ProjectConfig, task: Task): (call: ToolCall) => CallVerdict | undefined {
  const { claude, path } = project
  const mode = task.spec.permissionMode ?? claude.permissionMode
  const rules = [...claude.allowedTools, ...(task.spec.allowedTools ?? [])].map((rule) => rule.trim())
  const startedMs = task.startedAt ?? Date.now()
  const ports = {
    // What the task itself has made is nobody's loss.
    canRestore: (at: string) => isYounger(at, startedMs) || canRestore(path, at, startedMs),
    isAllowed: (program: string) =>
      rules.some((rule) => /^Bash(\(\s*:?\*\s*\))?$/.test(rule) || NAMED.exec(rule)?.[1] === program),
  }
  return ({ tool, input, cwd }) => {
    if (mode === 'bypassPermissions') return undefined
    const { command, file_path: file, notebook_path: notebook } = (input ?? {}) as Record<string, unknown>
    const edited = EDITING_TOOLS.has(tool) ? (file ?? notebook) : undefined
    try {
      if (tool === 'Bash' && typeof command === 'string') return judgeLoss(command, cwd, ports)
      if (typeof edited !== 'string' || rules.some((rule) => allowsEdit(rule, edited, cwd))) return undefined
      // Without git nothing can be brought back: whoever has edits accepted there has accepted that.
      return isInRepository(path) ? judgeEdit(edited, cwd, ports) : undefined
    } catch (error) {
      return {
        do: 'ask',
        why: `Baton could not find out what this loses: ${error instanceof Error ? error.message : error}`,
      }
    }
  }
}

/** Claude Code reads a rule for one of its editing tools as one for all: `Edit`, `Edit(src/**)`, `Write(//etc/hosts)`. */
function allowsEdit(rule: string, file: string, cwd: string): boolean {
  const [, tool = '', pattern] = /^(\w+)(?:\(\s*(.*?)\s*\))?$/.exec(rule) ?? []
  if (!EDITING_TOOLS.has(tool)) return false
  if (pattern === undefined) return true
  const wanted = pattern.startsWith('//') ? pattern.slice(1) : resolve(cwd, pattern.replace(/^~(?=\/)/, homedir()))
  return matchesGlob(resolve(cwd, file), wanted)
}

/** A plain file that came to be after that time; where the disk does not know when, none did. */
function isYounger(path: string, sinceMs: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.birthtimeMs > sinceMs && stats.birthtimeMs !== stats.ctimeMs
}

/** `Bash(rm:*)`, `Bash(rm *)` and `Bash(rm -rf dist)` speak of rm. */
const NAMED = /^Bash\(\s*([^\s:*)]+)/
