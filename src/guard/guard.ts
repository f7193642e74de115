import { randomUUID } from 'node:crypto'
import type { ProjectConfig } from '../config/types.ts'
import type { CallVerdict, ToolCall } from '../core/tool-call.ts'
import type { Finding, Task } from '../core/types.ts'
import type { OwnWatch, WatchOwnFiles } from '../daemon/attempt/watch-own-files.ts'
import { isWithin, realPath } from '../files/real-path.ts'
import { judgeCall } from '../protect/judge-call.ts'
import { judgeNewRef } from '../protect/judge-new-ref.ts'
import { ownFiles } from '../protect/own-files.ts'
import { ownRules } from '../protect/rules.ts'
import { type Changed, type FileWatch, type SeenFiles, watchFiles } from '../protect/watch-files.ts'
import { changeDoubts } from '../sources/files/doubts.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { lossGuard } from '../workspace/loss-guard.ts'
import { type Acting, isPersons, note, noteRefused, refusals } from './acting.ts'
import { back, doubt, duringTask, finding, UPDATED } from './findings.ts'
import { askedFiles, bothWays, filesInLane, namedOnce, type OwnConfig, placesOf, secretFiles } from './places.ts'
import { watchProgram } from './program-watch.ts'
import { changedSince, leftRecords, removeRecord, tidyRecords, writeRecord } from './watch-record.ts'

/** What keeping Baton's own files needs. */
export interface OwnGuardPorts {
  config: OwnConfig
  /** Loads all code that is not loaded yet, before an agent could change it. */
  loadAll: () => Promise<void>
  onError: (error: unknown) => void
}

/** Keeps Baton's own files from the agents of all projects. */
export interface OwnGuard {
  watch: (project: ProjectConfig) => WatchOwnFiles
  rules: (project: ProjectConfig) => (task: Task) => OwnWatch['rules']
  /** Baton itself writes into a task file; what it writes is nobody else's. */
  writing: <T>(path: string, write: () => Promise<T>) => Promise<T>
  /** One after the other: who reads task files, and whoever takes marks out of them for a moment. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  /** Notes what became of task files up to now, where a task runs: what is planned meanwhile must know. */
  look: () => void
  /** Deals with what became of the files while a process worked whose end nobody saw; what is not ours to settle is reported. */
  recover: () => string[]
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
  /** Stores what is remembered, for the process after a kill; `ours`: files that Baton writes into now. */
  store: (ours?: readonly string[]) => void
}

