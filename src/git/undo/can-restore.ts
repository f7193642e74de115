import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { readPlainSync } from '../../files/plain.ts'
import { isWithin, realPath } from '../../files/real-path.ts'
import { fileClockSync } from '../file-clock.ts'
import { MAX_FILE_BYTES } from '../max-file.ts'

const MOST_BYTES = 32 * 1024 * 1024
const LONGEST_MS = 10_000
const SETTINGS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'].flatMap((one) => [
  '-c',
  one,
])

/**
 * Whether checkpoints of the project hold everything at an absolute path or below it: nothing that is ignored, no
 * repository inside, nothing outside. Where git cannot say, they do not.
 *
 * @param sinceMs when the task began, by our clock: rules of ignoring that are younger count for nothing
 */
export function canRestore(project: string, path: string, sinceMs: number): boolean {
  const root = rootOf(realPath(project))
  if (root === undefined) return false
  // A link is removed itself, and written through.
  const places = new Set([join(realPath(dirname(path)), basename(path)), realPath(path)])
  return [...places].every((place) => isHeld(root, place, sinceMs))
}

/** Whether the folder is worked on in a repository, so that there are checkpoints at all. */
export const isInRepository = (folder: string): boolean => rootOf(realPath(folder)) !== undefined

/** Never by a folder that only looks like a repository: an agent can make one. */
function rootOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? undefined : rootOf(dirname(folder))
}

function isHeld(root: string, place: string, sinceMs: number): boolean {
  if (!isWithin(place, root) || isWithin(place, join(root, '.git'))) return false
  for (let folder = place; folder !== root; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return false
  }
  const below = place === root ? [] : ['--', relative(root, place)]
  const list = (...args: string[]) => names(root, [...args, ...below])
  const ignored = list('--others', '--ignored', '--exclude-standard')
  const fresh = list('--others', '--exclude-standard')
  const staged = list('--stage')
  if (!ignored || !fresh || !staged) return false
  if (ignored.length > 0 || fresh.some((name) => name.endsWith('/'))) return false
  if (staged.some((entry) => entry.startsWith('160000 '))) return false
  const isLarge = (name: string) => (lstatSync(join(root, name), { throwIfNoEntry: false })?.size ?? 0) > MAX_FILE_BYTES
  if (fresh.some(isLarge)) return false
  return fresh.length === 0 || !rulesChanged(root, sinceMs)
}

/** What a task takes out of `.gitignore` looks like a new file, and is in no checkpoint of the time before. */
function rulesChanged(root: string, sinceMs: number): boolean {
  const rules = names(root, ['--cached', '--others', '--', ':(glob)**/.gitignore'], '0')
  // Files are stamped by another clock than the one that the task's start was read from.
  const began = sinceMs - Date.now() + fileClockSync(gitFolder(root))
  const touchedMs = (path: string) => statSync(path, { throwIfNoEntry: false })?.ctimeMs
  if (rules?.every((name) => (touchedMs(join(root, name)) ?? Number.POSITIVE_INFINITY) < began) !== true) return true
  return (touchedMs(join(root, '.git/info/exclude')) ?? 0) >= began
}

/** Where git keeps the work tree's own files: the folder `.git`, or the one that a file of this name leads to. */
function gitFolder(root: string): string {
  const path = join(root, '.git')
  if (statSync(path).isDirectory()) return path
  const [, led = path] = /^gitdir: (.+)/.exec(readPlainSync(path).toString('utf8')) ?? []
  return resolve(root, led)
}

/** Undefined where git cannot say, or says more than anybody would read. */
function names(root: string, args: string[], literal = '1'): string[] | undefined {
  const { PATH, HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL } = process.env
  const { status, stdout } = spawnSync('git', [...SETTINGS, 'ls-files', '-z', ...args], {
    cwd: root,
    env: { PATH, HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL, GIT_LITERAL_PATHSPECS: literal, GIT_OPTIONAL_LOCKS: '0' },
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    timeout: LONGEST_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout.split('\0').filter(Boolean) : undefined
}
