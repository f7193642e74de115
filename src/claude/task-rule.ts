import { isAbsolute, relative, resolve, sep } from 'node:path'
import { flag, record, text } from './plain.ts'

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

/** With any of these a shell does more than the one call that its first words name. */
const OPERATORS = /[&|;<>`$(){}\n\r\\!*?[\]~#'"]/

/** Files that decide what runs later; allowed one by one, never by a rule for all of a project. */
const GUARDED = /(^|\/)(\.[^/]+|node_modules)(\/|$)/

const EDITING = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit'])
const PROJECT_EDITS = 'Edit(./**)'

/**
 * What "Allow for this task" grants beyond the call itself, in Claude's way to write rules: `Bash(npm test:*)` for that
 * kind of command, `Bash(rm a && b)` for exactly this one, `Edit(./**)` for edits inside the project. Undefined where
 * only this one call can be allowed.
 */
export function taskRule(tool: string, input: unknown, cwd: string): string | undefined {
  const fields = record(input) ?? {}
  if (tool === 'Bash') return bashRule(fields)
  if (EDITING.has(tool)) {
    const path = editedPath(fields)
    if (path === undefined) return undefined
    return isProjectFile(path, cwd) ? PROJECT_EDITS : exact('Edit', resolve(cwd, path))
  }
  if (tool === 'Read') return exact('Read', text(fields.file_path))
  if (tool === 'WebFetch') {
    const host = hostOf(text(fields.url))
    return host === undefined ? undefined : `WebFetch(domain:${host})`
  }
  if (tool === 'WebSearch') return 'WebSearch'
  return tool.startsWith('mcp__') ? tool : undefined
}

/** Whether a rule made by `taskRule` grants this call. */
export function matchesRule(rule: string, tool: string, input: unknown, cwd: string): boolean {
  const fields = record(input) ?? {}
  if (tool === 'Bash') return matchesBash(rule, fields)
  // What a rule grants is exactly what would make the same rule again.
  return taskRule(tool, input, cwd) === rule
}

function bashRule(fields: Record<string, unknown>): string | undefined {
  const command = text(fields.command)
  if (command === undefined || command.trim() === '' || unusual(fields)) return undefined
  const kind = kindOf(command)
  return kind === undefined ? exact('Bash', command) : `Bash(${kind}:*)`
}

function matchesBash(rule: string, fields: Record<string, unknown>): boolean {
  const command = text(fields.command)
  if (command === undefined || unusual(fields)) return false
  const content = /^Bash\(([\s\S]*)\)$/.exec(rule)?.[1]
  if (content === undefined) return false
  if (!content.endsWith(':*')) return content === command
  const kind = content.slice(0, -2)
  return kindOf(command) === kind
}

/** The words that name the kind of a plain command; undefined when only the exact command can be told. */
function kindOf(command: string): string | undefined {
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
    if (fits) return [program, ...given].join(' ')
  }
  return undefined
}

function isName(word: string, given: string | undefined): boolean {
  return word === '*' && given !== undefined && /^[\w:.-]+$/.test(given) && !given.startsWith('-')
}

/** Calls that leave the sandbox or go on in the background are decided one by one. */
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

function isProjectFile(path: string, cwd: string): boolean {
  const inside = relative(cwd, resolve(cwd, path))
  const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
  return !outside && !GUARDED.test(inside.replaceAll(sep, '/'))
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { hostname } = new URL(url)
  return hostname === '' ? undefined : hostname
}
