import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Actor } from '../../core/types.ts'

/** Who calls: the user, with the terminal that this was typed at, since more than one may be open. */
export function callerOfCommand(env: NodeJS.ProcessEnv): Actor {
  const id = userName(env)
  const terminal = terminalName()
  return { surface: 'terminal', id, name: terminal === undefined ? id : `${id} at ${terminal}` }
}

/** Some users have no name, as in containers that run under a bare number. */
function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username
  } catch {
    return env.USER ?? 'somebody'
  }
}

/**
 * The terminal that the process is controlled by (`pts/3`, `ttys003`), wherever its input and output go; undefined without
 * one, as in a script that was started by a timer.
 */
function terminalName(): string | undefined {
  try {
    if (process.platform !== 'linux') {
      const { execFileSync } = process.getBuiltinModule('node:child_process')
      const said = execFileSync('ps', ['-o', 'tty=', '-p', String(process.pid)], { encoding: 'utf8' }).trim()
      return /^[\w/]+$/.test(said) ? said : undefined
    }
    const stat = readFileSync('/proc/self/stat', 'latin1')
    return nameOfDevice(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]))
  } catch {
    return undefined
  }
}

/** The name of a terminal by the number of its device, as Linux counts them. */
export function nameOfDevice(device: number): string | undefined {
  const major = (device >> 8) & 0xfff
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00)
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`
  return undefined
}
