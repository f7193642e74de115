import { relative, resolve, sep } from 'node:path'
import { EDITING_TOOLS } from '../../core/tool-call.ts'
import { isWithin, realPath, sharedIdentity } from '../../files/real-path.ts'
import { flag, record, text } from '../stream/json-shape.ts'
import { callsBaton } from './calls-baton.ts'

/**
 * Programs whose further arguments do not change what kind of call it is, with the number of leading words that say it:
 * `npm test -- login` is of the kind `npm test`, `cargo test x` of the kind `cargo test`.
 */
const KINDS: Record<string, readonly string[]> = {
  npm: ['test', 'run *'],
  pnpm: ['test', 'run *'],
  yarn: ['test', 'run *'],
  bun: ['test', 'run *'],
  npx: ['vitest', 'jest', 'tsc', 'eslint', 'prettier', 'biome', 'playwright test'],
  cargo: ['build', 'check', 'clippy', 'doc', 'fmt', 'test'],
  go: ['build', 'fmt', 'test', 'vet'],
  dotnet: ['build', 'test'],
  mvn: ['compile', 'test', 'verify'],
  gradle: ['build', 'check', 'test'],
  './gradlew': ['build', 'check', 'test'],
  uv: ['run pytest'],
  poetry: ['run pytest'],
  python: ['-m pytest'],
  python3: ['-m pytest'],
  pytest: [''],
  tsc: [''],
  vitest: [''],
  jest: [''],
  eslint: [''],
}

/** Builders, to which a further word is a further thing to do: `gradle test publish`. */
const WORDS_ARE_ACTS = new Set(['mvn', 'gradle', './gradlew', 'dotnet'])

/**
 * Flags that choose tests, or how much is said. All others may load code, write elsewhere or run something (`--prefix`,
 * `--plugin`, `-o`, `--outDir`, `-exec`, `--script-shell`, `--init-script`, `--config` …), and new ones come with every version: a
 * command with one of them is allowed as it is, and no further.
 */
const HARMLESS_FLAGS = new RegExp(
  `^(--|${[
    '--(all|bail|workspace|lib|release|locked|offline|silent|quiet|verbose|run|coverage|color|no-color|ci|passWithNoTests)',
    '--(runInBand|last-failed|failed-first|exitfirst|no-cov|no-coverage|nocapture|noEmit|pretty|strict)',
    '--(grep|testNamePattern|testPathPattern|filter|maxfail|max-warnings|timeout|testTimeout|retry|tests|tb)(=.*)?',
  ].join('|')})$`,
)
const HARMLESS_SHORT_FLAGS = /^-(v+|q|x|k|t|race|short|run(=.*)?|count=\d+)$/

