import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../../src')

/** What each room may import beside itself. */
const MAY_IMPORT: Record<string, string[]> = {
  // Rules say what happened in words: numbers and plurals.
  core: ['text'],
  taskfile: ['core', 'files', 'text'],
  claude: ['core', 'files', 'program-folder.ts', 'text'],
  store: ['core', 'outbox', 'files', 'text'],
  git: ['core', 'files', 'text', 'keep-newest.ts'],
  proof: ['core', 'files', 'text'],
  protect: ['core', 'files'],
  redact: [],
  files: [],
  text: [],
  // A memory that does not grow.
  'keep-newest.ts': [],
  // Loads a part when it is first needed.
  'lazy.ts': [],
  // What an error of the network proves.
  'network-errors.ts': [],
  // Looks at a service again and again.
  'rounds.ts': [],
  config: ['core', 'redact', 'program-folder.ts', 'files', 'text'],
  'program-folder.ts': [],
  'errors.ts': ['errors'],
  errors: ['text'],
  'log.ts': ['redact', 'log', 'errors.ts', 'text'],
  log: ['files'],
  // Where tasks are worked on, and how their work comes to where the user wants it.
  workspace: ['core', 'git', 'proof', 'protect', 'config', 'files', 'text', 'keep-newest.ts', 'lazy.ts'],
  daemon: ['core', 'claude', 'store', 'config', 'files', 'text', 'workspace'],
  // What is said, to whom, and what a reply means; transports bring it to their platforms.
  chat: ['core', 'daemon', 'files', 'text', 'outbox', 'network-errors.ts'],
  telegram: ['core', 'text', 'outbox', 'chat'],
  discord: ['core', 'text', 'outbox', 'chat', 'network-errors.ts'],
  slack: ['core', 'text', 'outbox', 'chat', 'network-errors.ts'],
  // Puts the chats together: those that are configured, and no other.
  messengers: [
    ...['core', 'store', 'daemon', 'config', 'redact', 'sources', 'planner', 'assistant', 'text'],
    ...['chat', 'telegram', 'discord', 'slack'],
  ],
  // Order, doubt and waits of whatever must reach somebody.
  outbox: ['core'],
  terminal: ['core', 'daemon', 'redact', 'files', 'text'],
  http: ['core', 'daemon', 'config', 'redact', 'files', 'text', 'keep-newest.ts', 'lazy.ts'],
  schedule: ['core', 'daemon', 'config', 'text'],
  notify: ['core', 'daemon', 'config', 'outbox', 'text', 'network-errors.ts'],
  // Where tasks are written, and where it is noted how they ended.
  sources: [
    'core',
    'taskfile',
    'daemon',
    'config',
    'files',
    'text',
    'github',
    'jira',
    'git',
    'workspace',
    'outbox',
    'lazy.ts',
    'rounds.ts',
  ],
  // Pushes, environments and deployments: what a pipeline is made of, and what carries it out.
  pipeline: [
    ...['core', 'taskfile', 'claude', 'git', 'proof', 'redact', 'store', 'daemon', 'config', 'sources', 'workspace'],
    ...['files', 'text'],
  ],
  // A repository on GitHub: what outsiders wrote there, reviews, merges.
  github: ['core', 'git', 'text', 'rounds.ts', 'network-errors.ts'],
  // Pages of runs and deployments, written after the fact.
  ledger: ['core', 'config', 'outbox', 'text', 'network-errors.ts'],
  // A site of Jira: what is read and written there, and its format of documents.
  jira: ['text', 'network-errors.ts'],
  // Which machine works on a run, and for how long it may.
  machines: ['core', 'git', 'store', 'daemon', 'config', 'files', 'text', 'keep-newest.ts'],
  watch: ['core', 'daemon', 'files', 'text'],
  planner: ['core', 'daemon', 'files', 'text'],
  // Baton's own files while an agent works: what was done to them, and giving them back.
  guard: ['core', 'taskfile', 'daemon', 'config', 'protect', 'sources', 'workspace', 'files', 'text'],
  // Processes that prove a task: checks, the judge, new tests on the tree before it.
  verify: ['core', 'claude', 'git', 'proof', 'daemon', 'config', 'redact', 'workspace', 'text'],
  // What a run leaves behind, and for how long.
  artifacts: ['core', 'git', 'proof', 'store', 'daemon', 'config', 'redact', 'sources', 'files', 'text', 'lazy.ts'],
  // What Baton says unasked. It puts planner, watch and chat together, which know nothing of each other.
  assistant: [
    ...['taskfile', 'claude', 'daemon', 'config', 'sources', 'text'],
    ...['chat', 'planner', 'watch', 'schedule'],
  ],
  // Puts the rooms together: any of them, but nothing that calls it.
  app: [
    ...['core', 'taskfile', 'claude', 'store', 'git', 'protect', 'redact', 'files', 'text', 'config', 'lazy.ts'],
    ...['workspace', 'daemon', 'sources', 'guard', 'verify', 'artifacts', 'assistant'],
    ...['messengers', 'http', 'schedule', 'notify', 'pipeline', 'ledger', 'machines'],
  ],
  // The terminal's subcommands speak to an app that they open, or to one that runs already.
  commands: [
    ...['core', 'taskfile', 'claude', 'store', 'redact', 'files', 'text', 'config', 'errors.ts', 'errors', 'log.ts'],
    ...[
      'daemon',
      'sources',
      'artifacts',
      'planner',
      'schedule',
      'terminal',
      'doctor',
      'init',
      'app',
      'pipeline',
      'machines',
      // What other machines show is read in one way.
      'http',
    ],
  ],
  'main.ts': ['commands', 'program-folder.ts', 'version.ts'],
  'look.ts': ['commands', 'version.ts'],
  // package.json lies above.
  'version.ts': ['..'],
  rehearsal: [],
  doctor: ['config', 'files', 'text', 'discord', 'slack', 'github', 'jira', 'ledger', 'machines', 'network-errors.ts'],
  init: ['config', 'files', 'text', 'discord', 'slack', 'github'],
}
/** Surfaces see the daemon's small API and no more of it. */
const API = /^daemon\/api\/(api|views|environment-views|task-in-view)\.ts$/
/** A transport knows what a chat is and hands over what it hears, and nothing of what is said there. */
const TRANSPORT =
  /^chat\/(transport|call-trouble|incoming|ear|message|event-inbox|while-hearing|fit-controls|typed-command)\.ts$/
