import { spawn } from 'node:child_process'

/**
 * Reads from a pipe that ends with the process that is to end; when that takes too long, ends it. The sleep holds nothing
 * open that somebody might wait for, and is ended with the rest: whoever looks afterwards finds no process left.
 */
const SCRIPT = `
trap '' HUP INT TERM
{
  trap 'kill -KILL $!; exit' USR1
  sleep "$2" > /dev/null 2>&1 &
  wait $!
  echo "$3" >&2; kill -KILL "$1"
} &
read -r _
kill -USR1 $! 2> /dev/null`

const WORDS =
  'error: Baton did not stop in time and was killed. Everything stored is safe; the next start continues from there.'

/**
 * Makes sure that this process has exited after `ms`, whatever holds it up: a promise that never settles, a loop that
 * stands still, and a file that cannot be opened (a pipe that nobody writes to, a server that is gone), for which even
 * `process.exit` waits without end. So it takes another process to do it.
 */
export function forceExitAfter(ms: number): void {
  if (process.platform === 'win32') return
  const args = ['-c', SCRIPT, 'baton-end', String(process.pid), String(Math.ceil(ms / 1_000)), WORDS]
  const guard = spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
  // Where none can be started, everything is as it would be without it.
  guard.on('error', () => undefined)
  guard.stdin?.on('error', () => undefined)
  // Its pipe stays open until this process is gone, and keeps it from nothing.
  guard.unref()
  ;(guard.stdin as unknown as { unref: () => void } | null)?.unref()
}