/** With any of these a shell does more than the one call that its first words name. */
const OPERATORS = /[&|;<>`$(){}\n\r\\!*?[\]~#'"]/

/** Files that decide what runs later; allowed one by one, never by a rule for all of a project. */
const GUARDED = /(^|\/)(\.[^/]+|node_modules)(\/|$)/

const PROJECT_EDITS = 'Edit(./**)'

/**
 * What "Allow for this task" grants beyond the call itself, in Claude's way to write rules: `Bash(npm test:*)` for that
 * kind of command, `Bash(rm a && b)` for exactly this one, `Edit(./**)` for edits inside the project. Undefined where
 * only this one call can be allowed.
 *
 * @param guarded the guard has it asked for: an edit is granted for that file alone
 */
export function taskRule(tool: string, input: unknown, cwd: string, guarded = false): string | undefined {
  const fields = record(input) ?? {}
  if (tool === 'Bash') return bashRule(fields, cwd)
  if (EDITING_TOOLS.has(tool)) {
    const path = editedPath(fields)
    if (path === undefined) return undefined
    // A link may lead elsewhere the next time: what is granted is the file at its end.
    return !guarded && isProjectFile(path, cwd) ? PROJECT_EDITS : exact('Edit', realPath(resolve(cwd, path)))
  }
  if (tool === 'Read') {
    const path = text(fields.file_path)
    return path === undefined ? undefined : exact('Read', realPath(resolve(cwd, path)))
  }
  if (tool === 'WebFetch') {
    const host = hostOf(text(fields.url))
    return host === undefined ? undefined : `WebFetch(domain:${host})`
  }
  if (tool === 'WebSearch') return 'WebSearch'
  return tool.startsWith('mcp__') ? tool : undefined
}

/** Whether a rule made by `taskRule` grants this call. */
export function matchesRule(rule: string, tool: string, input: unknown, cwd: string, guarded = false): boolean {
  const fields = record(input) ?? {}
  if (tool === 'Bash') return matchesBash(rule, fields, cwd)
  // What a rule grants is exactly what would make the same rule again.
  return taskRule(tool, input, cwd, guarded) === rule
}

function bashRule(fields: Record<string, unknown>, cwd: string): string | undefined {
  const command = text(fields.command)
  if (command === undefined || command.trim() === '' || unusual(fields) || callsBaton(command, cwd)) return undefined
  const kind = kindOf(command, cwd)
  return kind === undefined ? exact('Bash', command) : `Bash(${kind}:*)`
}

function matchesBash(rule: string, fields: Record<string, unknown>, cwd: string): boolean {
  const command = text(fields.command)
  if (command === undefined || unusual(fields) || callsBaton(command, cwd)) return false
  const content = /^Bash\(([\s\S]*)\)$/.exec(rule)?.[1]
  if (content === undefined) return false
  if (!content.endsWith(':*')) return content === command
  const kind = content.slice(0, -2)
  return kindOf(command, cwd) === kind
}

/** The words that name the kind of a plain command; undefined when only the exact command can be told. */
function kindOf(command: string, cwd: string): string | undefined {
  if (OPERATORS.test(command)) return undefined
  const words = command.trim().split(/[ \t]+/)
  const [program] = words
  const kinds = program === undefined ? undefined : KINDS[program]
  if (program === undefined || kinds === undefined) return undefined
  for (const kind of kinds) {
    const wanted = kind === '' ? [] : kind.split(' ')
    const given = words.slice(1, 1 + wanted.length)
    const fits =
      given.length === wanted.length && wanted.every((word, i) => word === given[i] || isName(word, given[i]))
    if (!fits) continue
    const rest = words.slice(1 + wanted.length)
    return rest.every((word) => changesNothing(word, program, cwd)) ? [program, ...given].join(' ') : undefined
  }
  return undefined
}

/** A further word that leaves the kind of call what it is: no flag but known ones, no path that leads out of the project. */
function changesNothing(word: string, program: string, cwd: string): boolean {
  const isStrict = WORDS_ARE_ACTS.has(program)
  if (word.startsWith('-') && !HARMLESS_FLAGS.test(word) && (isStrict || !HARMLESS_SHORT_FLAGS.test(word))) return false
  if (isStrict && !word.startsWith('-')) return false
  const values = [word, ...word.split(/[=,:]/).slice(1)]
  // `./...` is all packages of Go.
  return values.every((value) => isWithin(realPath(resolve(cwd, value)), realPath(cwd)))
}

function isName(word: string, given: string | undefined): boolean {
  return word === '*' && given !== undefined && /^[\w:.-]+$/.test(given) && !given.startsWith('-')
}

/** Calls that leave the sandbox or continue in the background are decided one by one. */
function unusual(fields: Record<string, unknown>): boolean {
  return flag(fields.dangerouslyDisableSandbox) || flag(fields.run_in_background)
}

/** A rule for one content; none where its end would read as "and everything that begins so". */
function exact(tool: string, content: string | undefined): string | undefined {
  return content === undefined || content.endsWith(':*') ? undefined : `${tool}(${content})`
}

function editedPath(fields: Record<string, unknown>): string | undefined {
  return text(fields.file_path) ?? text(fields.notebook_path)
}

/** By its name and through all links; a file that has a second name somewhere is none. */
function isProjectFile(path: string, cwd: string): boolean {
  const named = resolve(cwd, path)
  const isInside = (at: string, folder: string) => {
    const inside = relative(folder, at)
    return inside !== '' && isWithin(at, folder) && !GUARDED.test(inside.replaceAll(sep, '/'))
  }
  return isInside(named, cwd) && isInside(realPath(named), realPath(cwd)) && sharedIdentity(named) === undefined
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { hostname } = new URL(url)
  return hostname === '' ? undefined : hostname
}
