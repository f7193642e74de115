import { stat } from 'node:fs/promises'
import type { ByteString } from './bytes.ts'
import { mayBeRepository } from './may-be-repository.ts'
import { GitError, git } from './program.ts'

/** Where a project's repository lies. All paths absolute. */
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

/** Finds the repository that `cwd` is worked on in, or says in words why there is none to speak of. */
export async function locate(cwd: string): Promise<Located> {
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
    if (prefix !== '' && (await isIgnored(repository))) {
      return { reason: `The folder is ignored by the git repository around it (${repository.root}).` }
    }
    return { repository }
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

async function isIgnored({ root, prefix }: Repository): Promise<boolean> {
  const answer = await git(['check-ignore', '-z', '--stdin'], { cwd: root, input: `${prefix}\0`, accept: [0, 1] })
  return answer.exitCode === 0
}

function reasonFor({ missing, stderr }: GitError): string {
  if (missing) return 'The program git was not found.'
  if (/not a git repository/.test(stderr)) return 'Not a git repository.'
  if (/must be run in a work tree/.test(stderr)) return 'A bare repository (or the inside of .git) has no working tree.'
  if (/dubious ownership/.test(stderr)) {
    return 'The repository belongs to another user: git works in it only after `git config --global --add safe.directory <its folder>`.'
  }
  return `git cannot read the repository: ${stderr.trim().split('\n')[0] || 'no reason given'}`
}

/** Git in the user's own repository, with the user's configuration (but without hooks, see `git`). */
export function inRepository({ root }: Repository) {
  return (args: readonly string[], call: Partial<Parameters<typeof git>[1]> = {}) => git(args, { cwd: root, ...call })
}
