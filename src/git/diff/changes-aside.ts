import { spawn } from 'node:child_process'
import { lstat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

export interface AsideRequest {
  /** Top of the working tree. */
  root: string
  /** Files and folders (these with a `/`) that are not part of a checkpoint: before, where they are known, and now. */
  before?: readonly string[]
  now: readonly string[]
  /** A folder that is not looked at, absolute. */
  except?: string
  /** A folder, absolute, that people's files are put into meanwhile: what is new in it is not the attempt's. */
  inbox?: string
  /** What was changed later than this counts, by the clock that stamps the files; epoch ms. */
  sinceMs: number
}

export interface AsideChanges {
  /** Files that were changed or made, and what was removed: files, and folders that something went from. */
  changed: string[]
  removed: string[]
  /** Nothing was left out for its number or its time. */
  isWhole: boolean
}

/** What is looked at: names given to `find`, files named by it, and its time. */
const MAX_PLACES = 2_000
const MAX_CHANGED = 2_000
const LIMIT_MS = 5_000

/**
 * What changed beside a checkpoint, among ignored files and in repositories inside, by the time of their last change, which no program can set. One `find` goes through them:
 * some 50,000 files take it a tenth of a second, and none of ours is held up. Undefined where there is no `find` that can.
 */
export async function changesAside({
  root,
  except,
  inbox,
  sinceMs,
  ...lists
}: AsideRequest): Promise<AsideChanges | undefined> {
  const isIn = (folder: string | undefined) => {
    const there = folder === undefined ? undefined : relative(root, folder)
    return (path: string) => there !== undefined && (path.replace(/\/$/, '') === there || path.startsWith(`${there}/`))
  }
  const [isExcepted, isInInbox] = [isIn(except), isIn(inbox)]
  const isLookedAt = (path: string) => !isExcepted(path)
  const before = lists.before?.filter(isLookedAt)
  const now = lists.now.filter(isLookedAt)
  const there = new Set(now)
  const isCovered = (path: string) => [...foldersOf(path)].some((folder) => there.has(folder))
  const gone = (before ?? []).filter((path) => !there.has(path) && !isCovered(path))
  const removed: string[] = []
  // A rule that ignores it no longer does not remove it.
  for (const path of gone) if (!(await lstat(join(root, path)).catch(() => undefined))) removed.push(path)
  if (now.length === 0) return { changed: [], removed, isWhole: true }
  const found = await newerBelow(root, now.slice(0, MAX_PLACES), sinceMs)
  if (!found) return undefined
  const changed: string[] = []
  const folders: string[] = []
  const arrived: string[] = []
  for (const path of found.paths.filter((path) => isLookedAt(path) && !isHousekeeping(path))) {
    const stats = await lstat(join(root, path)).catch(() => undefined)
    if (stats?.isFile() && isInInbox(path) && stats.birthtimeMs > sinceMs) arrived.push(path)
    else if (!stats?.isDirectory()) changed.push(...(stats ? [path] : []))
    // A new folder is shown by what is in it.
    else if (stats.birthtimeMs <= sinceMs) folders.push(path)
  }
  const filled = new Set([...changed, ...arrived, ...folders].map((path) => dirname(path)))
  // A folder changes when something comes or goes; nothing came.
  for (const folder of folders) if (!filled.has(folder)) removed.push(`${folder}/`)
  return { changed, removed, isWhole: found.isWhole && now.length <= MAX_PLACES }
}

/** What git writes when somebody only looks; a commit changes what a branch stands for. */
const isHousekeeping = (path: string) => /(^|\/)\.git(\/(?!refs\/heads\/.*[^/]$|packed-refs$|HEAD$)|$)/.test(path)

function* foldersOf(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at + 1)
}

/** What `find` lists below these places, the places themselves among it. */
function newerBelow(
  root: string,
  places: readonly string[],
  sinceMs: number,
): Promise<{ paths: string[]; isWhole: boolean } | undefined> {
  // GNU's takes fractions, others' a date and whole seconds.
  // Rounded up, so that a file of that very time is not later.
  const when = process.platform === 'linux' ? `@${(Math.ceil(sinceMs * 1000) / 1e6).toFixed(6)}` : utcSecond(sinceMs)
  const points = places.map((path) => `./${path.replace(/\/$/, '')}`)
  return new Promise((resolve) => {
    const child = spawn('find', ['-P', ...points, '-xdev', '-newerct', when, '-print0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const paths: string[] = []
    let rest = ''
    let trouble = ''
    let isWhole = true
    const enough = () => {
      isWhole = false
      child.kill('SIGKILL')
    }
    const timer = setTimeout(enough, LIMIT_MS)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0')
      rest = parts.pop() ?? ''
      paths.push(...parts.map((path) => path.slice(2)))
      if (paths.length > MAX_CHANGED) enough()
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      trouble = (trouble + chunk).slice(0, 1_000)
    })
    child.on('error', () => {
      clearTimeout(timer)
      resolve(undefined)
    })
    child.on('close', () => {
      clearTimeout(timer)
      // What may not be read, or went under its eyes, is not a reason to believe nothing.
      resolve(/newerct/.test(trouble) ? undefined : { paths: paths.slice(0, MAX_CHANGED), isWhole })
    })
  })
}

const utcSecond = (ms: number) =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
