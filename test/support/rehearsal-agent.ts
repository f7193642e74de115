import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openSession, type Session } from './claude-session.ts'

/** The rehearsal agent as a command. */
export const REHEARSAL = [process.execPath, fileURLToPath(new URL('../../bin/rehearsal.js', import.meta.url))]

export function rehearse(env: Record<string, string> = {}): Session {
  return openSession({ command: REHEARSAL, env })
}

/** A prompt that tells the agent what to act out. */
export function script(...directives: string[]): string {
  return ['# A rehearsed task', ...directives.map((directive) => `rehearse: ${directive}`)].join('\n\n')
}

/** The processes that bear this attempt's mark, whoever their parent is; found without the code under test. */
export function processesOf(attemptId: string): number[] {
  const found = execFileSync('/bin/sh', [
    '-c',
    `grep -lsz "^BATON_ATTEMPT=${attemptId}$" /proc/[0-9]*/environ 2>/dev/null || true`,
  ])
  return [...found.toString().matchAll(/\/proc\/(\d+)\//g)].map(([, pid]) => Number(pid))
}
