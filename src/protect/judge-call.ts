import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { type CallVerdict, EDITING_TOOLS, type ToolCall } from '../core/tool-call.ts'
import { judgeCommand } from './judge-command.ts'
import type { Own, OwnFiles } from './own-files.ts'
import { askFirst, denyFixed, denySecret } from './verdict.ts'

const READING = new Set(['Read', 'NotebookRead', 'LS', 'Glob', 'Grep'])
const SHELLS = new Set(['Bash', 'PowerShell', 'Monitor'])
/** Keys of tools that nobody knows beforehand, by which these name files. */
const NAMES_FILE = /path|file|dir|folder|uri|source|destination|target|root|notebook/i

/** What Baton says to a call of a tool that touches its own files; undefined: nothing. */
export function judgeCall(own: OwnFiles, { tool, input, cwd }: ToolCall): CallVerdict | undefined {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  if (SHELLS.has(tool)) return typeof fields.command === 'string' ? judgeCommand(own, fields.command, cwd) : undefined
  const writes = EDITING_TOOLS.has(tool)
  const isKnown = writes || READING.has(tool)
  const paths = isKnown || tool.startsWith('mcp__') ? pathsIn(fields, cwd) : []
  for (const path of paths) {
    const found = own.of(path)
    const verdict = found && verdictOn(found, isKnown ? writes : undefined)
    if (verdict) return verdict
  }
  return undefined
}

/** @param writes undefined: nobody knows */
function verdictOn(found: Own, writes: boolean | undefined): CallVerdict | undefined {
  if (found.level === 'secret') return denySecret(found)
  if (writes === false) return undefined
  return writes === undefined || found.level === 'asked' ? askFirst(found) : denyFixed(found)
}

function pathsIn(fields: Record<string, unknown>, cwd: string, depth = 0): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (typeof value === 'string' && NAMES_FILE.test(key)) return [absolute(value, cwd)]
    if (Array.isArray(value) && NAMES_FILE.test(key))
      return value.filter((one) => typeof one === 'string').map((one) => absolute(one, cwd))
    if (typeof value === 'object' && value !== null && depth < 4)
      return pathsIn(value as Record<string, unknown>, cwd, depth + 1)
    return []
  })
}

function absolute(written: string, cwd: string): string {
  const path = written.replace(/^file:\/\//, '')
  return path === '~' || path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(cwd, path)
}
