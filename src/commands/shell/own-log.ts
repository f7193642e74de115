import type { Logger } from 'pino'
import type { BatonEvent } from '../../core/types.ts'
import { openLog } from '../../log.ts'
import type { Loaded } from '../state/load-config.ts'

/** Baton's own log for a program that must start at once: the logger is loaded behind its first line. */
export interface OwnLog {
  event: (event: BatonEvent) => void
  trouble: (text: string) => void
  error: (error: unknown) => void
  /** Settles when everything is written. */
  close: () => Promise<void>
}

/** Opens `baton.log` at the first line. A log that cannot be written never stops the work. */
export function openOwnLog({ config, redact }: Pick<Loaded, 'config' | 'redact'>): OwnLog {
  let opening: ReturnType<typeof openLog> | undefined
  let writing: Promise<void> = Promise.resolve()
  const write = (line: (log: Logger) => void) => {
    opening ??= openLog({ dir: config.logsDir, level: config.log.level, redact })
    const opened = opening
    writing = writing.then(async () => line((await opened).log)).catch(() => undefined)
  }
  return {
    event: ({ type, text, at: _, ...about }) => write((log) => log.info({ type, ...about }, text)),
    trouble: (text) => write((log) => log.warn(text)),
    error: (error) => write((log) => log.error({ err: error }, 'Something failed')),
    async close() {
      await writing
      await opening?.then((opened) => opened.close()).catch(() => undefined)
      opening = undefined
    },
  }
}
