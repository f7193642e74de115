import { posix } from 'node:path'
import type { Finding } from '../../core/types.ts'
import { baseName, isTestFile } from './language.ts'
import { changeText } from './lines.ts'
import type { ChangedFile } from './types.ts'

/** The checks of a task, and what their definitions can be read from. */
export interface Checks {
  /** The commands as they run: text or words. */
  commands: readonly (string | readonly string[])[]
  /** Where they run, from the top of the repository, without a slash at its end; empty for the top. */
  folder: string
  /** A file as it was before the attempt, changed or not. */
  before: (path: string) => string | undefined
}

/** The part of a file that defines a check; absent: all of it. */
type Part = (text: string) => string

/** Checks whose own definition the attempt changed: their scripts, targets, and the configuration of their runners. */
export function changedChecks(files: readonly ChangedFile[], checks: Checks): Finding[] {
  const changed = new Map(
    files.flatMap((file) => [[file.path, file] as const, ...(file.from ? [[file.from, file] as const] : [])]),
  )
  const found = new Map<string, Finding>()
  const seen = new Set<string>()
  const look = (path: string, part: Part, command: string) => {
    const file = changed.get(path)
    if (!file) return
    // The project had no such file: a check that names it asks for it to be written.
    if (file.before === undefined && !isRunnerConfig(path)) return
    const [was, is] = [part(file.before ?? ''), part(file.after ?? '')]
    if (same(was, is) || found.has(path)) return
    // Nothing was checked by it before: a script or target that is new takes nothing away.
    if (was.trim() === '' && !isRunnerConfig(path)) return
    found.set(path, {
      kind: 'check-changed',
      weight: 'ask',
      path,
      text: `The check “${command.slice(0, 80)}” is defined here, and was changed.`,
      detail: changeText(was, is),
    })
  }
  const follow = (command: string, folder: string, check: string, depth = 0) => {
    if (depth > 5 || seen.has(`${folder}\n${command}`)) return
    seen.add(`${folder}\n${command}`)
    const at = (name: string) => posix.normalize(posix.join(folder, name)).replace(/^\.\//, '')
    for (const words of commandsIn(command)) {
      for (const { path, part, next } of definitions(words)) {
        // A runner looks for its configuration upwards, too.
        const places = path.startsWith('./') || path.includes('/') ? [at(path)] : upwards(folder, path)
        for (const place of places) {
          look(place, part, check)
          if (!next) continue
          for (const text of [checks.before(place), changed.get(place)?.after])
            if (text !== undefined) for (const more of next(text)) follow(more, folder, check, depth + 1)
        }
      }
    }
  }
  for (const command of checks.commands) {
    const text = typeof command === 'string' ? command : command.map(quoted).join(' ')
    follow(text, checks.folder, text)
  }
  return [...found.values()]
}

const quoted = (word: string) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

function upwards(folder: string, name: string): string[] {
  const places = [posix.join(folder, name)]
  for (let at = folder; at !== '' && at !== '.'; ) {
    at = posix.dirname(at)
    places.push(at === '.' ? name : posix.join(at, name))
  }
  return [...new Set(places)]
}

/** Remarks and blanks define nothing. */
function same(one: string, other: string): boolean {
  const bare = (text: string) =>
    text
      .replace(/^\s*(?:#(?!!)|\/\/).*$/gm, '')
      .replace(/\s+/g, ' ')
      .trim()
  return bare(one) === bare(other)
}

/** The single commands of a line of shell, as words without their quotes. */
function commandsIn(text: string): string[][] {
  return text
    .replace(/\\\n/g, ' ')
    .split(/&&|\|\||[;|\n&()]|\bthen\b|\bdo\b|\belse\b/)
    .map((command) => (command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/["']/g, '')))
    .map((words) => {
      let from = 0
      while (
        /^\w+=|^(?:env|time|sudo|exec|command|nice|cross-env|dotenv|--|xvfb-run|if|while|!|@|-)$|^-n$|^\d+$/.test(
          words[from] ?? '',
        )
      )
        from++
      return words.slice(from)
    })
    .filter((words) => words.length > 0)
}

interface Definition {
  path: string
  part: Part
  /** Commands that this definition runs in turn. */
  next?: (text: string) => string[]
}

const WHOLE: Part = (text) => text

function definitions(words: string[]): Definition[] {
  const [program = '', ...rest] = words
  const name = baseName(program)
  const plain = rest.filter((word) => !word.startsWith('-'))
  const found: Definition[] = []
  if (/^(npm|pnpm|yarn|bun)$/.test(name)) {
    const verb = plain[0] ?? ''
    const script = /^(run|run-script|rum|urn)$/.test(verb) ? (plain[1] ?? '') : /^(t|tst)$/.test(verb) ? 'test' : verb
    if (/^(exec|x|dlx)$/.test(verb)) found.push(...definitions(plain.slice(1)))
    else {
      found.push({
        path: 'package.json',
        part: (text) =>
          scriptsOf(text, script)
            .map(([key, value]) => `${key}: ${value}`)
            .join('\n'),
        next: (text) => scriptsOf(text, script).map(([, value]) => value),
      })
      found.push({
        path: '.npmrc',
        part: (text) => (text.match(/^.*(?:script-shell|ignore-scripts|node-options).*$/gm) ?? []).join('\n'),
      })
    }
  }
  if (/^(npx|bunx|pnpx|uvx|pipx)$/.test(name)) found.push(...definitions(plain))
  if (/^(poetry|pipenv|uv|hatch|rye|bundle|pdm)$/.test(name) && /^(run|exec)$/.test(plain[0] ?? ''))
    found.push(...definitions(plain.slice(1)))
  if (/^(make|gmake)$/.test(name)) {
    const targets = plain.filter((word) => !word.includes('='))
    const part: Part = (text) => targetsOf(text, targets)
    const next = (text: string) =>
      (targetsOf(text, targets).match(/^\t.*$/gm) ?? []).map((line) => line.trim().replace(/^[@-]+/, ''))
    for (const path of ['Makefile', 'makefile', 'GNUmakefile']) found.push({ path, part, next })
  }
  if (/^(just|task|rake|tox|nox|invoke|grunt|gulp|mage|turbo|nx|lerna|cargo-make|earthly)$/.test(name))
    for (const path of TASK_FILES[name] ?? []) found.push({ path, part: WHOLE })
  const script = scriptIn(name, program, plain)
  if (script !== undefined)
    found.push({
      path: script,
      part: WHOLE,
      next: (text) =>
        /\.(sh|bash|zsh)$|^[^.]*$/.test(baseName(script))
          ? text
              .split('\n')
              .filter((line) => !/^\s*#/.test(line))
              .slice(0, 500)
          : [],
    })
  for (const { tool, files } of RUNNERS) {
    if (!tool.test(name) && !(name.startsWith('python') && rest[0] === '-m' && tool.test(rest[1] ?? ''))) continue
    for (const [path, part] of files) found.push({ path, part })
  }
  const config = rest.findIndex((word) => /^(-c|--config|--rcfile|-f|--file|--project|-p)$/.test(word))
  const given =
    rest.map((word) => /^--config=(.*)$/.exec(word)?.[1]).find(Boolean) ??
    (config === -1 ? undefined : rest[config + 1])
  if (given && /\.\w+$/.test(given) && !isTestFile(given))
    found.push({ path: `./${given.replace(/^\.\//, '')}`, part: WHOLE })
  return found
}

const TASK_FILES: Record<string, string[]> = {
  just: ['justfile', 'Justfile', '.justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  rake: ['Rakefile'],
  tox: ['tox.ini'],
  nox: ['noxfile.py'],
  invoke: ['tasks.py'],
  grunt: ['Gruntfile.js'],
  gulp: ['gulpfile.js'],
  mage: ['magefile.go'],
  turbo: ['turbo.json'],
  nx: ['nx.json', 'project.json'],
}

/** A script that a command runs, when it is one that checks rather than the program that is checked. */
function scriptIn(name: string, program: string, plain: string[]): string | undefined {
  const isShell = /^(bash|sh|zsh|dash|source|\.)$/.test(name)
  const isInterpreter = /^(node|python3?|ruby|perl|deno|tsx|ts-node|bun|php)$/.test(name)
  const path =
    isShell || isInterpreter
      ? plain.find((word) => word !== 'run')
      : /[/]/.test(program) && !program.startsWith('/') && !/node_modules\//.test(program)
        ? program
        : undefined
  if (path === undefined || path.startsWith('/') || isTestCode(path)) return undefined
  const isCheck =
    isShell ||
    /\.(sh|bash)$/.test(path) ||
    /(^|\/)(scripts?|ci|\.ci|tools?|checks?|hack)\//.test(path) ||
    /test|check|verify|lint|valid|assert|^ci/i.test(baseName(path))
  return isCheck ? path : undefined
}

/** Tests in a known language are checked elsewhere; a script in a folder of tests is a script. */
const isTestCode = (path: string) => isTestFile(path) && !/\.(sh|bash|zsh)$/.test(path)

/** A script of package.json with what npm runs around it. */
function scriptsOf(text: string, name: string): [string, string][] {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: Record<string, string> }
    return [`pre${name}`, name, `post${name}`].flatMap((key) =>
      typeof scripts?.[key] === 'string' ? [[key, scripts[key]] as [string, string]] : [],
    )
  } catch {
    return []
  }
}

/** Targets of a Makefile with what they depend on, and all that is not a target (variables, includes). */
function targetsOf(text: string, wanted: string[]): string {
  const blocks = new Map<string, string>()
  const others: string[] = []
  let current: string[] = []
  for (const line of text.split('\n')) {
    const target = /^([^\s#:=][^:=]*?)\s*::?(?!=)\s*(.*)$/.exec(line)
    if (target) current = (target[1] ?? '').split(/\s+/)
    if (target || /^\t/.test(line)) for (const name of current) blocks.set(name, `${blocks.get(name) ?? ''}${line}\n`)
    else if (line.trim() !== '' && !line.startsWith('#')) others.push(line)
  }
  const first = [...blocks.keys()].find((name) => !name.startsWith('.'))
  const queue = wanted.length > 0 ? [...wanted] : first ? [first] : []
  const taken = new Map<string, string>()
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const block = blocks.get(name)
    if (block === undefined || taken.has(name)) continue
    taken.set(name, block)
    for (const [, needs = ''] of block.matchAll(/^[^\t\n][^:\n]*::?(?!=)([^\n]*)$/gm))
      queue.push(...needs.split(/\s+/).filter(Boolean))
  }
  return [...taken.values(), ...others].join('\n')
}

/** A section of a file that others share: `[tool.pytest…]` of pyproject.toml, `"jest"` of package.json. */
const section =
  (pattern: RegExp): Part =>
  (text) => {
    const lines: string[] = []
    let isIn = false
    for (const line of text.split('\n')) {
      const head = /^\s*\[+([^\]]+)\]+/.exec(line)?.[1]
      if (head !== undefined) isIn = pattern.test(head)
      if (isIn) lines.push(line)
    }
    return lines.join('\n')
  }

const jsonKey =
  (key: string): Part =>
  (text) => {
    try {
      return JSON.stringify((JSON.parse(text) as Record<string, unknown>)[key] ?? null)
    } catch {
      return text
    }
  }

const each = (base: string, extensions: string[]): [string, Part][] => extensions.map((end) => [`${base}${end}`, WHOLE])
const JS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.json']

/** The configuration of test runners; that of linters is looked at for what it loosens. */
const RUNNERS: { tool: RegExp; files: [string, Part][] }[] = [
  { tool: /^jest$/, files: [...each('jest.config', JS), ...each('jest.setup', JS), ['package.json', jsonKey('jest')]] },
  {
    tool: /^vitest$/,
    files: [
      ...each('vitest.config', JS),
      ...each('vitest.setup', JS),
      ...each('vitest.workspace', JS),
      ...each('vite.config', JS),
    ],
  },
  {
    tool: /^mocha$/,
    files: [...each('.mocharc', [...JS, '.yml', '.yaml', '.jsonc', '']), ['package.json', jsonKey('mocha')]],
  },
  { tool: /^ava$/, files: [...each('ava.config', JS), ['package.json', jsonKey('ava')]] },
  { tool: /^karma$/, files: each('karma.conf', JS) },
  { tool: /^playwright$/, files: each('playwright.config', JS) },
  { tool: /^cypress$/, files: each('cypress.config', JS) },
  {
    tool: /^(pytest|py\.test)$/,
    files: [
      ['pytest.ini', WHOLE],
      ['tox.ini', section(/^pytest/)],
      ['setup.cfg', section(/^tool:pytest/)],
      ['pyproject.toml', section(/^tool\.pytest/)],
      ['conftest.py', WHOLE],
    ],
  },
  {
    tool: /^(nose2?|nosetests)$/,
    files: [
      ['setup.cfg', section(/^nosetests/)],
      ['unittest.cfg', WHOLE],
    ],
  },
  {
    tool: /^(gradlew?|gradlew\.bat)$/,
    files: [
      ['build.gradle', WHOLE],
      ['build.gradle.kts', WHOLE],
      ['gradle.properties', WHOLE],
    ],
  },
  {
    tool: /^(mvnw?|mvnw\.cmd)$/,
    files: [['pom.xml', (text) => (text.match(/<(plugins?|properties)>[\s\S]*?<\/\1>/g) ?? []).join('\n')]],
  },
  {
    tool: /^cargo$/,
    files: [
      ['Cargo.toml', section(/^(profile|\[?test|lib$|lints)/)],
      ['.cargo/config.toml', WHOLE],
      ['.config/nextest.toml', WHOLE],
    ],
  },
  {
    tool: /^rspec$/,
    files: [
      ['.rspec', WHOLE],
      ['spec/spec_helper.rb', WHOLE],
      ['spec/rails_helper.rb', WHOLE],
    ],
  },
  { tool: /^(nyc|c8)$/, files: [...each('.nycrc', ['', '.json', '.yml']), ...each('.c8rc', ['', '.json'])] },
]

const isRunnerConfig = (path: string) =>
  baseName(path) === '.npmrc' ||
  RUNNERS.some(({ files }) => files.some(([name, part]) => part === WHOLE && baseName(path) === baseName(name)))
