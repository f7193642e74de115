import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/** Waits for a word of Baton's; when the end of its life comes first, ends the process group that it guards. */
const SCRIPT = `
trap '' HUP INT TERM
read -r word && exit
kill -TERM "-$1" || exit
for second in 1 2; do sleep 1; kill -0 "-$1" || exit; done
kill -KILL "-$1"`

/**
 * Ends Claude when Baton is killed. Its stdin would be closed then, which Claude takes for the user's refusal of whatever
 * it asks, and it would keep working with nobody there. So a small process holds stdin open as well, and ends Claude
 * as parking does, with SIGTERM, which refuses nothing. What Claude itself started is ended at the next boot.
 *
 * @param pid the leader of a process group
 * @returns tells the guard that the process is gone
 */
export function killWhenOrphaned(pid: number, stdin: Writable): () => void {
  if (process.platform === 'win32') return () => {}
  const guardian = spawn('/bin/sh', ['-c', SCRIPT, 'baton-guard', String(pid)], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore', stdin],
    detached: true,
  })
  // Without it Claude works as before.
  guardian.on('error', () => {})
  guardian.stdin?.on('error', () => {})
  guardian.unref()
  return () => {
    guardian.stdin?.end('gone\n')
  }
}