/** Makes the guard of one process of Baton. */
export function createOwnGuard(ports: OwnGuardPorts): OwnGuard {
  const { config, onError } = ports
  const cache: SeenFiles = new Map()
  const lookAtProgram = watchProgram(config, cache)
  const active = new Set<Active>()
  /** What Baton writes into now, and how many of its writers; their changes are nobody's until they have been remembered. */
  const written = new Map<string, number>()
  const isOurs = ({ path }: Changed) => written.has(path)
  let loaded: Promise<void> | undefined
  let reading: Promise<unknown> = Promise.resolve()

  const begin = (project: ProjectConfig, task: Task, tree = project.path): OwnWatch => {
    const during = duringTask(task)
    const own = ownFiles(placesOf(config, project, task, tree === project.path ? undefined : tree))
    const landsAs = new Map<string, string>()
    /** What may be changed after a yes, in the home and in the task's worktree. */
    const asked = () => {
      const inLane = filesInLane(own).asked
      for (const [path, home] of inLane) landsAs.set(path, home)
      return [...askedFiles(own, task), ...inLane.keys()]
    }
    const secret = () => [...secretFiles(config), ...filesInLane(own).fixed]
    const fixed = watchFiles(cache)
    const seen: Acting = { hooks: false, refused: new Map() }
    const tasks = watchFiles(cache)
    const early: Changed[] = []
    const changedTasks = () =>
      [...early, ...tasks.changed(namedOnce(asked())).filter((one) => !isOurs(one))].filter(
        (one) => !isPersons(seen, one),
      )
    let programEnd: ReturnType<typeof lookAtProgram> | undefined
    fixed.remember(bothWays(secret()))
    tasks.remember(bothWays(asked()))
    const recordId = randomUUID()
    const inLane = { fixed: filesInLane(own).fixed, landsAs: Object.fromEntries(landsAs) }
    const store = (ours: readonly string[] = []) => {
      const kept = new Map([...fixed.remembered(), ...tasks.remembered()])
      const about = { during, ...(ours.length > 0 && { ours: [...ours] }), ...(inLane.fixed.length > 0 && { inLane }) }
      try {
        writeRecord(config.stateDir, recordId, about, kept)
      } catch (error) {
        onError(error)
      }
    }
    const entry: Active = {
      tasks,
      early,
      note: () => changedTasks().map((one) => doubt(config, during, one, landsAs.get(one.path))),
      store,
    }
    active.add(entry)
    store([...written.keys()])
    const loss = lossGuard({ ...project, path: tree }, task)
    /** A refusal comes first, whoever would be asked about the rest of the call. */
    const withGit = (call: ToolCall, verdict: CallVerdict | undefined) =>
      verdict?.do === 'deny' || project.git !== 'read' ? verdict : (judgeNewRef(call) ?? verdict)
    // A thousand files take a good part of the time in which an agent starts, so they are looked at beside that: what waits for
    // `ready` is the agent's first word of its task.
    const ready = new Promise((resolve) => setImmediate(resolve))
      .then(() => {
        programEnd = lookAtProgram()
        loaded ??= ports.loadAll()
        return loaded
      })
      .catch(onError)
    return {
      ready,
      rules: ownRules(own.places),
      guard: (call) => withGit(call, note(seen, call, judgeCall(own, call) ?? loss(call))),
      judge: (call) => withGit(call, judgeCall(own, call)),
      heard: (call) => noteRefused(seen, call, judgeCall(own, call)),
      async end() {
        await ready
        try {
          if (programEnd === undefined) throw new Error('its program was not looked at before')
          const program = programEnd()
          const changed = [...fixed.changed(namedOnce(secret())), ...program.changed].filter(
            (one) => !isPersons(seen, one),
          )
          const isOfUpdate = ({ path }: Changed) => program.isUpdated && isWithin(path, realPath(config.program))
          const findings = [
            ...refusals(seen),
            ...(changed.some(isOfUpdate) ? [UPDATED] : []),
            ...changed.filter((one) => !isOfUpdate(one)).map((one) => back(config, task, one)),
            ...entry.note(),
          ]
          // Until here a kill leaves it to the next process.
          removeRecord(config.stateDir, recordId)
          return findings
        } catch (error) {
          onError(error)
          return [finding(`Baton could not look at its own files: ${error instanceof Error ? error.message : error}`)]
        } finally {
          // Not before: what Baton writes while this waits is not the task's doing either.
          active.delete(entry)
        }
      },
    }
  }

  /** Who has not changed these before: of the others, what was stored when they began says more than what Baton left. */
  const clean = (paths: readonly string[]) =>
    [...active].filter(({ early }) => !early.some((one) => paths.includes(one.path)))

  return {
    watch: (project) => (task, tree) => begin(project, task, tree),
    rules: (project) => (task) => ownRules(ownFiles(placesOf(config, project, task)).places),
    look: () => {
      for (const { note } of active) note()
    },
    alone(work) {
      const mine = reading.then(work)
      reading = mine.catch(() => undefined)
      return mine
    },
    async writing(path, write) {
      const paths = bothWays([path])
      // What was changed before this write was not changed by it, unless another lane's is still under way.
      for (const { tasks, early } of active)
        early.push(...tasks.changed().filter((one) => paths.includes(one.path) && !isOurs(one)))
      for (const one of paths) written.set(one, (written.get(one) ?? 0) + 1)
      for (const { store } of clean(paths)) store([...written.keys()])
      try {
        return await write()
      } finally {
        for (const { tasks } of active) tasks.remember(paths)
        for (const one of paths) {
          const left = (written.get(one) ?? 1) - 1
          if (left > 0) written.set(one, left)
          else written.delete(one)
        }
        for (const { store } of clean(paths)) store([...written.keys()])
      }
    },
    recover() {
      const told = leftRecords(config.stateDir).flatMap((record) => {
        const known = Object.keys(record.files)
        const files = namedOnce(
          findTaskFiles(
            config.home,
            config.projects.flatMap(({ tasks }) => tasks),
          ),
        )
        const made = files.filter((path) => !known.includes(path) && !record.ours?.includes(path))
        const changed = [...changedSince(config.stateDir, record), ...watchFiles().changed(made)]
        const { fixed = [], landsAs = {} } = record.inLane ?? {}
        const isTaskFile = ({ path }: Changed) => !bothWays([...secretFiles(config), ...fixed]).includes(path)
        for (const one of changed.filter(isTaskFile)) doubt(config, record.during, one, landsAs[one.path])
        removeRecord(config.stateDir, record.id)
        return changed
          .filter((one) => !isTaskFile(one))
          .map(
            (one) =>
              `${shownPath(config.home, one.path)} is not as it was when ${record.during} began: Baton was killed while it ran. If you did not change it, restore it.`,
          )
      })
      tidyRecords(config.stateDir)
      return told
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
