import { existsSync, globSync } from 'node:fs'
import { basename, dirname, matchesGlob, relative, resolve, sep } from 'node:path'
import { filesIn, foldCase, isWithin, realPath, sharedIdentity } from '../files/real-path.ts'
import { RESCUED } from '../files/rescued.ts'

/** Where Baton's own files lie; absolute paths. */
export interface OwnPlaces {
  home: string
  stateDir: string
  logsDir: string
  /** The folder that holds the program. */
  program: string
  /** Folders that tasks work in: never the program, whatever holds them. */
  projects: readonly string[]
  /** Folders in the state folder that the agent is sent to, to read: what a person sent along. */
  readable: readonly string[]
  /** Folders that worktrees lie in, often in the state folder, and the checkout that they are copies of. */
  worktrees?: readonly { dir: string; of: string }[]
  /** Patterns of task files, seen from home. */
  taskFiles: readonly string[]
}

/** What the agent may do with a file: `secret`: nothing; `fixed`: read; `asked`: read, and change after a yes. */
type Level = 'secret' | 'fixed' | 'asked'

/** What a path is to Baton. */
export interface Own {
  level: Level
  /** In words that fit into a sentence: `Baton's state folder`. */
  what: string
}

/** Tells Baton's own files from all others. */
export interface OwnFiles {
  places: OwnPlaces
  /** Absolute; looked at as it is written and through all links. */
  of: (path: string) => Own | undefined
  /** A folder that lies above own files of these levels. */
  holds: (folder: string) => Own | undefined
  /** Files and folders that a pattern of a shell may stand for, absolute, with what they are. */
  known: () => readonly { path: string; own: Own }[]
}

const SECRETS: Own = { level: 'secret', what: "Baton's secrets (.env)" }
const STATE: Own = { level: 'secret', what: "Baton's state folder" }
const SENT: Own = { level: 'fixed', what: "Baton's folder for what people send" }
const CONFIG: Own = { level: 'fixed', what: "Baton's configuration" }
const LOGS: Own = { level: 'fixed', what: "Baton's logs" }
const PROGRAM: Own = { level: 'fixed', what: "Baton's own program" }
const TASKS: Own = { level: 'asked', what: 'a task file of Baton' }
const PIPELINES: Own = { level: 'asked', what: 'a pipeline of Baton' }
const PROMPTS: Own = { level: 'asked', what: 'a prompt of Baton' }

/** Knows Baton's own files by these places. Nothing is remembered: links and folders change while an agent works. */
export function ownFiles(places: OwnPlaces): OwnFiles {
  const of = (path: string): Own | undefined => {
    const asWritten = resolve(path)
    return strictest(ownOf(places, asWritten), ownOf(through(places), realPath(asWritten)), sameFile(places, asWritten))
  }
  const known = () => {
    const { home, stateDir, logsDir, program } = places
    return [
      ...filesIn(home, '.env').map((path) => ({ path, own: SECRETS })),
      { path: resolve(home, '.env'), own: SECRETS },
      { path: stateDir, own: STATE },
      ...rescuedBeside(stateDir).map((path) => ({ path, own: STATE })),
      { path: resolve(home, 'config.yaml'), own: CONFIG },
      { path: logsDir, own: LOGS },
      { path: program, own: PROGRAM },
      ...taskFilesOf(places).map((path) => ({ path, own: TASKS })),
      { path: resolve(home, 'pipelines'), own: PIPELINES },
      { path: resolve(home, 'prompts'), own: PROMPTS },
    ]
  }
  return {
    places,
    of,
    known,
    holds: (folder) => {
      const real = realPath(resolve(folder))
      return strictest(
        ...known()
          .filter(({ path }) => existsSync(path) && isWithin(realPath(dirname(path)), real))
          .map(({ own }) => own),
      )
    },
  }
}

/** The same places through all links. */
function through(places: OwnPlaces): OwnPlaces {
  const { home, stateDir, logsDir, program, projects, readable, worktrees = [] } = places
  return {
    ...places,
    worktrees: worktrees.map(({ dir, of }) => ({ dir: realPath(dir), of: realPath(of) })),
    home: realPath(home),
    stateDir: realPath(stateDir),
    logsDir: realPath(logsDir),
    program: realPath(program),
    projects: projects.map(realPath),
    readable: readable.map(realPath),
  }
}

