import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { API_TOKEN_FILE } from '../config/api-token.ts'
import { batonError } from '../errors.ts'
import { readPlainSync } from '../files/plain.ts'
import { diagnose, type Shell } from './shell/shell.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { openThere } from './state/open-there.ts'

/** How long a daemon may take until its dashboard answers. */
const START_MS = 20_000
const LOOK_MS = 200

/**
 * Opens the dashboard of the running daemon in a browser that is logged in by a link that works once; where there is none,
 * the link is printed. `root` is the folder of this program. Gives the exit code.
 */
export async function openDashboard(shell: Shell, { start }: { start: boolean }, root: string): Promise<number> {
  const loaded = await loadConfig(shell)
  if (!loaded.config.http.enabled)
    throw batonError('usage', {
      message: 'The dashboard is turned off.',
      hint: 'Set http.enabled: true in config.yaml.',
    })
  const kind = whoWorks(shell, loaded)
  if (kind !== 'daemon' && !start)
    throw batonError('usage', {
      message: 'No daemon is running here, so there is no dashboard.',
      hint: 'Start it and open the dashboard with: baton web start (npm run baton -- web start in a clone)',
    })
  if (kind === 'tasks')
    throw batonError('usage', {
      message: 'Tasks are running from a terminal; a daemon cannot start meanwhile.',
      hint: 'Wait until they finish (baton status), then run: baton web start',
    })
  if (kind === undefined) await startDaemon(shell, root)
  const link = await linkOf(loaded)
  if (canOpen(shell.env) && (await open(link)))
    shell.stdout.write(`The dashboard is open in your browser: ${link.split('/login')[0]}\n`)
  else shell.stdout.write(`This link opens the dashboard once, within ten minutes:\n${link}\n`)
  return 0
}

function whoWorks(shell: Shell, loaded: Loaded): string | undefined {
  const remote = openThere(shell, loaded)
  try {
    return remote?.holder()?.kind
  } finally {
    remote?.close()
  }
}

/** A daemon that outlives this process. Its log is in the folder of logs. */
async function startDaemon({ home, env, stderr }: Shell, root: string): Promise<void> {
  const args = [join(root, 'bin', 'baton.js'), '--home', home, 'start']
  const daemon = spawn(process.execPath, args, { cwd: home, env, detached: true, stdio: 'ignore' })
  await once(daemon, 'spawn')
  daemon.unref()
  diagnose({ stderr }, `Started the daemon (pid ${daemon.pid}). Stop it with: kill ${daemon.pid}`)
}

/** Asks the daemon for a link, until it answers or nobody can expect that any more. */
async function linkOf(loaded: Loaded): Promise<string> {
  const { http, stateDir } = loaded.config
  const host = ANY.has(http.host) ? '127.0.0.1' : http.host
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${http.port}/api/login-link`
  let why = ''
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += LOOK_MS) {
    const answer = await ask(
      address,
      () => loaded.secrets.apiToken ?? readPlainSync(join(stateDir, API_TOKEN_FILE)).toString().trim(),
    )
    if ('link' in answer) return answer.link
    why = answer.why
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  throw batonError('usage', {
    message: `The dashboard at ${address.replace('/api/login-link', '')} does not answer: ${why}.`,
    hint: 'Run baton start in this terminal to see why it does not start.',
  })
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::', ''])

async function ask(address: string, token: () => string): Promise<{ link: string } | { why: string }> {
  try {
    const headers = { Authorization: `Bearer ${token()}`, 'Content-Type': 'application/json' }
    const response = await fetch(address, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(5_000) })
    const { link } = (await response.json()) as { link?: unknown }
    return typeof link === 'string' ? { link } : { why: `it says ${response.status}` }
  } catch (error) {
    return {
      why:
        error instanceof Error ? String((error.cause as Error | undefined)?.message ?? error.message) : String(error),
    }
  }
}

/** A browser that would be opened over SSH, or without a display, is one that nobody sees. */
function canOpen(env: NodeJS.ProcessEnv): boolean {
  if (env.SSH_CONNECTION || env.SSH_TTY) return false
  return process.platform === 'darwin' || process.platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

async function open(link: string): Promise<boolean> {
  const program = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open'
  const child = spawn(program, [link], { detached: true, stdio: 'ignore' })
  child.unref()
  const ended = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
  // Some openers stay as long as the browser.
  return Promise.race([ended, new Promise<boolean>((resolve) => setTimeout(resolve, 3_000, true).unref())])
}
