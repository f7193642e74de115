import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of this run alone: another run's processes are not its business. */
const NAME = `baton-odd-${process.pid}`
/** Neither history nor what somebody keeps here for himself. */
const LEFT_OUT = new Set(['.git', '.env', '.baton', 'logs', 'dist'])

/** A user made for the tests, with a copy of the project of its own. */
export interface OtherUser {
  name: string
  /** The copy. */
  project: string
  home: string
  /** A folder that it may not search, to stand first on its PATH. */
  closed: string
  /** The words before a command that make it run as this user. */
  as: string[]
  remove: () => void
}

/** Makes a system user without rights and copies the project for it; only root can. */
export function makeOtherUser(project: string): OtherUser {
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', NAME])
  const dir = mkdtempSync(join(tmpdir(), 'baton-odd-'))
  const copy = join(dir, 'project')
  const home = join(dir, 'home')
  const closed = join(dir, 'closed')
  mkdirSync(home)
  mkdirSync(copy)
  for (const entry of readdirSync(project)) {
    if (LEFT_OUT.has(entry)) continue
    cpSync(join(project, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true })
  }
  chmodSync(dir, 0o755)
  execFileSync('chown', ['--recursive', '--no-dereference', `${NAME}:`, copy, home])
  mkdirSync(closed, { mode: 0o700 })
  return {
    name: NAME,
    project: copy,
    home,
    closed,
    as: ['setpriv', `--reuid=${NAME}`, `--regid=${NAME}`, '--init-groups', '--'],
    remove: () => {
      endAllOf(NAME)
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
      execFileSync('userdel', [NAME], { stdio: 'ignore' })
    },
  }
}

/** Ends what a test left behind: nobody is removed while a process of theirs runs. */
function endAllOf(user: string): void {
  const uid = execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim()
  const isOf = (pid: string) => new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (!isOf(pid)) continue
      console.log(`Left behind, and ended: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`)
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
}