function ownOf(places: OwnPlaces, path: string): Own | undefined {
  const { home, stateDir, logsDir, program, projects, readable, taskFiles } = places
  const original = originalOf(places, path)
  if (original !== undefined) return ownInWorktree(places, original)
  if (isWithin(path, stateDir)) return readable.some((folder) => isWithin(path, folder)) ? SENT : STATE
  if (isRescued(path, stateDir)) return STATE
  if (foldCase(dirname(path)) === foldCase(home)) {
    const name = foldCase(basename(path))
    if (name.startsWith('.env')) return SECRETS
    if (name === 'config.yaml' || name === 'config.yml') return CONFIG
  }
  if (isWithin(path, logsDir)) return LOGS
  if (isWithin(path, resolve(home, 'pipelines'))) return PIPELINES
  if (isWithin(path, resolve(home, 'prompts'))) return PROMPTS
  const fromHome = relative(foldCase(home), foldCase(path)).split(sep).join('/')
  if (taskFiles.some((pattern) => matchesPattern(foldCase(path), fromHome, foldCase(pattern), home))) return TASKS
  const inProject = projects.some((folder) => isWithin(folder, program) && isWithin(path, folder))
  if (isWithin(path, program) && !inProject) return PROGRAM
  return undefined
}

/**
 * What a file of a worktree is in the user's checkout: what a task does to it lands there. Undefined for the folder in which
 * worktrees lie: with that an agent would hold its neighbours, too.
 */
function originalOf({ worktrees = [] }: OwnPlaces, path: string): string | undefined {
  for (const { dir, of } of worktrees) {
    if (!isWithin(path, dir) || relative(dir, path) === '') continue
    return resolve(of, ...relative(dir, path).split(sep).slice(1))
  }
  return undefined
}

/** Copies of the program, the logs and the state are the project's own files. */
function ownInWorktree(places: OwnPlaces, original: string): Own | undefined {
  const own = ownOf({ ...places, worktrees: [] }, original)
  return own && [SECRETS, CONFIG, TASKS, PIPELINES, PROMPTS].includes(own) ? own : undefined
}

/** What was saved of a state folder that was lost. */
function isRescued(path: string, stateDir: string): boolean {
  const beside = relative(foldCase(dirname(stateDir)), foldCase(path))
  return beside.startsWith(RESCUED)
}

const rescuedBeside = (stateDir: string): string[] =>
  globSync(`${RESCUED}*`, { cwd: dirname(stateDir) }).map((name) => resolve(dirname(stateDir), name))

function matchesPattern(path: string, fromHome: string, pattern: string, home: string): boolean {
  const plain = pattern.replace(/^\.\//, '')
  return plain === fromHome || foldCase(resolve(home, pattern)) === path || matchesGlob(fromHome, plain)
}

/** Those that are there; of patterns that go through whole trees only the folder that they begin in. */
function taskFilesOf({ home, taskFiles }: Pick<OwnPlaces, 'home' | 'taskFiles'>): string[] {
  return taskFiles.flatMap((pattern) => {
    if (!/[*?[{]/.test(pattern) || existsSync(resolve(home, pattern))) return [resolve(home, pattern)]
    if (pattern.includes('**')) return [resolve(home, pattern.slice(0, pattern.search(/[^/]*[*?[{]/)))]
    return globSync(pattern, { cwd: home }).map((path) => resolve(home, path))
  })
}

/** A second name of a secret or of the configuration. */
function sameFile({ home, stateDir }: OwnPlaces, path: string): Own | undefined {
  const identity = sharedIdentity(path)
  if (identity === undefined) return undefined
  const files = [
    ...filesIn(home, '.env').map((file) => ({ file, own: SECRETS })),
    ...filesIn(stateDir).map((file) => ({ file, own: STATE })),
    { file: resolve(home, 'config.yaml'), own: CONFIG },
  ]
  return files.find(({ file }) => sharedIdentity(file) === identity)?.own
}

const RANK: Record<Level, number> = { secret: 0, fixed: 1, asked: 2 }

function strictest(...found: (Own | undefined)[]): Own | undefined {
  return found.filter((own) => own !== undefined).sort((a, b) => RANK[a.level] - RANK[b.level])[0]
}
