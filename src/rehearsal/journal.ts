import { appendFileSync } from 'node:fs'

export type Witness = (what: 'start' | 'end', sessionId: string, title: string) => void

/**
 * An outside witness: with `BATON_REHEARSAL_JOURNAL=FILE` every start and end of the agent is appended to that file as
 * `start <session> <task title> <pid> <time>`. A process that was killed has no end.
 */
export function openJournal(env: NodeJS.ProcessEnv): Witness {
  const file = env.BATON_REHEARSAL_JOURNAL
  if (!file) return () => {}
  return (what, sessionId, title) => {
    const words = title.replace(/\s+/g, ' ').trim()
    appendFileSync(file, `${what} ${sessionId} ${words} ${process.pid} ${new Date().toISOString()}\n`)
  }
}
