import { lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ByteString, pathText } from './bytes.ts'
import { fileIdentity } from './index-file.ts'
import { mayBeRepository } from './may-be-repository.ts'
import { isAsPinned, type Pin, pinOf } from './pinned.ts'
import { GitError, git } from './program.ts'
import { readLatin1 } from './read-latin1.ts'

/** Where a project's repository is. All paths absolute. */
export interface Repository {
  /** Top of the working tree. */
  root: string
  /** Of this working tree: differs from `commonDir` in a linked worktree. */
  gitDir: string
  commonDir: string
  objectFormat: string
  /** The project's folder below the root, `/`-terminated; empty when it is the root. */
  prefix: ByteString
}

export type Located = { repository: Repository } | { reason: string }

const QUESTIONS = [
  ['--show-object-format'],
  ['--show-prefix'],
  ['--absolute-git-dir'],
  ['--path-format=absolute', '--git-common-dir'],
  ['--show-toplevel'],
]

/** Repositories found so far, by the folder asked about, with what they were recognised by. */
const found = new Map<string, { repository: Repository; mark: string }>()

/**
 * Finds the repository that `cwd` is worked on in, or says in words why there is none to speak of. Git is asked once a
 * process; later a look at a few files shows whether its answer still holds.
 */
export async function locate(cwd: string): Promise<Located> {
  const pin = pinOf(cwd)
  if (pin && !(await isAsPinned(pin))) return { reason: misled(pin) }
  const located = await find(cwd)
  const isAnother =
    pin && 'repository' in located && (located.repository.root !== pin.root || located.repository.gitDir !== pin.gitDir)
  return isAnother ? { reason: misled(pin) } : located
}

const misled = ({ root }: Pin): string =>
  `The .git file of the worktree ${root} does not lead to its repository any more.`

async function find(cwd: string): Promise<Located> {
  const known = found.get(cwd)
  if (known && (await markOf(cwd, known.repository)) === known.mark) {
    return (await isLeftOut(known.repository)) ?? { repository: known.repository }
  }
  const located = await ask(cwd)
  const mark = 'repository' in located ? await markOf(cwd, located.repository) : undefined
  if ('repository' in located && mark !== undefined) found.set(cwd, { repository: located.repository, mark })
  else found.delete(cwd)
  return located
}

async function ask(cwd: string): Promise<Located> {
  const there = await stat(cwd).catch(() => undefined)
  if (!there?.isDirectory()) return { reason: `The folder ${cwd} does not exist.` }
  if (!(await mayBeRepository(cwd))) return { reason: 'Not a git repository.' }
  try {
    const [objectFormat, prefix, gitDir, commonDir, root] = (await answers(cwd)) as [
      string,
      string,
      string,
      string,
      string,
    ]
    const text = (bytes: ByteString) => Buffer.from(bytes, 'latin1').toString('utf8')
    const repository = { root: text(root), gitDir: text(gitDir), commonDir: text(commonDir), objectFormat, prefix }
    return (await isLeftOut(repository)) ?? { repository }
  } catch (error) {
    if (error instanceof GitError) return { reason: reasonFor(error) }
    throw error
  }
}

/** One call for all; a path with a line break in it makes the lines ambiguous, and then each is asked for alone. */
async function answers(cwd: string): Promise<ByteString[]> {
  const { stdout } = await git(['rev-parse', ...QUESTIONS.flat()], { cwd })
  const lines = stdout.slice(0, -1).split('\n')
  if (lines.length === QUESTIONS.length) return lines
  const ask = async (question: string[]) => (await git(['rev-parse', ...question], { cwd })).stdout.slice(0, -1)
  return Promise.all(QUESTIONS.map(ask))
}

/** Rules of ignoring come and go: a folder inside a larger repository is asked about each time. */
async function isLeftOut({ root, prefix }: Repository): Promise<{ reason: string } | undefined> {
  if (prefix === '') return undefined
  const answer = await git(['check-ignore', '-z', '--stdin'], { cwd: root, input: `${prefix}\0`, accept: [0, 1] })
  if (answer.exitCode !== 0) return undefined
  return { reason: `The folder is ignored by the git repository around it (${root}).` }
}

/**
 * What an answer of git's depends on: no nearer `.git` between the folder and the top, the same `.git` there, the same
 * configuration, and what makes a folder a git directory. Undefined when one of them is missing.
 */
async function markOf(cwd: string, { root, gitDir, commonDir }: Repository): Promise<string | undefined> {
  const top = await stat(root).catch(() => undefined)
  const between: string[] = []
  for (let folder = cwd; ; folder = dirname(folder)) {
    const here = await stat(folder).catch(() => undefined)
    if (!top || !here) return undefined
    if (here.ino === top.ino && here.dev === top.dev) break
    if (folder === dirname(folder)) return undefined
    between.push(
      String(
        await lstat(join(folder, '.git')).then(
          (dotGit) => dotGit.ino,
          () => '',
        ),
      ),
    )
  }
  const dotGit = await lstat(join(root, '.git')).catch(() => undefined)
  const pointer = dotGit?.isFile() ? await readLatin1(join(root, '.git')).catch(() => '') : ''
  const needed = await Promise.all(
    [join(gitDir, 'HEAD'), join(commonDir, 'objects')].map((path) => stat(path).catch(() => undefined)),
  )
  if (needed.includes(undefined)) return undefined
  return JSON.stringify([top.ino, between, dotGit?.ino, pointer, await fileIdentity(join(commonDir, 'config'))])
}

function reasonFor({ missing, message, stderr }: GitError): string {
  if (missing) return message
  if (/not a git repository/.test(stderr)) return 'Not a git repository.'
  if (/must be run in a work tree|cannot use bare repository/.test(stderr))
    return 'A bare repository (or the inside of .git) has no working tree.'
  if (/dubious ownership/.test(stderr)) {
    const folder = /safe\.directory (.+)/.exec(stderr)?.[1] ?? '<its folder>'
    return `The repository belongs to another user: git works in it only after "git config --global --add safe.directory ${pathText(folder)}", as the user that Baton runs as.`
  }
  return `git cannot read the repository: ${stderr.trim().split('\n')[0] || 'no reason given'}.`
}

/** Git in the user's own repository, with the user's configuration (but without hooks, see `git`). */
export function inRepository({ root }: Repository) {
  return (args: readonly string[], call: Partial<Parameters<typeof git>[1]> = {}) => git(args, { cwd: root, ...call })
}
