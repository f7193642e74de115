import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { openPrivateAppend, privateFolder } from '../files/private.ts'

/** The two logs of an attempt: one to read, one as it came. */
export interface TaskLog {
  /** A line with its time; several lines are indented under it. */
  line: (text: string) => void
  /** A raw line of Claude's stream; settles when there is room for more. */
  raw: (line: Buffer) => Promise<void> | undefined
  close: () => Promise<void>
}

/** After a failed write nothing is tried for so long. */
const REST_MS = 5_000

/**
 * Opens (appends to) the logs. Everything is passed through `redact` first. A log that cannot be written must not stop the
 * work: the first error is told once, lines are lost, and the log goes on when it can be written again. Beyond
 * `maxRawBytes` the raw log of a process takes no more.
 */
export function openTaskLog(
  { logFile, rawFile }: { logFile: string; rawFile: string },
  {
    redact,
    redactRaw,
    now,
    onError,
    maxRawBytes = Number.POSITIVE_INFINITY,
  }: {
    redact: (text: string) => string
    redactRaw: (line: Buffer) => Buffer
    now: () => number
    onError: (error: Error) => void
    maxRawBytes?: number
  },
): TaskLog {
  let told = false
  const fail = (error: Error) => {
    if (!told) onError(error)
    told = true
  }
  const stamped = (text: string) => {
    const time = new Date(now()).toTimeString().slice(0, 8)
    return `${time} ${redact(text).replace(/\r?\n/g, '\n         ')}\n`
  }
  const readable = openAppender(logFile, (lost) => stamped(`(${lost} entries could not be written)`), fail)
  const raw = openAppender(rawFile, () => '', fail)
  let rawBytes = 0
  return {
    line(text) {
      readable.write(stamped(text))
    },
    raw(line) {
      if (rawBytes > maxRawBytes) return undefined
      rawBytes += line.length + 1
      if (rawBytes > maxRawBytes) readable.write(stamped('(the raw log is full and takes no more of this process)'))
      return raw.write(Buffer.concat([redactRaw(line), NEWLINE]))
    },
    async close() {
      await Promise.all([readable.close(), raw.close()])
    },
  }
}

const NEWLINE = Buffer.from('\n')

interface Appender {
  /** Settles when there is room for more; absent where there is. */
  write: (data: string | Buffer) => Promise<void> | undefined
  close: () => Promise<void>
}

/** A file that is appended to, and opened anew some time after it could not be written. `gap` says what was lost. */
function openAppender(file: string, gap: (lost: number) => string, onError: (error: Error) => void): Appender {
  let stream: WriteStream | undefined
  let restsUntilMs = 0
  let lost = 0
  const fail = (error: Error) => {
    stream = undefined
    lost++
    restsUntilMs = performance.now() + REST_MS
    onError(error)
  }
  const open = () => {
    try {
      privateFolder(dirname(file))
      const opened = createWriteStream(file, { fd: openPrivateAppend(file) })
      stream = opened.on('error', (error) => {
        if (stream === opened) fail(error)
      })
    } catch (error) {
      fail(error as Error)
    }
  }
  open()
  return {
    write(data) {
      if (!stream && performance.now() >= restsUntilMs) open()
      if (!stream) {
        lost++
        return undefined
      }
      if (lost > 0) stream.write(gap(lost))
      lost = 0
      return stream.write(data) ? undefined : once(stream, 'drain').then(noWord, noWord)
    },
    close: async () => {
      const open = stream
      if (open && !open.destroyed) await new Promise<void>((resolve) => open.end(() => resolve()))
    },
  }
}

/** An error was told by the stream's own listener. */
const noWord = () => undefined
