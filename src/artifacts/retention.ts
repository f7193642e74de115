import { readdir, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Config } from '../config/types.ts'
import type { CommandRequest } from '../daemon/api/command-request.ts'
import { RUN_FOLDER } from '../daemon/ids.ts'
import { pruneCheckpoints as pruneRefs } from '../git/checkpoint/prune.ts'
import { shownPath } from '../sources/files/find-files.ts'
import { prunableRuns, pruneStore } from '../store/prune.ts'
import type { Store } from '../store/store.ts'
import { DAY_MS } from '../text/durations.ts'

/** What applying retention needs. */
export interface RetentionPorts {
  config: Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'keep' | 'projects'>
  store: Store<CommandRequest>
}

const MB = 1024 * 1024
/** A look at a running task is of no use once it is over. */
const LOOK_DAYS = 2

/**
 * Drops runs that need not be kept any longer: first their checkpoints and logs, then their rows, so that a kill in
 * between leaves nothing that nobody knows of any more. Then of the oldest logs, as long as all of them are too large.
 */
export async function applyRetention(
  { config, store }: RetentionPorts,
  at: number,
  signal: AbortSignal,
): Promise<void> {
  const { keep, logsDir, projects } = config
  const gone = prunableRuns(store, keep, at)
  const cwds = new Set([...projects.map(({ path }) => path), ...gone.flatMap((id) => foldersOf(store, id))])
  for (const cwd of cwds) {
    for (const id of gone) {
      if (signal.aborted) return
      await pruneRefs({ cwd, keep: [], prefix: `refs/baton/${id}/` })
    }
    if (signal.aborted) return
    await pruneRefs({ cwd, keep: [], prefix: 'refs/baton/look/', before: at - LOOK_DAYS * DAY_MS })
  }
  for (const id of gone) await rm(join(logsDir, id), { recursive: true, force: true })
  if (signal.aborted) return
  pruneStore(store, keep, at)
  await tidyLogs(config, store, at)
  await tidyInline(config, store, at)
}

function foldersOf({ read }: Store<CommandRequest>, runId: string): string[] {
  return read
    .tasks(runId)
    .flatMap((task) => read.attempts(task.id).map(({ cwd }) => cwd))
    .filter((cwd) => cwd !== '')
}

/** Folders of runs that nobody knows go when they are old, the oldest of the others while all are too large. */
async function tidyLogs(
  { logsDir, keep }: RetentionPorts['config'],
  { read }: Store<CommandRequest>,
  at: number,
): Promise<void> {
  const names = (await readdir(logsDir).catch(() => [])).filter((name) => RUN_FOLDER.test(name)).sort()
  const folders = await Promise.all(names.map(async (name) => ({ name, ...(await sizeOf(join(logsDir, name))) })))
  let bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0)
  const newest = names.at(-1)
  for (const folder of folders) {
    const run = read.run(folder.name)
    const isOld = run === undefined && folder.changedAt < at - keep.days * DAY_MS
    const isTooMuch = bytes > keep.logMb * MB
    if (run?.state === 'open' || folder.name === newest || !(isOld || isTooMuch)) continue
    await rm(join(logsDir, folder.name), { recursive: true, force: true })
    bytes -= folder.bytes
  }
}

/** Task files that came as text go when they are old and no run is about them any more. */
async function tidyInline(
  { home, stateDir, keep }: RetentionPorts['config'],
  { read }: Store<CommandRequest>,
  at: number,
): Promise<void> {
  const folder = join(stateDir, 'inline')
  const used = new Set(read.filesOfRuns())
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { changedAt } = await sizeOf(path)
    const isUsed = used.has(shownPath(home, path)) || used.has(relative(home, path))
    if (!isUsed && changedAt < at - keep.days * DAY_MS) await rm(path, { force: true })
  }
}

/** Of a file, or of a folder with all that is in it; what vanishes meanwhile counts nothing. */
async function sizeOf(path: string): Promise<{ bytes: number; changedAt: number }> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return { bytes: 0, changedAt: Number.POSITIVE_INFINITY }
  if (!found.isDirectory()) return { bytes: found.size, changedAt: found.mtimeMs }
  const inside = await Promise.all((await readdir(path).catch(() => [])).map((name) => sizeOf(join(path, name))))
  return {
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
    changedAt: Math.max(found.mtimeMs, ...inside.map(({ changedAt }) => changedAt)),
  }
}
