import { isMachineTarget } from '../../core/machine-target.ts'
import type { Priority, Proving, TaskSpec } from '../../core/types.ts'
import { shortened } from '../../text/cut.ts'
import { parseDuration } from '../../text/durations.ts'
import { commaSeparated } from '../markdown/entries.ts'
import type { Commands } from './commands.ts'
import type { FieldName } from './fields.ts'

/** What the fields of a task or the front matter settle; `dependsOn` as written, to be resolved with the run. */
export type Settings = Partial<
  Omit<TaskSpec, 'file' | 'line' | 'form' | 'key' | 'headingNumber' | 'title' | 'instruction' | 'context'>
> & { dependsOn?: string[] }

/** The value of a field, from Markdown or YAML. */
export interface FieldValue {
  /** On one line, trimmed; empty when there is none. */
  text: string
  entries: () => string[]
  commands: () => Commands
}

/** What a field's value must be, for people, where it is something else. */
interface Wrong {
  expected: string
}

type Reader = (value: FieldValue) => Settings | Wrong

/** How each field but Description and Claude Instruction is read; the keys of Settings are TaskSpec's. */
export const readers: Record<Exclude<FieldName, 'Description' | 'Claude Instruction'>, Reader> = {
  Type: ({ text }) => (text === '' ? {} : { type: text }),
  Priority: ({ text }) => {
    const priority = oneOf<Priority>(text, ['high', 'medium', 'low'])
    return priority ? { priority } : { expected: 'high, medium or low' }
  },
  'Requires Approval': ({ text }) => {
    const requiresApproval = yesOrNo(text)
    return requiresApproval === undefined ? { expected: 'true, false, yes or no' } : { requiresApproval }
  },
  'Depends On': (value) => {
    const dependsOn = none(value) ? [] : value.entries().flatMap(commaSeparated)
    return dependsOn.length > mostNames ? { expected: `a list of at most ${mostNames} tasks` } : { dependsOn }
  },
  'Acceptance Criteria': (value) => ({ criteria: none(value) ? [] : value.entries().map(withoutBox) }),
  Verify: (value) => ({ verify: none(value) ? [] : value.commands().commands }),
  Run: (value) => {
    const { commands: run, problems } = value.commands()
    return run.length > 0 || problems.length > 0
      ? { run }
      : { expected: 'a command, a list of commands or a fenced block' }
  },
  Model: ({ text }) => (isWord(text) ? { model: text } : { expected: 'the name of a model, such as opus' }),
  Effort: ({ text }) => {
    const effort = oneOf(text, ['low', 'medium', 'high', 'xhigh', 'max'])
    return effort ? { effort } : { expected: 'low, medium, high, xhigh or max' }
  },
  Agent: ({ text }) => (text === '' ? { expected: 'the name of an agent' } : { agent: text }),
  'Permission Mode': ({ text }) => {
    const permissionMode = oneOf(text, permissionModes)
    return permissionMode ? { permissionMode } : { expected: `one of ${permissionModes.join(', ')}` }
  },
  'Allowed Tools': (value) => {
    const allowedTools = value.entries().flatMap(commaSeparated)
    return allowedTools.length > 0 ? { allowedTools } : { expected: 'names of tools, such as Edit, Bash(npm test:*)' }
  },
  'Max Turns': ({ text }) => {
    const maxTurns = whole(text, 1, 10_000)
    return maxTurns ? { maxTurns } : { expected: 'a whole number from 1 to 10000' }
  },
  Budget: ({ text }) => {
    const budgetUsd = Number(/^(?:US)?\$?\s*(\d{1,6}(?:\.\d{1,6})?)\s*(?:USD|\$)?$/i.exec(text)?.[1])
    return budgetUsd > 0 ? { budgetUsd } : { expected: 'an amount in USD, such as 2.50' }
  },
  Timeout: ({ text }) => {
    const timeoutMs = durationMs(text)
    return timeoutMs ? { timeoutMs } : { expected: 'a duration with its unit, such as 90s, 20m or 2h, and at most 7d' }
  },
  Retries: ({ text }) => {
    const retries = whole(text, 0, 100)
    return retries === undefined ? { expected: 'a whole number from 0 to 100' } : { retries }
  },
  Directory: ({ text }) => (text === '' ? { expected: 'a folder' } : { directory: text }),
  Machine: ({ text }) =>
    isMachineTarget(text) ? { machine: text } : { expected: 'any, the name of a machine, or label:NAME' },
  Branch: ({ text }) =>
    isBranch(text) ? { branch: text } : { expected: 'the name of a git branch, such as feature/login' },
  Files: (value) => ({ files: none(value) ? [] : value.entries().flatMap(commaSeparated) }),
  'Verify First': ({ text }) => {
    const verifyFirst = yesOrNo(text)
    return verifyFirst === undefined ? { expected: 'true, false, yes or no' } : { verifyFirst }
  },
  Prove: ({ text }) => {
    const prove = oneOf<Proving>(text, ['new-tests', 'off'])
    return prove ? { prove } : { expected: 'new-tests or off' }
  },
  Role: ({ text }) => (text === '' ? { expected: 'the name of a role' } : { role: text }),
  Deploy: ({ text }) =>
    isWord(text) ? { deploy: text } : { expected: 'the name of an environment, such as production' },
  Artifact: (value) => {
    const artifact = value.entries().flatMap(commaSeparated)
    return artifact.length > 0 ? { artifact } : { expected: 'the paths of the build output' }
  },
  Status: ({ text }) => {
    const words = text.replace(/^[^\p{L}\p{N}✅✔[]+/u, '')
    if (/^(?:done|completed?|finished|✅|✔️?|\[x\])(?![\p{L}\p{N}])/iu.test(words)) return { done: true }
    return isOpen(words) ? { done: false } : { expected: '"done" with a time, or "open"' }
  },
}

/** Message and hint for a value that its field cannot have. */
export function wrongValue(name: string, text: string, expected: string): [message: string, hint: string] {
  const shown = shortened(text, 61)
  return [shown === '' ? `${name} has no value` : `${name} cannot be "${shown}"`, `It must be ${expected}.`]
}

const mostNames = 1_000

/** https://code.claude.com/docs/en/permission-modes */
const permissionModes = ['default', 'manual', 'acceptEdits', 'plan', 'auto', 'dontAsk', 'bypassPermissions']

function oneOf<T extends string>(text: string, words: readonly T[]): T | undefined {
  return words.find((word) => word.toLowerCase() === text.toLowerCase())
}

function whole(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}

function yesOrNo(text: string): boolean | undefined {
  const answer = oneOf(text, ['true', 'false', 'yes', 'no'])
  return answer && (answer === 'true' || answer === 'yes')
}

/** By the rules of git-check-ref-format, and never something that a command could take for an option. */
function isBranch(text: string): boolean {
  return (
    /^(?![-/.])[^\s~^:?*[\\\0-\x1f\x7f]{1,200}(?<![/.])$/u.test(text) &&
    !/\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/.test(text) &&
    text !== '@'
  )
}

function isWord(text: string): boolean {
  return /^[^\s]+$/.test(text)
}

function isOpen(text: string): boolean {
  const words = [
    '',
    'open',
    'pending',
    'todo',
    'to do',
    'to-do',
    'not started',
    'planned',
    'queued',
    'in progress',
    'in-progress',
  ]
  return words.includes(text.toLowerCase())
}

/** People fill in templates: "none" in a list field means that the list is empty. */
export function none({ text, entries }: FieldValue): boolean {
  const isNone = (said: string | undefined) => said !== undefined && /^(?:none|n\/a|nothing|-|–|—)\.?$/i.test(said)
  if (text !== '') return isNone(text)
  const [only, ...others] = entries()
  return others.length === 0 && isNone(only)
}

function withoutBox(entry: string): string {
  return entry.replace(/^\[[ xX]\][ \t]+/, '')
}

const LONGEST_MS = 7 * 86_400_000

/** Milliseconds of `90s`, `20m`, `2h`, `1h30m`, as people write them; undefined for anything else and for more than a week. */
function durationMs(text: string): number | undefined {
  if (!/^(?:\d{1,6}(?:\.\d{1,3})?\s?[smhd]\s?){1,4}$/i.test(text)) return undefined
  const ms = parseDuration(text.toLowerCase().replace(/\s/g, ''))
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS ? ms : undefined
}
