import { readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { CallVerdict, ToolCall } from '../claude/types.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import { plural, shortened } from '../core/text.ts'
import type { Finding, Task } from '../core/types.ts'
import type { OwnWatch, WatchOwnFiles } from '../daemon/own-guard.ts'
import { judgeCall } from '../protect/judge-call.ts'
import { type OwnFiles, ownFiles } from '../protect/own-files.ts'
import { filesIn, isWithin, realPath } from '../protect/real-path.ts'
import { ownRules } from '../protect/rules.ts'
import {
  type Changed,
  contentAt,
  digest,
  type FileWatch,
  filesBelow,
  giveBack,
  isOurs,
  type Kept,
  watchFiles,
} from '../protect/watch-files.ts'
import { newMarks } from '../taskfile/new-marks.ts'
import { API_TOKEN_FILE } from './api-token.ts'
import { changeDoubts } from './doubts.ts'
import { fileOf, findTaskFiles, shownPath } from './find-files.ts'

/** What keeping Baton's own files needs. */
export interface OwnGuardPorts {
  config: Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'program' | 'projects' | 'schedule' | 'telegram'>
  /** Loads all code that is not loaded yet, before an agent could change it. */
  loadAll: () => Promise<void>
  onError: (error: unknown) => void
}

/** Keeps Baton's own files from the agents of all projects. */
export interface OwnGuard {
  watch: (project: ProjectConfig) => WatchOwnFiles
  /** Baton itself writes into a task file; what it writes is nobody else's. */
  writing: <T>(path: string, write: () => Promise<T>) => Promise<T>
  /** Notes what became of task files up to now, where a task runs: what is planned meanwhile must know. */
  look: () => void
  /** A mark that Baton wrote itself, or a file that a person has started, is beyond doubt. */
  settle: (path: string, what: { mark?: string; started?: true }) => void
}

/** A watch that has not ended. */
interface Active {
  tasks: FileWatch
  /** Changed before Baton itself wrote into the same file. */
  early: Changed[]
  /** Notes what has become of task files so far. */
  note: () => Finding[]
}

/** Tools that cannot write but where the guard has seen to. */
const KNOWN_TOOLS = new Set(
  [
    'Read',
    'Edit',
    'MultiEdit',
    'Write',
    'NotebookEdit',
    'NotebookRead',
    'Glob',
    'Grep',
    'LS',
    'TodoWrite',
    'WebFetch',
  ].concat([
    'WebSearch',
    'AskUserQuestion',
    'Agent',
    'Task',
    'ExitPlanMode',
    'TaskCreate',
    'TaskUpdate',
    'TaskList',
    'ToolSearch',
  ]),
)
/** The finest clock of a file system we know of is no finer. */
const CLOCK_MS = 20

/** Makes the guard of one process of Baton. */
export function createOwnGuard(ports: OwnGuardPorts): OwnGuard {
  const { config, onError } = ports
  const cache = new Map()
  const active = new Set<Active>()
  let loaded: Promise<void> | undefined

  const begin = (project: ProjectConfig, task: Task): OwnWatch => {
    const own = ownFiles(placesOf(config, project, task))
    const fixed = watchFiles(cache)
    const seen: Acting = { hooks: false, refused: new Map() }
    const tasks = watchFiles(cache)
    const early: Changed[] = []
    const changedTasks = () =>
      [...early, ...tasks.changed(askedFiles(own, task))].filter((one) => !isPersons(seen, one))
    const entry: Active = { tasks, early, note: () => changedTasks().map((one) => doubt(config, task, one)) }
    fixed.remember(bothWays(fixedFiles(config)))
    tasks.remember(bothWays(askedFiles(own, task)))
    active.add(entry)
    const version = versionOf(config.program)
    loaded ??= ports.loadAll()
    return {
      ready: loaded.catch(onError),
      rules: ownRules(own.places),
      guard: (call) => note(seen, call, judgeCall(own, call)),
      judge: (call) => judgeCall(own, call),
      heard: (call) => noteRefused(seen, call, judgeCall(own, call)),
      async end() {
        active.delete(entry)
        try {
          const changed = fixed.changed(fixedFiles(config)).filter((one) => !isPersons(seen, one))
          const isUpdate = versionOf(config.program) !== version
          const isOfUpdate = ({ path }: Changed) => isUpdate && isWithin(path, realPath(config.program))
          return [
            ...refusals(seen),
            ...(changed.some(isOfUpdate) ? [UPDATED] : []),
            ...changed.filter((one) => !isOfUpdate(one)).map((one) => back(config, task, one)),
            ...entry.note(),
          ]
        } catch (error) {
          onError(error)
          return [finding(`Baton could not look at its own files: ${error instanceof Error ? error.message : error}`)]
        }
      },
    }
  }

  return {
    watch: (project) => (task) => begin(project, task),
    look: () => {
      for (const { note } of active) note()
    },
    async writing(path, write) {
      // What was changed before this write was not changed by it.
      const paths = bothWays([path])
      for (const { tasks, early } of active) early.push(...tasks.changed().filter((one) => paths.includes(one.path)))
      try {
        return await write()
      } finally {
        for (const { tasks } of active) tasks.remember(bothWays([path]))
      }
    },
    settle(path, { mark, started }) {
      changeDoubts(config.stateDir, (doubts) => {
        const known = doubts[realPath(path)]
        if (!known) return
        if (mark !== undefined) known.marks = known.marks.filter(({ key }) => key !== mark)
        if (started) known.changed = false
        if (known.marks.length === 0 && !known.changed) delete doubts[realPath(path)]
      })
    },
  }
}

/** What is known of the agent while it works. */
interface Acting {
  /** It tells of each call before it makes it. */
  hooks: boolean
  /** When it first made a call that can change anything, epoch ms. */
  firstAt?: number
  /** Why → the calls. Claude's own rules refuse some before its hooks: those are only seen as it says them. */
  refused: Map<string, Set<string>>
}

function note(seen: Acting, call: ToolCall, verdict: CallVerdict | undefined): CallVerdict | undefined {
  seen.hooks = true
  const { tool } = call
  if (verdict?.do === 'deny') noteRefused(seen, call, verdict)
  else if (verdict || !KNOWN_TOOLS.has(tool)) seen.firstAt ??= Date.now()
  return verdict
}

function noteRefused({ refused }: Acting, { tool, input }: ToolCall, verdict: CallVerdict | undefined): void {
  if (verdict?.do !== 'deny') return
  const calls = refused.get(verdict.why) ?? new Set()
  refused.set(verdict.why, calls.add(JSON.stringify([tool, input])))
}

/** Changed before the agent had done anything that could have: by a person then, and none of our business. */
function isPersons({ hooks, firstAt }: Acting, { at }: Changed): boolean {
  return hooks && (firstAt === undefined || (at !== undefined && at < firstAt - CLOCK_MS))
}

function refusals({ refused }: Acting): Finding[] {
  return [...refused].map(([why, { size }]) =>
    finding(`${size > 1 ? `${size} calls were` : 'A call was'} refused: ${why.replace(/ Continue without it\.$/, '')}`),
  )
}

const finding = (text: string, path?: string): Finding => ({
  kind: 'own-file',
  weight: 'tell',
  text,
  lasting: true,
  ...(path !== undefined && { path }),
})

/** A person's update must not be taken back half; what else it may be is for a person to look at. */
const UPDATED = finding(
  "Baton's own program was updated while the task ran. If that was not you, install it again before you start it.",
)

/** Puts back what no agent changes. */
function back(config: OwnGuardPorts['config'], task: Task, changed: Changed): Finding {
  const shown = shownPath(config.home, changed.path)
  const keepIn = join(config.stateDir, 'kept', `${task.runId}-${task.number}`)
  const what = changed.after === undefined ? 'removed' : changed.before === undefined ? 'made' : 'changed'
  try {
    const kept = giveBack(changed, keepIn)
    const where = kept === undefined ? '' : ` What stood there is kept in ${shownPath(config.home, kept)}.`
    return finding(`This file of Baton's own was ${what} while the task ran; it is as before again.${where}`, shown)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return finding(
      `This file of Baton's own was ${what} while the task ran, and could not be given back: ${why}`,
      shown,
    )
  }
}

/** Notes what became of a task file, a pipeline or a prompt; it is left as it is. */
function doubt(config: OwnGuardPorts['config'], task: Task, { path, before, after }: Changed): Finding {
  const shown = shownPath(config.home, path)
  const what = after === undefined ? 'removed' : before === undefined ? 'made' : 'changed'
  const marks = after ? newMarks(before && textOf(before), textOf(after, path)) : []
  const during = `task ${task.number} (${shortened(task.spec.title.replace(/\s+/g, ' '), 60)})`
  changeDoubts(config.stateDir, (doubts) => {
    if (after === undefined) return
    const known = doubts[path]
    const keys = new Set(marks.map(({ key }) => key))
    const first = known ? known.before : before && digest(before.bytes)
    doubts[path] = {
      during,
      at: Date.now(),
      marks: [...(known?.marks ?? []).filter(({ key }) => !keys.has(key)), ...marks],
      changed: true,
      ...(first !== undefined && { before: first }),
    }
  })
  const marked =
    marks.length === 0
      ? ''
      : ` ${plural(marks.length, 'mark')} that ${marks.length === 1 ? 'is' : 'are'} not Baton's ${marks.length === 1 ? 'does' : 'do'} not count: ${marks.map(({ title }) => title).join(', ')}.`
  return {
    ...finding(`This file was ${what} while the task ran.${marked}`, shown),
    kind: marks.length > 0 ? 'mark' : 'task-file',
    ...(marks[0] && { line: marks[0].line }),
  }
}

/** What a task file says, through the link that it may have become. */
function textOf({ bytes, mode }: Kept, path?: string): string {
  const isLink = (mode & 0o170000) === 0o120000
  const led = isLink && path !== undefined ? contentAt(realPath(path)) : undefined
  return (led ?? bytes).toString('utf8')
}

function placesOf(
  { home, stateDir, logsDir, program, projects, schedule, telegram }: OwnGuardPorts['config'],
  project: ProjectConfig,
  task: Task,
): OwnFiles['places'] {
  const dated = schedule.flatMap(({ files = [] }) => files.map((name) => name.replace(/\{[^}]*\}/g, '*')))
  return {
    ...{ home, stateDir, logsDir, program },
    projects: projects.map(({ path }) => path),
    readable: [resolve(project.path, telegram.inbox)],
    taskFiles: [...new Set([...projects.flatMap(({ tasks }) => tasks), ...dated, task.spec.file])],
  }
}

