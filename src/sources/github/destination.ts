import type { Landing, Task } from '../../core/types.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import type { Repository } from '../../git/repository.ts'
import { commitOf, treeOf } from '../../git/worktree/branches.ts'
import { LEFT_IN_CONFLICT, leftInConflict } from '../../git/worktree/left-in-conflict.ts'
import type { GitHub } from '../../github/client.ts'
import { type Download, download } from '../../github/download.ts'
import { openPull } from '../../github/open-pull.ts'
import type { Mending } from '../../github/own-pulls.ts'
import { patiently } from '../../github/patience.ts'
import { fetchRef, type GitRemote, pushRef } from '../../github/remote.ts'
import type { GitHubState } from '../../github/state.ts'
import { harmlessPlain } from '../../github/text/harmless.ts'
import type { Destination } from '../../workspace/destination.ts'
import { WorkspaceError } from '../../workspace/workspace.ts'
import { isDecision } from './decisions.ts'
import { fetchDefaultBranch } from './default-branch.ts'
import { joinedOf, mendingOf } from './mendings.ts'
import { putPictures } from './pictures.ts'
import { notOpened, whereItsWorkIs } from './pull-words.ts'
import { pushWork } from './push-work.ts'
import { type IssueRecord, numberOf, type Records } from './record.ts'
import { pullText, pullTitle } from './texts.ts'

/** Where the work on issues goes. */
export interface PullPorts {
  /** Throws GitHubError where there is no token. */
  github: () => Promise<{ github: GitHub; remote: GitRemote }>
  state: GitHubState
  records: Records
  /** Where pictures are fetched from. */
  from: () => Promise<Download>
  redact: (text: string) => string
  now: () => number
  /** Baton is about to end: nothing is waited for any more. */
  stopping: AbortSignal
}

/** Work on issues begins at the default branch as it is on GitHub, and ends as a pull request. */
export function createPulls(ports: PullPorts): Destination {
  const { state, records, redact } = ports

  return {
    takes: ({ spec }) => spec.origin.source === 'github',
    noUndo: async ({ spec }) => {
      if (isDecision(spec.origin.ref)) return 'It changed nothing.'
      return whereItsWorkIs(records.get(numberOf(spec.origin.ref))?.pull)
    },

    async base(task, repository) {
      // It changes nothing, wherever it starts from.
      if (isDecision(task.spec.origin.ref)) return (await commitOf(repository, 'HEAD')) ?? ''
      const mending = mendingOf(state, task.spec.origin.ref)
      if (mending) return headOf(mending, repository)
      const number = numberOf(task.spec.origin.ref)
      const known = records.get(number)?.base
      // The same after a restart, and without asking.
      if (known && (await commitOf(repository, known.commit)) === known.commit) return known.commit
      try {
        return await patiently(() => freshBase(number, repository), { now: ports.now, signal: ports.stopping })
      } catch (error) {
        const why = redact(error instanceof Error ? error.message : String(error))
        throw new WorkspaceError(`The default branch could not be fetched from GitHub: ${why}`)
      }
    },

    async furnish({ spec: { origin } }, folder) {
      const pictures = records.get(numberOf(origin.ref))?.snapshot?.pictures ?? []
      const fetchOne = async (address: string) => download(address, { ...(await ports.from()), signal: ports.stopping })
      // Without them the work is done from the words.
      await putPictures(folder, pictures, fetchOne).catch(() => undefined)
    },

    async land(task, { repository, commit, changed }, signal): Promise<Landing> {
      const mending = mendingOf(state, task.spec.origin.ref)
      const left = mending?.merge
        ? await leftInConflict(repository, commit, { ours: mending.head, theirs: mending.merge.base }, mending.head)
        : []
      if (left.length > 0) return { kind: 'returned', why: 'conflict', words: markersLeft(left) }
      if (!changed && !mending?.merge) return { kind: 'landed' }
      const there = () =>
        mending ? push(mending, task.spec.origin.ref, repository, commit) : open(task, repository, commit)
      try {
        return await patiently(there, { now: ports.now, signal })
      } catch (error) {
        return notOpened(error, signal)
      }
    },
  }

  /** The default branch as it is on GitHub now. */
  async function freshBase(number: number, repository: Repository): Promise<string> {
    const { github, remote } = await ports.github()
    const to = `refs/baton/github/${number}/base`
    const base = await fetchDefaultBranch({ github, remote, repository, to })
    records.change(number, { base })
    return base.commit
  }

  /** What is mended starts from the head that it was said of. */
  async function headOf({ head, branch, number, merge }: Mending, repository: Repository): Promise<string> {
    if (merge) return merge.marked
    if ((await commitOf(repository, head)) === head) return head
    const { remote } = await ports.github()
    const to = `refs/baton/github/${number}/mended`
    const commit = await fetchRef(repository, remote, { from: `refs/heads/${branch}`, to })
    if (commit === head) return head
    throw new WorkspaceError(
      `Pull request #${number} has new commits; what was said about ${head.slice(0, 8)} is out of date.`,
    )
  }

  /** Onto the branch of the pull request, which then shows it. */
  async function push(
    { branch, head, merge }: Mending,
    ref: string,
    repository: Repository,
    work: string,
  ): Promise<Landing> {
    const { remote } = await ports.github()
    // Nobody should see the commit with the markers.
    const parents = merge && [head, merge.base]
    const commit = parents
      ? await joinedOf(state, ref, work, async () =>
          makeCommit(repository, {
            tree: await treeOf(repository, work),
            parents,
            message: joinMessage(merge.branch, branch),
          }),
        )
      : work
    const pushed = await pushRef(repository, remote, { commit, branch })
    if (pushed.ok) return { kind: 'landed', commit }
    const why = pushed.why === 'behind' ? 'somebody else pushed to it meanwhile' : redact(pushed.text)
    return { kind: 'blocked', words: `The branch ${branch} could not be pushed: ${why}` }
  }

  async function open(task: Task, repository: Repository, commit: string): Promise<Landing> {
    const number = numberOf(task.spec.origin.ref)
    const record = records.get(number) as IssueRecord
    const { branch, base } = record
    if (branch === undefined || base === undefined)
      return { kind: 'blocked', words: `Baton has no record of issue #${number} any more.` }
    const { github, remote } = await ports.github()
    const pushed = await pushWork({ repository, remote, commit, redact }, [branch])
    if ('words' in pushed) return { kind: 'blocked', words: pushed.words }
    const key = `pull:${number}:${record.take}`
    const pull = await openPull(
      { github, state },
      {
        ...{ key, branch, base: base.branch, mark: `pull/${number}/${record.take}` },
        title: pullTitle(task, redact) || `Issue ${number}`,
        body: pullText(number, task, redact),
      },
    )
    records.change(number, { pull })
    return { kind: 'landed', commit, notes: [`The pull request is ${pull.url}`] }
  }
}

const joinMessage = (base: string, branch: string): string =>
  `${harmlessPlain(`Merge ${base} into ${branch}`)}\n\nBaton resolved the conflicts.\n`

const markersLeft = (files: readonly string[]): string =>
  [
    `${LEFT_IN_CONFLICT}, so nothing can be pushed:`,
    files.map((file) => `- ${file}`).join('\n'),
    'Resolve every conflict so that both intents hold, take the markers out, and leave each file under its own name. Do not commit.',
  ].join('\n\n')
