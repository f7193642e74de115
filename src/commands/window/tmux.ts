import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import type { Shell } from '../shell/shell.ts'

/** A server of our own: the user's sessions and settings of a running one are left alone. */
const SERVER = 'baton'
/** Said where it is missed, with what is done instead. */
export const NO_TMUX = 'tmux was not found'

const call = promisify(execFile)

/** Sessions of tmux for tasks. */
export interface Tmux {
  /** The session that was made for a task under that name. */
  find: (name: string, taskId: string) => Promise<string | undefined>
  /** Starts a program in a session of its own, unseen; gives its name and the pid of the program. */
  start: (
    name: string,
    taskId: string,
    cwd: string,
    command: readonly string[],
  ) => Promise<{ name: string; pid: number }>
  /** Shows a session in this terminal until it ends or the person leaves it. */
  show: (name: string, options: { readOnly: boolean }) => Promise<void>
  /** Settles when the channel is signalled, or the server is gone. */
  waitFor: (channel: string) => Promise<void>
  /** How a person opens the session in another terminal. */
  howTo: (name: string) => string
}

/** The tmux of this machine; undefined where there is none. */
export async function findTmux({ env }: Pick<Shell, 'env'>): Promise<Tmux | undefined> {
  // Run inside of another tmux it would speak to that one.
  const { TMUX, TMUX_PANE: _, ...own } = env
  const run = async (...args: string[]) => (await call('tmux', ['-L', SERVER, ...args], { env: own })).stdout.trim()
  try {
    await call('tmux', ['-V'], { env: own })
  } catch {
    return undefined
  }
  const sessions = async () => {
    const listed = await run('list-sessions', '-F', '#{session_name} #{@baton-task}').catch(() => '')
    return new Map(listed.split('\n').map((line) => line.split(' ', 2) as [string, string]))
  }
  const foreground = async (...args: string[]) => {
    const child = spawn('tmux', ['-L', SERVER, ...args], { stdio: 'inherit', env: own })
    await once(child, 'exit')
  }
  return {
    async find(name, taskId) {
      const found = [...(await sessions())].find(([one, task]) => one.startsWith(name) && task === taskId)
      return found?.[0]
    },
    async start(wanted, taskId, cwd, command) {
      // Another home has a task of that number, too.
      const name = (await sessions()).has(wanted) ? `${wanted}-${taskId.slice(-6)}` : wanted
      const pid = await run('new-session', '-d', '-P', '-F', '#{pane_pid}', '-s', name, '-c', cwd, '--', ...command)
      await run('set-option', '-t', `=${name}:`, '@baton-task', taskId).catch(() => '')
      return { name, pid: Number(pid) }
    },
    async show(name, { readOnly }) {
      const isInside = basename(TMUX?.split(',')[0] ?? '') === SERVER
      if (isInside) await run('switch-client', ...(readOnly ? ['-r'] : []), '-t', `=${name}`)
      else await foreground('attach-session', ...(readOnly ? ['-r'] : []), '-t', `=${name}`)
    },
    async waitFor(channel) {
      await run('wait-for', channel).catch(() => '')
    },
    howTo: (name) => `tmux -L ${SERVER} attach -t ${name}`,
  }
}