function fixedFiles({ home, stateDir, program, projects }: OwnGuardPorts['config']): string[] {
  const config = ['config.yaml', 'config.yml'].map((name) => join(home, name))
  return [...filesIn(home, '.env'), ...config, join(stateDir, API_TOKEN_FILE), ...programFiles(program, projects)]
}

/** Its own code; the packages it uses were loaded before the agent began. */
function programFiles(program: string, projects: readonly ProjectConfig[]): string[] {
  // An agent that works in the program's own folder, as in a rehearsal of ours, works on the program.
  if (!isOurs(program) || projects.some(({ path }) => relative(path, program) === '')) return []
  return [join(program, 'package.json'), ...['bin', 'dist', 'src'].flatMap((part) => filesBelow(join(program, part)))]
}

function askedFiles({ places }: OwnFiles, task: Task): string[] {
  const { home, taskFiles } = places
  const files = [...findTaskFiles(home, taskFiles), fileOf(home, task)]
  return [...files, ...filesBelow(join(home, 'pipelines')), ...filesBelow(join(home, 'prompts'))]
}

/** As they are named and through all links: a link may be changed, and what it leads to. */
const bothWays = (paths: readonly string[]): string[] => [...new Set(paths.flatMap((path) => [path, realPath(path)]))]

/** What says which version of the program this is: what an update changes, by a package manager or by git. */
function versionOf(program: string): string {
  const reflog = statSync(join(program, '.git/logs/HEAD'), { throwIfNoEntry: false })
  try {
    const { version } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8')) as { version?: unknown }
    return `${version} ${reflog?.size} ${reflog?.mtimeMs}`
  } catch {
    return `none ${reflog?.size}`
  }
}
