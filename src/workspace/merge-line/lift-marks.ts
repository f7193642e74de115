import { join } from 'node:path'
import type { SingleValues } from '../../core/kept-values.ts'
import type { Task } from '../../core/types.ts'
import { fromUtf8, toBuffer } from '../../git/bytes.ts'
import type { Repository } from '../../git/repository.ts'
import { safeRun } from '../../git/safe-run.ts'
import { type Dirty, dirtyIn } from '../../git/watch/dirty.ts'
import type { TaskNotes } from '../finish.ts'

/** The marks in a task file that Baton made: whose they are, and the file without them. */
export interface OwnMarks {
  tasks: Task[]
  without: string
}

/** What taking Baton's marks out of the user's task files for a moment needs. */
export interface LiftMarksPorts {
  /** The marks that Baton made in a file, by its absolute path, since it was committed; undefined where there are none to lift. */
  marksIn: (path: string, committed: Buffer) => Promise<OwnMarks | undefined>
  /** Does what changes these files, by absolute paths, so that no running task is blamed for it; absent: nobody would be. */
  whileChanging?: <T>(paths: readonly string[], change: () => Promise<T>) => Promise<T>
  /** Nobody plans tasks meanwhile: without its mark, a task that is done reads as open. Absent: nobody would. */
  alone?: <T>(work: () => Promise<T>) => Promise<T>
  notes: TaskNotes
  meta: SingleValues
  project: string
}

/** A mark that is out of its file. */
type Noted = Pick<Task, 'id' | 'runId'>

const keyOf = (project: string): string => `marks-lifted:${project}`

/** Those of the paths, seen from the top of the repository, that are not as the user committed them. */
export async function dirtyAmong(repository: Repository, paths: readonly string[]): Promise<Dirty[]> {
  const changing = new Set(paths)
  return (await dirtyIn(repository, { untracked: true })).filter(({ path }) => changing.has(path))
}

/**
 * Of the files that are in the way, those where nothing but Baton's own marks differs from the commit, with the tasks that
 * are marked. Compared as git would store them, so that line endings and filters count as they do there.
 */
export async function marksInTheWay(
  repository: Repository,
  { marksIn }: Pick<LiftMarksPorts, 'marksIn'>,
  head: string,
  dirty: readonly Dirty[],
): Promise<{ marked: Task[]; others: string[] }> {
  const marked: Task[] = []
  const others: string[] = []
  const run = await safeRun(repository)
  for (const { path, isStaged } of dirty) {
    const marks = isStaged ? undefined : await liftable(path)
    if (marks) marked.push(...marks.tasks)
    else others.push(path)
  }
  return { marked, others }

  async function liftable(path: string): Promise<OwnMarks | undefined> {
    const id = await run(['rev-parse', '--verify', '--quiet', `${head}:${path}`]).catch(() => undefined)
    if (!id) return undefined
    const committed = id.stdout.trim()
    const text = toBuffer((await run(['cat-file', 'blob', committed])).stdout)
    const marks = await marksIn(join(repository.root, path), text)
    if (!marks) return undefined
    const { stdout } = await run(['hash-object', '--path', path, '--stdin'], { input: fromUtf8(marks.without) })
    return stdout.trim() === committed ? marks : undefined
  }
}

/**
 * Does `work` while the marks of these tasks are out of their files, and puts them back whatever comes of it. Which they are is
 * stored before the first is taken out: after a kill the next start puts them back.
 *
 * @returns what `work` gave, and in words each mark that could not be put back
 */
export async function withMarksLifted<T>(
  ports: LiftMarksPorts,
  marked: readonly Task[],
  work: () => Promise<T>,
): Promise<{ result: T; lost: string[] }> {
  if (marked.length === 0) return { result: await work(), lost: [] }
  const lift = () => lifted(ports, marked, work)
  return ports.alone?.(lift) ?? lift()
}

async function lifted<T>(
  ports: LiftMarksPorts,
  marked: readonly Task[],
  work: () => Promise<T>,
): Promise<{ result: T; lost: string[] }> {
  const { notes } = ports
  note(ports, marked, [])
  let result: T
  try {
    for (const task of marked) await notes.settled(task, undefined)
    result = await work()
  } catch (error) {
    await putBack(ports, marked)
    throw error
  }
  return { result, lost: await putBack(ports, marked) }
}

/** Puts back what a kill has left out of the files; in words what could not be. A task that was undone meanwhile has no mark. */
export async function recoverMarks(ports: LiftMarksPorts, tasks: (runId: string) => Task[]): Promise<string[]> {
  const noted = notedIn(ports)
  if (noted.length === 0) return []
  const found = noted
    .flatMap(({ id, runId }) => tasks(runId).filter((task) => task.id === id))
    .filter(({ phase }) => phase === 'done')
  // Those of the others are over.
  setNoted(ports, found)
  return putBack(ports, found)
}

/** A mark that the disk did not take stays noted for the next start. */
async function putBack(ports: LiftMarksPorts, marked: readonly Task[]): Promise<string[]> {
  const lost: string[] = []
  const left: Task[] = []
  for (const task of marked) {
    const written = await ports.notes.settled(task, new Date(task.markedAt ?? Date.now()))
    if (!('problem' in written)) continue
    lost.push(`Task ${task.number} is done, but not marked in ${task.spec.origin.file}: ${written.problem}`)
    if (written.code !== undefined) left.push(task)
  }
  note(ports, left, marked)
  return lost
}

const notedIn = ({ meta, project }: LiftMarksPorts): Noted[] => meta.get<Noted[]>(keyOf(project)) ?? []

/** Notes marks that are out of their files, beside those of an earlier landing, and forgets those of `settled`. */
function note(ports: LiftMarksPorts, out: readonly Task[], settled: readonly Task[]): void {
  const known = [...out, ...settled].map(({ id }) => id)
  const others = notedIn(ports).filter(({ id }) => !known.includes(id))
  setNoted(ports, [...others, ...out])
}

function setNoted({ meta, project }: LiftMarksPorts, noted: readonly Noted[]): void {
  meta.set(
    keyOf(project),
    noted.map(({ id, runId }) => ({ id, runId })),
  )
}
