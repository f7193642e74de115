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

/** What a push has to bring along for a fence; `newer`: a machine that took the run later has pushed. */
export type FencedPush = { args: string[]; refs: string[] } | { newer: string }

const CALL_MS = 120_000

/** Where the remote keeps the highest fence that has pushed for a run. */
export const fenceRef = ({ run }: Pick<PushFence, 'run'>): string => `refs/baton/fence/${run.replace(/[^\w-]/g, '-')}`

/**
 * Looks at the fence that the remote has, and makes the next one. It is another commit with each push, so that the remote
 * compares and swaps it in one step with the branch: of two machines that push at once, frozen ones included, one is refused.
 */
export async function fencedPush(
  repository: Repository,
  { remote, fence, env }: { remote: string; fence: PushFence; env: Record<string, string> },
): Promise<FencedPush> {
  const run = inRepository(repository)
  const ref = fenceRef(fence)
  const call = { env, timeoutMs: CALL_MS }
  const { stdout } = await run(['ls-remote', '--', remote, ref], call)
  const seen = stdout
    .split('\n')
    .find((line) => line.endsWith(`\t${ref}`))
    ?.split('\t')[0]
  if (seen) {
    await run(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, ref], call)
    const [, number] = /^Fence: (\d+)$/m.exec((await run(['cat-file', 'commit', seen])).stdout) ?? []
    // What cannot be read is not ours to overwrite.
    if (number === undefined || Number(number) > fence.number)
      return { newer: number === undefined ? 'something that is no fence' : `fence ${number}` }
  }
  const next = await makeCommit(repository, {
    tree: (await run(['mktree'], { input: '' })).stdout.trim(),
    parents: seen ? [seen] : [],
    message: `Run ${fence.run}\n\nFence: ${fence.number}\n`,
  })
  return { args: ['--atomic', `--force-with-lease=${ref}:${seen ?? ''}`], refs: [`${next}:${ref}`] }
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
