import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from '../../log.ts'
import { redactor } from '../../redact/redact.ts'
import { loadConfig } from '../state/load-config.ts'
import type { Shell } from './shell.ts'

/** Writes what nobody foresaw into Baton's own log; where that is impossible, its details go to stderr. */
export async function noteDefect(shell: Pick<Shell, 'home' | 'env' | 'stderr'>, error: unknown): Promise<void> {
  const quiet = { ...shell, stderr: { write: () => true } as unknown as NodeJS.WriteStream }
  try {
    const loaded = await loadConfig(quiet).catch(() => undefined)
    const dir = loaded?.config.logsDir ?? join(shell.home, 'logs')
    // No folder of logs is made where nobody wants one.
    if (!existsSync(dir)) throw error
    const { log, close } = await openLog({ dir, level: 'error', redact: loaded?.redact ?? redactor([]) })
    log.error({ err: error }, 'The program crashed')
    close()
  } catch {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
    shell.stderr.write(`${redactor([])(details)}\n`)
  }
}
