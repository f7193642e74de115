import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join, resolve } from 'node:path'

/** Folders that a sandbox is drawn around; absolute. */
export interface SandboxPlaces {
  /** Where Claude works: all that may be written, beside a folder for temporary files. */
  project: string
  /** The folder of config.yaml and .env. */
  home: string
  stateDir: string
  logsDir: string
  /** In the state folder, for what people send along: may be read. */
  inbox?: string
}

/** The settings of Claude Code that put its commands into its sandbox: what may not be read, and not be changed. */
export function sandboxSettings(places: SandboxPlaces): Record<string, unknown> {
  const { hidden, fixed } = protectedPaths(places)
  return {
    enabled: true,
    failIfUnavailable: true,
    // It stands beside the asks, not in their place.
    autoAllowBashIfSandboxed: false,
    // Else an agent could say that a command needs to run without.
    allowUnsandboxedCommands: false,
    filesystem: {
      denyRead: hidden,
      ...(places.inbox !== undefined && { allowRead: [places.inbox] }),
      denyWrite: [...fixed, ...hidden],
    },
  }
}

/**
 * The command line that runs a command of the user's in the like of that sandbox: the project can be written, Baton's own files
 * and what decides about later runs cannot, secrets cannot be read, and no process is left when it is over. The network is the
 * machine's, since checks start servers and fetch packages. The command itself where there is no such program.
 */
export function sandboxed(words: readonly string[], places: SandboxPlaces, cwd: string): string[] {
  const program = findProgram('bwrap')
  if (process.platform !== 'linux' || program === undefined) return [...words]
  const { hidden, fixed } = protectedPaths(places)
  const project = real(places.project)
  return [
    program,
    ...['--die-with-parent', '--unshare-pid', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...['--tmpfs', '/tmp', '--setenv', 'TMPDIR', '/tmp', '--bind', project, project],
    ...fixed.filter(isThere).flatMap((path) => ['--ro-bind', path, path]),
    ...hidden.filter(isThere).flatMap((path) => {
      return statSync(path).isDirectory() ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path]
    }),
    ...['--chdir', real(cwd), '--', ...words],
  ]
}

/** What code of strangers gets to see of the machine. */
export interface StrangersPlaces {
  /** The folder with their code: all that may be written, beside a folder for temporary files. */
  folder: string
  /** Folders that nothing can be read in: a person's home, Baton's, its state. Programs of PATH in them can be started. */
  hidden: readonly string[]
  path: string
  /** Whether anything but the machine itself is reached. */
  network: boolean
}

/**
 * The command line that runs code of strangers where it can read no secret, see no other process and leave nothing behind.
 * Undefined where there is no such program.
 */
export function sandboxedAmongStrangers(words: readonly string[], places: StrangersPlaces): string[] | undefined {
  const program = process.platform === 'linux' ? findProgram('bwrap') : undefined
  if (program === undefined) return undefined
  const hidden = unique(places.hidden).filter((path) => path !== '/' && isThere(path) && statSync(path).isDirectory())
  const tools = unique(
    places.path
      .split(delimiter)
      .filter((path) => path.startsWith('/'))
      .map(toolFolder),
  )
  const isHidden = (path: string) => hidden.some((folder) => path === folder || path.startsWith(`${folder}/`))
  const folder = real(places.folder)
  return [
    program,
    ...['--die-with-parent', '--unshare-pid', '--unshare-ipc', ...(places.network ? [] : ['--unshare-net'])],
    // Sockets under /run reach services of the machine, Docker's among them; names are looked up through one of them.
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/run'],
    ...[...['/run/systemd/resolve', '/run/resolvconf'].filter(isThere)].flatMap((path) => ['--ro-bind', path, path]),
    ...hidden.flatMap((path) => ['--tmpfs', path]),
    ...tools.filter((path) => isHidden(path) && isThere(path)).flatMap((path) => ['--ro-bind', path, path]),
    ...['--bind', folder, folder, '--setenv', 'TMPDIR', '/tmp', '--setenv', 'HOME', '/tmp', '--chdir', folder],
    ...['--', ...words],
  ]
}

/** The folder that programs of a `bin` need; not the one that a person keeps everything in. */
function toolFolder(path: string): string {
  const above = dirname(path)
  return basename(path) === 'bin' && basename(above) !== '.local' && dirname(above) !== dirname(homedir())
    ? above
    : path
}

/** Why there can be no sandbox here, in one line; undefined: there can be one. */
export async function sandboxProblem(): Promise<string | undefined> {
  if (process.platform === 'darwin') return findProgram('sandbox-exec') ? undefined : 'sandbox-exec is not there'
  if (process.platform !== 'linux') return `there is none for ${process.platform}`
  const missing = ['bwrap', 'socat'].filter((name) => findProgram(name) === undefined)
  if (missing.length > 0) return `${missing.join(' and ')} not found (packages bubblewrap and socat)`
  // Being there is not enough: containers, and some systems, do not let it make a namespace.
  const program = findProgram('bwrap') as string
  const said = await new Promise<string | undefined>((done) => {
    const args = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-all', 'true']
    execFile(program, args, { timeout: PATIENCE_MS }, (error, _, stderr) => {
      done(error === null ? undefined : stderr.trim().split('\n')[0] || error.message)
    })
  })
  return said && `bwrap cannot make one here: ${said}`
}

const PATIENCE_MS = 5_000

/** `hidden`: not to be read nor changed; `fixed`: not to be changed. */
function protectedPaths(places: SandboxPlaces): { hidden: string[]; fixed: string[] } {
  const { project, home, stateDir, logsDir } = places
  const secrets = [home, project].flatMap((folder) => ['.env', ...secretsIn(folder)].map((name) => join(folder, name)))
  // Where they are not there, they are not made: a folder that is not a repository stays one.
  const git = ['.git/hooks', '.git/config'].map((name) => join(project, name)).filter(isThere)
  const own = [join(home, 'config.yaml'), logsDir, join(project, '.claude'), join(project, '.mcp.json'), ...git]
  return { hidden: unique([...secrets, stateDir]), fixed: unique(own) }
}

/** Bare examples hold no secrets, and are read by tests and people. */
function secretsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(
      (name) => /^\.env(\..+)?$/.test(name) && !/\.(example|sample|template)$/.test(name),
    )
  } catch {
    return []
  }
}

/** Each place as it is named and through all links: either could be used. */
function unique(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => [resolve(path), real(path)]))]
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function isThere(path: string): boolean {
  return existsSync(path)
}

/** Claude Code looks for it in PATH, too. */
function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
