import { execFile } from 'node:child_process'
import { lstat, mkdir, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Attempt, CheckResult, Finding, Task } from '../core/types.ts'
import type { GitFacts } from '../git/watch/facts.ts'
import { copyTree, ignoredPaths } from '../git/worktree/tree-copy.ts'
import type { Check } from '../proof/choose-checks.ts'
import { type NewTests, NO_TESTS, shownAs, testsOf, tryNewTests } from '../proof/new-tests.ts'
import { runChecks } from '../proof/run-checks.ts'
import { withCopyFolder } from './copy-folder.ts'

/** What proving needs. */
export interface ProvePorts {
  task: Task
  /** At this task, oldest first. */
  attempts: Attempt[]
  checks: Check[]
  /** Whose copies these are: state and project. */
  key: string
  signal: AbortSignal
  /** `root`: the copy that it may write in. */
  run: (check: Check, cwd: string, root: string) => Promise<CheckResult>
}

/**
 * Shows that the tests of a task fail without its change: on a copy of the tree before it, with its test files alone. Throws
 * when the copy cannot be made, or the signal's reason.
 */
export async function proveNewTests(ports: ProvePorts): Promise<{ check?: CheckResult; finding?: Finding }> {
  const began = performance.now()
  const tried = await attempt(ports)
  return shownAs(tried, Math.round(performance.now() - began))
}

async function attempt({ task, attempts, checks, key, signal, run }: ProvePorts): Promise<NewTests> {
  const first = attempts.find(({ checkpointBefore }) => checkpointBefore !== undefined)
  const from = first?.checkpointBefore
  const last = attempts.findLast(({ checkpointAfter }) => checkpointAfter !== undefined)
  if (from === undefined || !last?.checkpointAfter || !task.proof?.files)
    return { kind: 'unknown', why: 'There is no record of the tree before the task; that takes a git repository.' }
  const tests = testsOf(task.proof.files)
  if (tests.length === 0) return { kind: 'not-proved', why: NO_TESTS }
  if (checks.length === 0)
    return {
      kind: 'unknown',
      why: 'There is no check that runs them: the task has no Verify, and the configuration none for it.',
    }
  const { head } = JSON.parse(first?.headBefore ?? '{}') as Partial<GitFacts>
  const range = { cwd: last.cwd, from, to: last.checkpointAfter, head }
  return withCopyFolder(key, async (folder) => {
    const copy = await copyTree(range, tests, folder)
    await bringDependencies(last.cwd, folder, signal)
    const inCopy = (some: readonly Check[]) => runChecks(some, (check) => run(check, copy.cwd, folder))
    return tryNewTests(
      {
        withTests: async () => {
          await copy.lay()
          return inCopy(checks)
        },
        withoutTests: async (places) => {
          await copy.takeOff()
          return inCopy(places.flatMap((place) => checks[place] ?? []))
        },
      },
      tests.length,
    )
  })
}

/** What programs bring along; build results are left out, since they hold the change. */
const DEPENDENCIES = new Set([
  'node_modules',
  '.venv',
  'venv',
  'vendor',
  'target',
  'bower_components',
  '.bundle',
  'Pods',
  'deps',
])
const COPY_LIMIT_MS = 600_000

/** Copies ignored folders of dependencies: through a link, a check could change the project's own. */
async function bringDependencies(cwd: string, folder: string, signal: AbortSignal): Promise<void> {
  const { root, paths } = await ignoredPaths(cwd)
  const wanted: string[] = []
  for (const path of paths) {
    if (!DEPENDENCIES.has(basename(path))) continue
    // A link leads to what is not ours to copy, or to change.
    if ((await lstat(join(root, path)).catch(() => undefined))?.isDirectory()) wanted.push(path)
  }
  if (wanted.length === 0) return
  const call = { signal, timeout: COPY_LIMIT_MS, maxBuffer: 4 * 1024 * 1024 }
  const { stdout } = await exec('du', ['-sk', '--', ...wanted.map((path) => join(root, path))], call)
  const neededBytes = stdout.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0) * 1024, 0)
  const { bavail, bsize } = await statfs(folder)
  if (neededBytes > (bavail * bsize) / 2)
    throw new Error(
      `A copy of ${wanted.join(', ')} would take more than half of the free space in ${dirname(dirname(folder))}.`,
    )
  for (const path of wanted) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await exec('cp', [...COPY, '--', join(root, path), join(folder, path)], call)
  }
}

/** As it is, without the bytes where the file system can share them. */
const COPY = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-a']
const exec = promisify(execFile)
