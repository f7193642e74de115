import { join } from 'node:path'
import type { Logger } from 'pino'
import { batonError } from './errors.ts'
import { rotatingFile } from './log/rotating-file.ts'
import type { Redact } from './redact/redact.ts'
import { redactValue } from './redact/redact-value.ts'
import { showInJson } from './text/unseen.ts'

export interface Log {
  log: Logger
  close(): void
}

const LARGEST_BYTES = 5_000_000
const KEPT = 4

/**
 * Baton's own log, `baton.log` in the folder of logs: one JSON object a line, without secrets, 25 MB at most. Written
 * at once and in this process, so that the last words before a crash are there and nothing has to be waited for at the
 * end. The logger is only loaded here: a command that logs nothing does not pay for it.
 *
 * @throws BatonError `folder-unwritable`
 */
export async function openLog(options: {
  dir: string
  level: 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  redact: Redact
  largestBytes?: number
  kept?: number
}): Promise<Log> {
  const { dir, level, redact, largestBytes = LARGEST_BYTES, kept = KEPT } = options
  const file = openFile(dir, { largestBytes, kept })
  const { pino, stdTimeFunctions } = await import('pino')
  const asItIs = (value: unknown): unknown => value
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      // Errors, wherever they stand, become plain data here: their inner errors hold tokens, too.
      formatters: { log: (entry) => redactValue(redact, entry) as Record<string, unknown> },
      serializers: { err: asItIs },
    },
    // Once more over the whole line: messages and bindings do not go through the formatter.
    { write: (line: string) => file.write(showInJson(redact(line))) },
  )
  return { log, close: () => file.close() }
}

function openFile(dir: string, limits: { largestBytes: number; kept: number }) {
  try {
    return rotatingFile(join(dir, 'baton.log'), limits)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw batonError('folder-unwritable', { what: 'logs', path: dir, cause: code ?? message })
  }
}
