import { GitError } from '../program.ts'
import { inRepository, type Repository } from '../repository.ts'
import { makeCommit } from './make-commit.ts'

/** Which of the machines that had an offered run one after the other this is. */
export interface PushFence {
  /** The run, as all machines know it. */
  run: string
  /** Counts up with every machine that takes it. */
  number: number
}

/** What the machines that had a run so far have pushed of it, as it stands beside the fence. */
export interface PushedWork {
  /** The branch that it is on. */
  branch: string
  /** Numbers of the tasks that are on it. */
  done: readonly number[]
}

/** What a push has to bring along for a fence; `newer`: a machine that took the run later has pushed. */
export type FencedPush = { args: string[]; refs: string[] } | { newer: string }

const CALL_MS = 120_000

/** Where the remote keeps the highest fence that has pushed for a run. */
export const fenceRef = (fence: Pick<PushFence, 'run'>): string => `refs/baton/fence/${inRef(fence)}`
/** Keeps here what another machine has pushed until a branch has it. */
export const takenRef = (fence: Pick<PushFence, 'run'>): string => `refs/baton/taken/${inRef(fence)}`
const inRef = ({ run }: Pick<PushFence, 'run'>): string => run.replace(/[^\w-]/g, '-')

/** What a fence on a remote says; undefined: there is none, or what is there cannot be read. */
export async function readFence(
  repository: Repository,
  { remote, run, env }: { remote: string; run: string; env: Record<string, string> },
): Promise<{ commit: string; number?: number; work?: PushedWork } | undefined> {
  const git = inRepository(repository)
  const ref = fenceRef({ run })
  const call = { env, timeoutMs: CALL_MS }
  const { stdout } = await git(['ls-remote', '--', remote, ref], call)
  const commit = stdout
    .split('\n')
    .find((line) => line.endsWith(`\t${ref}`))
    ?.split('\t')[0]
  if (!commit) return undefined
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, ref], call)
  const text = (await git(['cat-file', 'commit', commit])).stdout
  const [, number] = /^Fence: (\d+)$/m.exec(text) ?? []
  const [, branch] = /^Branch: (\S+)$/m.exec(text) ?? []
  const [, done = ''] = /^Done: ([\d ]+)$/m.exec(text) ?? []
  return {
    commit,
    ...(number !== undefined && { number: Number(number) }),
    ...(branch !== undefined && { work: { branch, done: done.split(' ').filter(Boolean).map(Number) } }),
  }
}

/**
 * Looks at the fence that the remote has, and makes the next one. It is another commit with each push, so that the remote
 * compares and swaps it in one step with the branch: of two machines that push at once, frozen ones included, one is refused. `work`: what is pushed with it; absent: as before.
 */
export async function fencedPush(
  repository: Repository,
  { remote, fence, env, work }: { remote: string; fence: PushFence; env: Record<string, string>; work?: PushedWork },
): Promise<FencedPush> {
  const run = inRepository(repository)
  const ref = fenceRef(fence)
  const seen = await readFence(repository, { remote, run: fence.run, env })
  // What cannot be read is not ours to overwrite.
  if (seen && seen.number === undefined) return { newer: 'something that is no fence' }
  if (seen?.number !== undefined && seen.number > fence.number) return { newer: `fence ${seen.number}` }
  const told = work ?? seen?.work
  const lines = [`Fence: ${fence.number}`, ...(told ? [`Branch: ${told.branch}`, `Done: ${told.done.join(' ')}`] : [])]
  const next = await makeCommit(repository, {
    tree: (await run(['mktree'], { input: '' })).stdout.trim(),
    parents: seen ? [seen.commit] : [],
    message: `Run ${fence.run}\n\n${lines.join('\n')}\n`,
  })
  return { args: ['--atomic', `--force-with-lease=${ref}:${seen?.commit ?? ''}`], refs: [`${next}:${ref}`] }
}

/** Raises the fence of a run on a remote before work begins; in words why that was refused. */
export async function raiseFence(
  repository: Repository,
  where: { remote: string; fence: PushFence; env: Record<string, string> },
): Promise<string | undefined> {
  const fenced = await fencedPush(repository, where)
  if ('newer' in fenced) return newerWords(fenced)
  try {
    await inRepository(repository)(
      ['push', '--quiet', '--no-verify', ...fenced.args, '--', where.remote, ...fenced.refs],
      { env: where.env, timeoutMs: CALL_MS },
    )
    return undefined
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return error.stderr.trim() || 'git push took too long.'
  }
}

/** Why nothing is pushed. */
export const newerWords = ({ newer }: { newer: string }): string =>
  `another machine has taken this run, and the remote has its ${newer}.`
