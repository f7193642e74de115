import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A program that strangers want to have run outside of where an agent works. */
export interface Trap {
  /** To be called by what they plant. */
  program: string
  /** Is there once that ran; a command may also make it by itself. */
  mark: string
  /** Who ran it, from itself upwards; undefined: nobody. */
  ranBy: () => string | undefined
  /** Times an agent ran it: what it planted itself, or an agent before it. There it may do anything. */
  timesByAgents: () => number
}

/** Notes the processes above it, and whether one of them is an agent, which has them run whatever its own git finds. */
const NOTE = (mark: string, agents: string) => `#!/bin/sh
pid=$$ chain= left=10
while [ "$pid" -gt 1 ] && [ "$((left -= 1))" -gt 0 ]; do
  line=$(tr '\\0' ' ' < /proc/$pid/cmdline 2>/dev/null | cut -c1-300)
  chain="$chain
$pid $line"
  case $line in *github-agent.ts*) echo "$pid" >> '${agents}'; exit 0 ;; esac
  pid=$(sed 's/.*) //' /proc/$pid/stat 2>/dev/null | cut -d' ' -f2)
done
echo "$chain" >> '${mark}'
`

/** Sets it up in a folder. */
export function setTrap(dir: string): Trap {
  const [program, mark, agents] = [join(dir, 'trap'), join(dir, 'mark'), join(dir, 'trap-by-agents')]
  writeFileSync(program, NOTE(mark, agents))
  chmodSync(program, 0o755)
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
  return {
    program,
    mark,
    ranBy: () => read(mark),
    timesByAgents: () => (read(agents) ?? '').split('\n').filter(Boolean).length,
  }
}
