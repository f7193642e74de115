import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifacts, TaskDiff } from '../daemon/api/artifacts.ts'
import { openPlain } from '../files/plain.ts'
import { checkpoint } from '../git/checkpoint/checkpoint.ts'
import { changes } from '../git/diff/changes.ts'
import { diffStat } from '../git/diff/diff-stat.ts'
import { patch, patchesToRead } from '../git/diff/patch.ts'
import type { Reader } from '../store/read.ts'

const MAX_TAIL_BYTES = 512 * 1024
const MAX_PATCH_BYTES = 10 * 1024 * 1024

/** Reads diffs and logs for surfaces. */
export function createArtifacts({
  read,
  logsDir,
  exclude,
  projects,
}: {
  read: Reader
  logsDir: string
  exclude: string[]
  /** Where the commits of a worktree stay when its folder is gone. */
  projects: readonly { path: string }[]
}): Artifacts {
  const recordedOf = (taskId: string) => {
    const attempts = read.attempts(taskId)
    return { first: attempts.find((attempt) => attempt.checkpointBefore !== undefined), last: attempts.at(-1) }
  }

  return {
    diff,
    async patches(taskIds) {
      const found = new Map<string, Buffer>()
      const ranges = taskIds.flatMap((taskId) => {
        const { first, last } = recordedOf(taskId)
        const [from, to] = [first?.checkpointBefore, last?.checkpointAfter]
        return first && from !== undefined && to !== undefined ? [{ taskId, cwd: first.cwd, from, to }] : []
      })
      for (const [cwd, those] of Map.groupBy(ranges, (range) => range.cwd)) {
        // A folder that is gone, say: each of its tasks is asked for alone, and says so.
        const patches = await patchesToRead(cwd, those, MAX_PATCH_BYTES).catch(() => [])
        for (const [index, bytes] of patches.entries()) if (bytes) found.set(those[index]?.taskId ?? '', bytes)
      }
      for (const taskId of taskIds.filter((id) => !found.has(id))) {
        const alone = await diff(taskId)
        if (alone.ok) found.set(taskId, alone.patch)
      }
      return found
    },
    async logTail(taskId, lines) {
      const file = read.attempts(taskId).at(-1)?.logFile
      if (!file) return undefined
      const text = await tail(file).catch(() => undefined)
      return text === undefined ? undefined : { file, lines: text.replace(/\n$/, '').split('\n').slice(-lines) }
    },
    async logCount(runId) {
      const names = await readdir(join(logsDir, runId)).catch(() => [])
      return names.filter((name) => name.endsWith('.log')).length
    },
  }

  async function diff(taskId: string): Promise<TaskDiff> {
    const { first, last } = recordedOf(taskId)
    if (!last) return { ok: false, why: 'This task has not run yet.' }
    if (!first?.checkpointBefore)
      return { ok: false, why: 'There is no checkpoint before this task: its folder is not a git repository.' }
    const { cwd: folder, checkpointBefore: from } = first
    try {
      const to = last.checkpointAfter ?? (await upToNow(folder, taskId, from))
      if (to === undefined) return { ok: false, why: 'The working tree cannot be recorded now.' }
      const { stat, text } = await firstThatReads(folder, async (cwd) => {
        const range = { cwd, from, to }
        const [files, text] = await Promise.all([
          changes(range),
          patch({ ...range, binary: false, maxBytes: MAX_PATCH_BYTES }),
        ])
        return { stat: diffStat(files), text }
      })
      return { ok: true, stat, patch: text.bytes, truncated: text.truncated }
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** In the folder itself; where it is gone, in the project that has its commits, if there is one. */
  async function firstThatReads<T>(cwd: string, read: (cwd: string) => Promise<T>): Promise<T> {
    if (!existsSync(cwd))
      for (const { path } of projects) {
        const found = await read(path).catch(() => undefined)
        if (found !== undefined) return found
      }
    return read(cwd)
  }

  async function upToNow(cwd: string, taskId: string, since: string): Promise<string | undefined> {
    const taken = await checkpoint({
      cwd,
      ref: `refs/baton/look/${taskId}`,
      message: 'A look at a running task',
      since,
      exclude,
    })
    return taken.kind === 'taken' ? taken.commit : undefined
  }
}

/** The end of a file, from the beginning of a line on. */
async function tail(file: string): Promise<string> {
  const handle = await openPlain(file)
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - MAX_TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.subarray(0, bytesRead).toString('utf8')
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await handle.close()
  }
}
