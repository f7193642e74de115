import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import type { RunView, TaskView } from '../daemon/api/views.ts'
import { readLogPart } from './log-files.ts'
import type { Parts } from './parts.ts'
import { iso } from './present/moment.ts'
import type { searchHit } from './schemas/search.ts'

type Hit = z.output<typeof searchHit>

/** What is looked for: words, tasks of a state, or both. */
export interface Wanted {
  q: string
  status?: TaskView['status'] | undefined
  queue?: string | undefined
  limit: number
}

const RUNS_AT_ONCE = 50
const MOST_TASKS = 50_000
const MOST_LOG_BYTES = 64 * 1_024 * 1_024
const PART_BYTES = 512 * 1_024
const TASKS_A_TURN = 500
const BEFORE_CHARS = 40
const AFTER_CHARS = 160

/**
 * Looks through titles, results and logs, the newest run first. What Baton hides is hidden before it is looked at, so that
 * nobody can find out a secret by guessing. `complete` is false when there is more than was looked at.
 */
export async function searchHistory(parts: Parts, wanted: Wanted): Promise<{ hits: Hit[]; complete: boolean }> {
  const { view } = parts.api
  const words = wanted.q.trim().toLowerCase()
  const hits: Hit[] = []
  let tasksLeft = MOST_TASKS
  let bytesLeft = MOST_LOG_BYTES
  let isWhole = true

  const inLog = async (task: TaskView): Promise<string | undefined> => {
    for (const { logFile } of view.attempts(task.id).toReversed()) {
      for (let after = 0; ; ) {
        if (bytesLeft <= 0) {
          isWhole = false
          return undefined
        }
        const part = await readLogPart(logFile, { after }, PART_BYTES, parts.redact)
        if (!part || part.next === after) break
        bytesLeft -= part.next - after
        const found = part.text.split('\n').find((line) => line.toLowerCase().includes(words))
        if (found !== undefined) return found
        after = part.next
      }
    }
    return undefined
  }
  const whereIn = async (task: TaskView): Promise<Pick<Hit, 'where' | 'text'> | undefined> => {
    if (words === '') return { where: 'state', text: firstLine(parts.redact(task.result ?? '')) }
    const title = parts.redact(task.title)
    if (title.toLowerCase().includes(words)) return { where: 'title', text: firstLine(parts.redact(task.result ?? '')) }
    const line = parts
      .redact(task.result ?? '')
      .split('\n')
      .find((one) => one.toLowerCase().includes(words))
    if (line !== undefined) return { where: 'result', text: around(line, words) }
    const logged = task.attempts > 0 ? await inLog(task) : undefined
    return logged === undefined ? undefined : { where: 'log', text: around(logged, words) }
  }
  const inRun = async (run: RunView): Promise<boolean> => {
    for (const task of view.tasks(run.id)) {
      if (--tasksLeft < 0) return false
      if (tasksLeft % TASKS_A_TURN === 0) await nextTurn()
      if (wanted.status !== undefined && task.status !== wanted.status) continue
      const found = await whereIn(task)
      if (!found) continue
      if (hits.length === wanted.limit) return false
      const { number, title, status } = task
      const at = iso(task.endedAt ?? task.startedAt ?? run.createdAt)
      hits.push({ session_id: run.id, task_files: run.files, task: number, title, status, at, ...found })
    }
    return true
  }

  for (let offset = 0; ; offset += RUNS_AT_ONCE) {
    const queue = wanted.queue !== undefined ? { queue: wanted.queue } : {}
    const runs = view.runs({ limit: RUNS_AT_ONCE, offset, ...queue })
    for (const run of runs) if (!(await inRun(run))) return { hits, complete: false }
    if (runs.length < RUNS_AT_ONCE) return { hits, complete: isWhole }
  }
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, BEFORE_CHARS + AFTER_CHARS)

/** A long line, cut to what is around the words. */
function around(line: string, words: string): string {
  const at = line.toLowerCase().indexOf(words)
  const from = Math.max(0, at - BEFORE_CHARS)
  const to = at + words.length + AFTER_CHARS
  return `${from > 0 ? '…' : ''}${line.slice(from, to).trim()}${to < line.length ? '…' : ''}`
}