const TRANSPORTS = new Set(['telegram', 'discord', 'slack'])
const SURFACES = new Set([
  'chat',
  'telegram',
  'discord',
  'slack',
  'terminal',
  'http',
  'schedule',
  'notify',
  'watch',
  'planner',
])

/** They look which permissions there are, before anything runs. */
const MAY_ASK: ReadonlySet<string> = new Set(['doctor/github.ts', 'init/github.ts', 'doctor/jira.ts'])

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return files(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

const roomOf = (path: string) => path.split('/')[0] as string

interface Import {
  target: string
  /** Loaded when it is needed: no circle at the start can come of it. Types count: who reads one file must open the other. */
  isLazy: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const stated = text.matchAll(/^(?:import|export)\b[^'"`;]*'(\.{1,2}\/[^']+)'/gm)
  const loaded = text.matchAll(/\bimport\('(\.{1,2}\/[^']+)'\)/g)
  const at = (specifier: string | undefined) => relative(SRC, resolve(file, '..', specifier as string))
  return [
    ...[...stated].map(([, specifier]) => ({ target: at(specifier), isLazy: false })),
    ...[...loaded].map(([, specifier]) => ({ target: at(specifier), isLazy: true })),
  ]
}

describe('the rooms', () => {
  const all = files(SRC).map((file) => ({ path: relative(SRC, file), imports: importsOf(file) }))

  it('import only what their place in the plan allows', () => {
    const wrong = all.flatMap(({ path, imports }) => {
      const room = roomOf(path)
      const allowed = MAY_IMPORT[room]
      if (!allowed) return [`${path}: the room ${room} is not in the plan`]
      return imports
        .map(({ target }) => target)
        .filter((target) => roomOf(target) !== room)
        .filter(
          (target) =>
            !allowed.includes(roomOf(target)) ||
            (SURFACES.has(room) && roomOf(target) === 'daemon' && !API.test(target)) ||
            (TRANSPORTS.has(room) && roomOf(target) === 'chat' && !TRANSPORT.test(target)),
        )
        .map((target) => `${path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('are allowed nothing that they do not use', () => {
    const used = new Map<string, Set<string>>()
    for (const { path, imports } of all) {
      const targets = used.get(roomOf(path)) ?? new Set()
      for (const { target } of imports) targets.add(roomOf(target))
      used.set(roomOf(path), targets)
    }
    const unused = Object.entries(MAY_IMPORT).flatMap(([room, allowed]) =>
      allowed.filter((target) => !used.get(room)?.has(target)).map((target) => `${room} does not import ${target}`),
    )
    expect(unused).toEqual([])
  })

  it('let one source know nothing of another, and nobody but its source of the client of a tracker', () => {
    const wrong = all.flatMap(({ path, imports }) => {
      const [room, own] = path.split('/')
      return imports
        .map(({ target }) => target.split('/'))
        .filter(([to, source, file]) => {
          if (to === 'github' || to === 'jira')
            return room !== to && !(room === 'sources' && own === to) && !MAY_ASK.has(path)
          return to === 'sources' && room === 'sources' && file !== undefined && source !== own
        })
        .map((target) => `${path} imports ${target.join('/')}`)
    })
    expect(wrong).toEqual([])
  })

  it('have no circle of imports between files', () => {
    const graph = new Map(all.map(({ path, imports }) => [path, imports.filter((i) => !i.isLazy).map((i) => i.target)]))
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (path: string, trail: string[]) => {
      if (done.has(path)) return
      const at = trail.indexOf(path)
      if (at !== -1) {
        circles.push([...trail.slice(at), path].join(' → '))
        return
      }
      for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
      done.add(path)
    }
    for (const path of graph.keys()) visit(path, [])
    expect(circles).toEqual([])
  })

  it('are put together by few lines', () => {
    // What behaves belongs to the room that owns it.
    const lines = files(join(SRC, 'app')).flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'))
    expect(lines.length).toBeLessThanOrEqual(700)
  })

  it('keep every file small enough to be read at once', () => {
    const long = files(SRC)
      .map((file) => ({ file: relative(SRC, file), lines: readFileSync(file, 'utf8').split('\n').length }))
      .filter(({ file, lines }) => lines > 400 && !file.startsWith('http/dashboard/'))
    expect(long).toEqual([])
  })
})
