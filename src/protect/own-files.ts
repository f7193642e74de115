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
  /** Where tasks work in worktrees. */
  lanes?: Lanes
  /** Patterns of task files, seen from home. */
  taskFiles: readonly string[]
}

/** The worktrees of a project's tasks. Each may hold what Baton's own files are in the checkout: copied into it, or to land there. */
export interface Lanes {
  /** The folder that they lie in. */
  dir: string
  /** The one that the task works in; all others are not its own. */
  own?: string
  /** The checkout that they are made from. */
  main: string
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
const NEIGHBOUR: Own = { level: 'fixed', what: "another task's worktree" }

/** Knows Baton's own files by these places. Nothing is remembered: links and folders change while an agent works. */
export function ownFiles(places: OwnPlaces): OwnFiles {
  const of = (path: string): Own | undefined => {
    const asWritten = resolve(path)
    return strictest(ownOf(places, asWritten), ownOf(through(places), realPath(asWritten)), sameFile(places, asWritten))
  }
  const known = () => {
    const { home, stateDir, logsDir, program, taskFiles, lanes } = places
    const inLane = homeIn(places, lanes?.own)
    return [
      ...partsOfHome(home, taskFiles),
      ...(inLane === undefined ? [] : partsOfHome(inLane, taskFiles)),
      { path: stateDir, own: STATE },
      ...rescuedBeside(stateDir).map((path) => ({ path, own: STATE })),
      { path: logsDir, own: LOGS },
      { path: program, own: PROGRAM },
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
  const { home, stateDir, logsDir, program, projects, readable, lanes } = places
  return {
    ...places,
    ...(lanes && {
      lanes: {
        dir: realPath(lanes.dir),
        main: realPath(lanes.main),
        ...(lanes.own !== undefined && { own: realPath(lanes.own) }),
      },
    }),
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
  const tree = treeAround(places, path)
  if (tree !== undefined) return ownInTree(places, tree, path)
  if (isWithin(path, stateDir)) return readable.some((folder) => isWithin(path, folder)) ? SENT : STATE
  if (isRescued(path, stateDir)) return STATE
  const ofHome = ownInHome(home, taskFiles, path)
  if (ofHome?.level === 'secret' || ofHome?.level === 'fixed') return ofHome
  if (isWithin(path, logsDir)) return LOGS
  if (ofHome) return ofHome
  const inProject = projects.some((folder) => isWithin(folder, program) && isWithin(path, folder))
  if (isWithin(path, program) && !inProject) return PROGRAM
  return undefined
}

/** What lies in the folder of config.yaml and .env. */
function ownInHome(home: string, taskFiles: readonly string[], path: string): Own | undefined {
  if (foldCase(dirname(path)) === foldCase(home)) {
    const name = foldCase(basename(path))
    if (name.startsWith('.env')) return SECRETS
    if (name === 'config.yaml' || name === 'config.yml') return CONFIG
  }
  if (isWithin(path, resolve(home, 'pipelines'))) return PIPELINES
  if (isWithin(path, resolve(home, 'prompts'))) return PROMPTS
  const fromHome = relative(foldCase(home), foldCase(path)).split(sep).join('/')
  if (taskFiles.some((pattern) => matchesPattern(foldCase(path), fromHome, foldCase(pattern), home))) return TASKS
  return undefined
}

/** A task file, a pipeline or a prompt of this home, there or not: what an agent changes only after a yes. `path`: through all links. */
export function isAskedFile({ home, taskFiles }: Pick<OwnPlaces, 'home' | 'taskFiles'>, path: string): boolean {
  return ownInHome(realPath(home), taskFiles, path)?.level === 'asked'
}

/** The worktree that a path lies in; not the folder of them all, with which an agent would hold its neighbours, too. */
function treeAround({ lanes }: OwnPlaces, path: string): string | undefined {
  if (!lanes || !isWithin(path, lanes.dir)) return undefined
  const [name = ''] = path.slice(lanes.dir.length).split(sep).filter(Boolean)
  return name === '' ? undefined : resolve(lanes.dir, name)
}

/** A copy of a secret is one, and what will land as a task file or as the configuration is treated as one. */
function ownInTree(places: OwnPlaces, tree: string, path: string): Own | undefined {
  const home = homeIn(places, tree)
  const inHome = home === undefined ? undefined : ownInHome(home, places.taskFiles, path)
  const own = places.lanes?.own
  return strictest(inHome, own === undefined || foldCase(own) === foldCase(tree) ? undefined : NEIGHBOUR)
}

/** Where the home lies in a worktree; undefined where it lies in none. */
export function homeIn(
  { home, lanes }: Pick<OwnPlaces, 'home' | 'lanes'>,
  tree: string | undefined,
): string | undefined {
  if (!lanes || tree === undefined || !isWithin(home, lanes.main)) return undefined
  return resolve(tree, relative(lanes.main, home))
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

const partsOfHome = (home: string, taskFiles: readonly string[]): { path: string; own: Own }[] => [
  ...filesIn(home, '.env').map((path) => ({ path, own: SECRETS })),
  { path: resolve(home, '.env'), own: SECRETS },
  { path: resolve(home, 'config.yaml'), own: CONFIG },
  ...taskFilesOf({ home, taskFiles }).map((path) => ({ path, own: TASKS })),
  { path: resolve(home, 'pipelines'), own: PIPELINES },
  { path: resolve(home, 'prompts'), own: PROMPTS },
]

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
