import { limitOf, USUAL_LIMIT } from './brand.ts'
import { ATTEMPT_MARK, LOOK_MARK } from './environment.ts'
import { below, findProcess, listProcesses, type ProcessInfo, variableOf } from './process-list.ts'

/** What a state knows of its attempts. */
export interface KnownAttempts {
  /** Those running now, and those whose checks run. */
  working: { id: string; pid?: number; pidStartedAt?: string }[]
  isKnown: (id: string) => boolean
  /** The limit of the process that brands them: whatever is below it is branded. */
  ceiling?: number
}

/** By what a process was recognised: what it inherited, or where it comes from. */
export type Inside = 'mark' | 'brand' | 'ancestor' | 'session'

/**
 * Whether a process belongs to an attempt, or to a check or command of a task, of this state: by the mark in its own
 * environment or that of whoever started it, by its brand, by its ancestors and its session. Undefined: it does not.
 */
export async function insideOf(pid: number, known: KnownAttempts): Promise<Inside | undefined> {
  const line = await lineOf(pid)
  const byPid = new Map(line.map((info) => [info.pid, info.startedAt]))
  const session = line[0]?.session
  if (line.some(({ pid: one }) => isMarked(one, known))) return 'mark'
  if (line.some(({ pid: one }) => isBranded(one, known))) return 'brand'
  for (const root of known.working) {
    if (root.pid === undefined) continue
    if (byPid.has(root.pid) && byPid.get(root.pid) === root.pidStartedAt) return 'ancestor'
    if (session === root.pid && (await findProcess(root.pid))?.startedAt === root.pidStartedAt) return 'session'
  }
  return undefined
}

/** Every process that belongs to an attempt of this state, as `insideOf` finds them. */
export async function insiders(known: KnownAttempts): Promise<number[]> {
  const all = await listProcesses()
  const byPid = new Map(all.map((info) => [info.pid, info]))
  const roots = known.working.flatMap(({ pid, pidStartedAt }) => {
    const info = pid === undefined ? undefined : byPid.get(pid)
    return info !== undefined && info.startedAt === pidStartedAt ? [info] : []
  })
  const leaders = new Set(roots.map(({ pid }) => pid))
  const own = all.filter(
    ({ pid, session }) =>
      pid !== process.pid &&
      (leaders.has(pid) || leaders.has(session) || isBranded(pid, known) || isMarked(pid, known)),
  )
  const pids = new Set(own.map(({ pid }) => pid))
  return [...pids, ...below(pids, all).map(({ pid }) => pid)]
}

/** The process and its ancestors, as far as they live. */
async function lineOf(pid: number): Promise<ProcessInfo[]> {
  const line: ProcessInfo[] = []
  for (let next: number | undefined = pid; next !== undefined && next > 1; ) {
    const info: ProcessInfo | undefined = await findProcess(next)
    // A pid that was reused meanwhile could lead in a circle.
    if (info === undefined || line.some((one) => one.pid === info.pid)) break
    line.push(info)
    next = info.ppid
  }
  return line
}

function isMarked(pid: number, { isKnown }: KnownAttempts): boolean {
  const mark = variableOf(pid, ATTEMPT_MARK)
  return mark !== undefined && (mark === LOOK_MARK || isKnown(mark))
}

/** Brands can be lowered by who bears them, so that any is as good as that of an attempt of this state. */
function isBranded(pid: number, { ceiling = USUAL_LIMIT }: KnownAttempts): boolean {
  const limit = limitOf(pid)
  return limit !== undefined && limit < ceiling
}
