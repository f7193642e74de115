import { showInLog } from '../../text/unseen.ts'
import { type BoundedLogPorts, openBoundedLog } from './bounded-log.ts'

/** The two logs of an attempt: one to read, one as it came. */
export interface TaskLog {
  /** A line with its time; several lines are indented under it. Settles when there is room for more. */
  line: (text: string) => Promise<void> | undefined
  /** A raw line of Claude's stream; settles when there is room for more. */
  raw: (line: Buffer) => Promise<void> | undefined
  close: () => Promise<void>
}

/**
 * Opens (appends to) the logs. Everything is passed through `redact` first. A log that cannot be written must not stop the
 * work: the first error is reported once, lines are lost, and the log continues when it can be written again. Of an attempt that
 * prints without end, each of its logs keeps the beginning and the end, `maxBytes` in all.
 */
export function openTaskLog(
  { logFile, rawFile }: { logFile: string; rawFile: string },
  {
    redact,
    redactRaw,
    now,
    onError,
    maxBytes = Number.MAX_SAFE_INTEGER,
  }: {
    redact: (text: string) => string
    redactRaw: (line: Buffer) => Buffer
    now: () => number
    onError: (error: Error) => void
    maxBytes?: number
  },
): TaskLog {
  let told = false
  const fail = (error: Error) => {
    if (!told) onError(error)
    told = true
  }
  const stamped = (text: string) => {
    const time = new Date(now()).toTimeString().slice(0, 8)
    return `${time} ${showInLog(redact(text)).replaceAll('\n', '\n         ')}\n`
  }
  const log = (file: string, lines: Pick<BoundedLogPorts, 'gap' | 'leftOut'>) =>
    openBoundedLog(file, { ...lines, maxBytes, onError: fail })
  const readable = log(logFile, {
    gap: (lost) => stamped(`(${lost} entries could not be written)`),
    leftOut: {
      say: (bytes) => `         ... ${bytes} bytes of this log omitted here ...\n`,
      read: /^ {9}\.{3} (\d+) bytes of this log omitted here \.{3}\n/m,
    },
  })
  const raw = log(rawFile, {
    gap: () => '',
    leftOut: {
      say: (bytes) => `{"type":"baton_left_out","bytes":${bytes}}\n`,
      read: /^\{"type":"baton_left_out","bytes":(\d+)\}\n/m,
    },
  })
  return {
    line(text) {
      return readable.write(stamped(text))
    },
    raw(line) {
      return raw.write(Buffer.concat([redactRaw(line), NEWLINE]))
    },
    async close() {
      await Promise.all([readable.close(), raw.close()])
    },
  }
}

const NEWLINE = Buffer.from('\n')
