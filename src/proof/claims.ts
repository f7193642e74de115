import type { CheckResult, FileChange, TaskSpec } from '../core/types.ts'
import { claimedFiles } from './claimed-files.ts'
import { claimedTests, mayRunTests, testsWereChecked } from './claimed-tests.ts'

/** Where a file is now: in the checkpoint after the task; somewhere, but ignored or elsewhere; nowhere. */
type Whereabouts = 'recorded' | 'unrecorded' | 'absent'

/** What Baton knows of a finished task, over all its attempts. */
export interface ClaimFacts {
  /** The agent's closing words. */
  text: string
  /** Every shell command that the agent ran. */
  commands: readonly string[]
  /** Names of all tools it used. */
  tools: readonly string[]
  /** Files that it wrote with tools for that, as it named them. */
  written: readonly string[]
  /** What changed since before the first attempt. Absent when it is not known; then nothing is said about files. */
  files?: readonly FileChange[] | undefined
  /** Where the files of `claimedFiles(text)` are; one that is not named here is not judged. */
  whereabouts?: ReadonlyMap<string, Whereabouts> | undefined
  checks: readonly CheckResult[]
  gitWrites: readonly string[]
  /** See `expectsChange`. */
  expectsChange: boolean
}

/**
 * The agent's words against the facts. Only what the facts plainly contradict is flagged: a false alarm costs the trust
 * that a true one needs.
 */
export function claims(told: ClaimFacts): string[] {
  const facts = { ...told, text: told.text.slice(-MAX_CHARS) }
  return [...aboutTests(facts), ...aboutFiles(facts), ...aboutNothing(facts)]
}

/** Closing words are short; what is longer is not a summary, and is looked at from its end. */
const MAX_CHARS = 50_000

function aboutTests({ text, commands, tools, checks }: ClaimFacts): string[] {
  const claim = claimedTests(text)
  // Other programs and helpers of Claude run what no list of commands shows.
  const elsewhere = tools.some(
    (tool) => tool.startsWith('mcp__') || ['Agent', 'Task', 'Skill', 'Workflow', 'SlashCommand'].includes(tool),
  )
  if (!claim || elsewhere || commands.some(mayRunTests) || testsWereChecked(checks)) return []
  return [`Claude says “${claim}”, but no command that could run tests was run.`]
}

function aboutFiles({ text, files, written, whereabouts }: ClaimFacts): string[] {
  if (!files || !whereabouts) return []
  const touched = [...files.flatMap(({ path, from }) => (from ? [path, from] : [path])), ...written]
  return claimedFiles(text).flatMap(({ did, path }) => {
    if (touched.some((one) => sameFile(one, path))) return []
    const where = whereabouts.get(path)
    const contradicted =
      did === 'created'
        ? where === 'absent'
        : did === 'updated'
          ? where === 'absent' || where === 'recorded'
          : where === 'recorded'
    if (!contradicted) return []
    const fact =
      did === 'deleted' ? 'it is still there' : where === 'absent' ? 'there is no such file' : 'it did not change'
    return [`Claude says that it ${did} ${path}, but ${fact}.`]
  })
}

/** One of them may be given from the root, from another folder, or by its name alone. */
function sameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => `/${path.replace(/^\.?\//, '')}`) as [string, string]
  return a.endsWith(b) || b.endsWith(a)
}

const EXPLAINED =
  /\bno(?:thing|\s+(?:code\s+|file\s+|further\s+)?(?:changes?|edits?|modifications?))\b|\balready\b|\bup[- ]to[- ]date\b|\bunchanged\b|\bread[- ]only\b|\b(?:did|have|could|can|was|were)\s*(?:not|n['’]t)\b|couldn['’]t|didn['’]t|haven['’]t|\bunable\b/i

function aboutNothing({ text, files, written, gitWrites, expectsChange }: ClaimFacts): string[] {
  if (!expectsChange || !files || files.length + written.length + gitWrites.length > 0 || EXPLAINED.test(text))
    return []
  return ['No file was changed, although the task asks for a change.']
}

const CHANGING =
  /^(?:please\s+)?(?:implement|add|create|write|fix|update|change|refactor|rewrite|remove|delete|rename|migrate|replace|introduce|extend|convert|move|extract)\b/i
const LOOKING =
  /\b(?:research|analysis|analyse|analyze|review|question|planning|plan|investigat\w*|audit|report|explain|summar\w*|comment|issue|ticket|deploy\w*|release|email|message|database|outside)\b/i

/** The task plainly asks for files to be changed. Judged by its first words; in doubt, no. */
export function expectsChange({
  run,
  type = '',
  title,
  instruction,
}: Pick<TaskSpec, 'run' | 'type' | 'title' | 'instruction'>): boolean {
  if (run || LOOKING.test(type) || LOOKING.test(title)) return false
  return CHANGING.test(title.trim()) || CHANGING.test(instruction.trim())
}
