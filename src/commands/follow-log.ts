import { closeSync, readSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOver } from '../core/status.ts'
import type { Views } from '../daemon/api/views.ts'
import { batonError } from '../errors.ts'
import { openPlainSync } from '../files/plain.ts'
import { clean } from '../terminal/show/clean.ts'
import { tail } from '../terminal/tail.ts'
import type { Shell } from './shell/shell.ts'
import { findPlaces, lookAt } from './state/places.ts'
import { taskNamed, unknownTask } from './state/task-named.ts'

const LOOK_MS = 500
const CHUNK_BYTES = 64 * 1024

/** Prints the log of a task as it grows, from one attempt to the next, until the task has ended. Gives the exit code. */
export async function followLog(
  shell: Shell,
  { lines = 50, ...named }: { task: number; run?: string; lines?: number },
): Promise<number> {
  const places = await findPlaces(shell)
  const { redact } = places
  const remote = lookAt(places, shell)
  try {
    const view = remote?.api.view
    if (named.run !== undefined && !view?.run(named.run)) {
      const { askElsewhere } = await import('./state/ask-elsewhere.ts')
      const there = await askElsewhere(shell, { task: named.task, run: named.run }, 'log')
      if (there)
        throw batonError('usage', {
          message: `${there.machine} works on this run: follow its log there.`,
          hint: 'Without --follow, its end is shown here, too.',
        })
    }
    const task = view && taskNamed(shell, { view, queue: places.queues[0], redact }, named)
    if (!view || !task) throw unknownTask({ view, queue: places.queues[0] }, named)
    const print = (text: string) => shell.stdout.write(`${redact(clean(text))}\n`)
    let followed: ReturnType<typeof followFile> | undefined
    for (;;) {
      const state = view.task(task.runId, task.number)
      const file = latestLog(view, state?.id)
      // What an earlier attempt wrote last is read before the next one's log is started.
      followed?.read()
      if (file !== undefined && file !== followed?.file) {
        const isFirst = followed === undefined
        followed = followFile(file, print)
        followed.begin(isFirst ? lines : Number.POSITIVE_INFINITY)
      }
      if (!state || isOver(state.status)) {
        followed?.end()
        return 0
      }
      await sleep(LOOK_MS)
    }
  } finally {
    remote?.close()
  }
}

const latestLog = (view: Views, taskId: string | undefined) =>
  taskId === undefined ? undefined : view.attempts(taskId).at(-1)?.logFile

/** Prints the whole lines that are added to a file. */
function followFile(file: string, print: (line: string) => void) {
  const decoder = new StringDecoder('utf8')
  let from = 0
  let rest = ''
  const take = (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) print(line)
  }
  const read = () => {
    let fd: number
    try {
      fd = openPlainSync(file)
    } catch {
      // Not made yet, or taken away by the retention of logs.
      return
    }
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      for (let n = readSync(fd, chunk, 0, CHUNK_BYTES, from); n > 0; n = readSync(fd, chunk, 0, CHUNK_BYTES, from)) {
        from += n
        take(decoder.write(chunk.subarray(0, n)))
      }
    } finally {
      closeSync(fd)
    }
  }
  return {
    file,
    read,
    /** Starts with the last lines that are there. */
    begin(lines: number) {
      if (!Number.isFinite(lines)) return read()
      try {
        from = statSync(file).size
        for (const line of tail(file, lines)) print(line)
      } catch {
        from = 0
      }
    },
    end() {
      read()
      if (rest !== '') print(rest)
    },
  }
}
