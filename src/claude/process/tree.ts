import { setTimeout as sleep } from 'node:timers/promises'
import type { Leftover } from '../types.ts'
import { brandOf, limitOf, ownCeiling } from './brand.ts'
import { ATTEMPT_MARK } from './environment.ts'
import { type ForkCount, leastIdAfter } from './later-pids.ts'
import { below, commandLineOf, listProcesses, type ProcessInfo, withVariable } from './process-list.ts'

/** A process tree, as far as it can be recognised. */
export interface Tree {
  /** The root, and its start as the list of processes has it: another process of the same pid is left alone. */
  pid?: number
  startedAt?: string
  /** The root's `order`: what was started before it cannot be of its making, and need not be looked into. */
  since?: number
  /** What the machine had started before it started the root: then most others need not be looked at. */
  before?: ForkCount
  /** Processes that bear the mark or the brand of this attempt belong to it too, whoever their parent is now. */
  attemptId?: string
  /** Processes that were seen to belong to it before. */
  known?: ProcessInfo[]
}

export interface KillReport {
  /** What had to be ended. */
  killed: Leftover[]
  /** What is still there after SIGKILL. */
  survivors: Leftover[]
}

const POLL_MS = 20
/** How long the system gets to take away what was sent SIGKILL. */
const GONE_MS = 2_000

/** The processes below this one, in other process groups and sessions too, as long as their parents live. */
export async function descendants(pid: number): Promise<ProcessInfo[]> {
  return below(new Set([pid]), await listProcesses())
}

/** Every live process of the tree, the root included. */
export async function findTree(tree: Tree): Promise<ProcessInfo[]> {
  // What was seen to belong to it was started after it, too.
  const all = await listProcesses(tree.pid === undefined ? 0 : leastIdAfter(tree.pid, tree.before))
  const byPid = new Map(all.map((info) => [info.pid, info]))
  const own = new Map<number, ProcessInfo>()
  const add = (info: ProcessInfo | undefined): void => {
    if (info !== undefined && info.pid !== process.pid) own.set(info.pid, info)
  }
  const root = tree.pid === undefined ? undefined : byPid.get(tree.pid)
  if (root !== undefined && root.startedAt === tree.startedAt) add(root)
  for (const info of tree.known ?? []) if (byPid.get(info.pid)?.startedAt === info.startedAt) add(info)
  for (const info of await marked(tree, all)) add(info)
  for (const info of inSession(tree, root, all)) add(info)
  for (const info of below(new Set(own.keys()), all)) add(info)
  return [...own.values()]
}

/**
 * Ends a process tree: SIGTERM, after `graceMs` SIGKILL, until nothing of it is left. What appears meanwhile is found
 * again at every look.
 */
export async function killTree(tree: Tree, { graceMs }: { graceMs: number }): Promise<KillReport> {
  const seen = new Map<string, Leftover>()
  let alive = await findTree(tree)
  await remember(seen, alive)
  await signalUntilGone('SIGTERM', graceMs)
  await signalUntilGone('SIGKILL', GONE_MS)
  return {
    killed: [...seen.values()],
    survivors: await Promise.all(alive.map(async ({ pid }) => ({ pid, command: await commandLineOf(pid) }))),
  }

  async function signalUntilGone(signal: NodeJS.Signals, ms: number): Promise<void> {
    const until = performance.now() + ms
    const told = new Set<string>()
    while (alive.length > 0) {
      // SIGTERM once each, so that a handler is not run again and again; nothing hears SIGKILL twice.
      for (const info of alive) if (signal === 'SIGKILL' || !told.has(nameOf(info))) send(info.pid, signal)
      for (const info of alive) told.add(nameOf(info))
      if (performance.now() >= until) return
      await sleep(POLL_MS)
      alive = await findTree({ ...tree, known: [...(tree.known ?? []), ...alive] })
      await remember(seen, alive)
    }
  }
}

async function marked({ attemptId, since = 0 }: Tree, all: ProcessInfo[]): Promise<ProcessInfo[]> {
  if (attemptId === undefined) return []
  const later = all.filter((info) => info.order >= since)
  const ceiling = ownCeiling()
  const brand = ceiling === undefined ? undefined : brandOf(attemptId, ceiling)
  const branded = brand === undefined ? [] : later.filter(({ pid }) => limitOf(pid) === brand)
  return [...(await withVariable(later, `${ATTEMPT_MARK}=${attemptId}`)), ...branded]
}

/**
 * What stayed in the session that the root began when it was started. Only for a root that was followed since (`since` is
 * known): after a restart its pid, and with it the number of its session, may be somebody else's.
 */
function inSession({ pid, since }: Tree, root: ProcessInfo | undefined, all: ProcessInfo[]): ProcessInfo[] {
  if (pid === undefined || since === undefined) return []
  const isOthers = root !== undefined && root.order !== since
  return isOthers ? [] : all.filter((info) => info.session === pid && info.order >= since)
}

async function remember(seen: Map<string, Leftover>, alive: ProcessInfo[]): Promise<void> {
  for (const info of alive) {
    const name = nameOf(info)
    if (!seen.has(name)) seen.set(name, { pid: info.pid, command: await commandLineOf(info.pid) })
  }
}

function nameOf(info: ProcessInfo): string {
  return `${info.pid} ${info.startedAt}`
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone meanwhile, or another user's: the next look tells.
  }
}
