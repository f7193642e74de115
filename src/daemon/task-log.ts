import { once } from 'node:events'
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'

/** The two logs of an attempt: one to read, one as it came. */
export interface TaskLog {
  /** A line with its time; several lines are indented under it. */
  line: (text: string) => void
  /** A raw line of Claude's stream; settles when there is room for more. */
  raw: (line: Buffer) => Promise<void> | undefined
  close: () => Promise<void>
}

/**
 * Opens (appends to) the logs. Everything is passed through `redact` first. A log that cannot be written must not stop the
 * work: the first error is told once, then the log is silent.
 */
export function openTaskLog(
  { logFile, rawFile }: { logFile: string; rawFile: string },
  {
    redact,
    redactRaw,
    now,
    onError,
  }: {
    redact: (text: string) => string
    redactRaw: (line: Buffer) => Buffer
    now: () => number
    onError: (error: Error) => void
  },
): TaskLog {
  let failed = false
  const fail = (error: Error) => {
    if (!failed) onError(error)
    failed = true
  }
  const open = (file: string): WriteStream | undefined => {
    try {
      mkdirSync(dirname(file), { recursive: true })
      return createWriteStream(file, { flags: 'a', mode: 0o600 }).on('error', fail)
    } catch (error) {
      fail(error as Error)
      return undefined
    }
  }
  const readable = open(logFile)
  const raw = open(rawFile)
  return {
    line(text) {
      if (failed || !readable) return
      const time = new Date(now()).toTimeString().slice(0, 8)
      readable.write(`${time} ${redact(text).replace(/\r?\n/g, '\n         ')}\n`)
    },
    raw(line) {
      if (failed || !raw) return undefined
      raw.write(redactRaw(line))
      return raw.write('\n') ? undefined : once(raw, 'drain').then(() => undefined, fail)
    },
    async close() {
      await Promise.all(
        [readable, raw].map((stream) => stream && !stream.destroyed && new Promise((resolve) => stream.end(resolve))),
      )
    },
  }
}
