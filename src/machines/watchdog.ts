import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { writePrivate } from '../files/private.ts'

/** Seconds without a new beat after which Claude is ended: before the lease is over, whatever became of the daemon. */
const SECONDS = 11

/** Reads `beat pids…` from a file each second; ends when its daemon is gone, which the guards beside Claude see to. */
const SCRIPT = `
trap '' HUP INT TERM
last= same=0
while sleep 1; do
  kill -0 "$2" 2>/dev/null || exit
  read -r beat pids 2>/dev/null < "$1" || continue
  if [ "$beat" != "$last" ]; then last=$beat same=0; continue; fi
  same=$((same + 1))
  [ "$same" -lt "$3" ] || for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done
done`

/** Ends Claude where the daemon cannot: frozen, it neither renews a lease nor knows that it does not. */
export interface Watchdog {
  /** The lease of what these processes do was renewed; none: there is nothing to watch. */
  beat: (pids: readonly number[]) => void
  /** Others do it by now; no lease was renewed. */
  watch: (pids: readonly number[]) => void
  stop: () => void
}

/** Makes one for a file in the state folder; nothing is started before there is a lease. */
export function createWatchdog(file: string, seconds = SECONDS): Watchdog {
  let child: ChildProcess | undefined
  let beats = 0
  let written = ''
  const write = (pids: readonly number[]) => {
    const line = `${beats} ${pids.join(' ')}\n`
    if (line !== written) writePrivate(file, line)
    written = line
    if (child || process.platform === 'win32') return
    child = spawn('/bin/sh', ['-c', SCRIPT, 'baton-watchdog', file, String(process.pid), String(seconds)], {
      env: { PATH: process.env.PATH },
      stdio: 'ignore',
      detached: true,
    })
    // Without it a lease still ends with the daemon's own clock.
    child.on('error', () => undefined)
    child.unref()
  }
  return {
    beat: (pids) => {
      beats++
      write(pids)
    },
    watch: (pids) => {
      if (pids.length > 0 || child !== undefined) write(pids)
    },
    stop: () => {
      child?.kill('SIGKILL')
      child = undefined
      rmSync(file, { force: true })
    },
  }
}
