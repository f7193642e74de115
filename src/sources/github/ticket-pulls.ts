import type { Landing, Task } from '../../core/types.ts'
import type { Repository } from '../../git/repository.ts'
import { commitOf } from '../../git/worktree/branches.ts'
import type { GitHub } from '../../github/client.ts'
import { openPull } from '../../github/open-pull.ts'
import { patiently } from '../../github/patience.ts'
import type { GitRemote } from '../../github/remote.ts'
import type { GitHubState } from '../../github/state.ts'
import { harmlessLine, harmlessPlain } from '../../github/text/harmless.ts'
import type { Destination } from '../../workspace/destination.ts'
import { WorkspaceError } from '../../workspace/workspace.ts'
import { fetchDefaultBranch } from './default-branch.ts'
import { notOpened, whereItsWorkIs } from './pull-words.ts'
import { pushWork } from './push-work.ts'
import { workText } from './texts.ts'
import type { TicketWorks } from './ticket-works.ts'

export interface TicketPullPorts {
  /** Throws GitHubError where there is no token. */
  github: () => Promise<{ github: GitHub; remote: GitRemote }>
  state: GitHubState
  works: TicketWorks
  /** How branches are named; holds `{number}`. */
  branch: string
  redact: (text: string) => string
  now: () => number
  /** Baton is about to end: nothing is waited for any more. */
  stopping: AbortSignal
}

const MOST_BRANCHES = 50

/** `feature/issue-{number}` → `feature/BAT-7`. */
const branchOf = (pattern: string, key: string): string => pattern.replaceAll(/(?:issue-)?\{number\}/g, key)

/** Work on tickets of another tracker begins at the default branch as it is on GitHub, and ends as a pull request. */
export function createTicketPulls(ports: TicketPullPorts): Destination {
  const { state, works, redact, now, stopping } = ports

  return {
    takes: ({ spec }) => spec.origin.source === 'jira',
    noUndo: async ({ runId }) => whereItsWorkIs(works.get(runId).pull),

    async base({ runId }, repository) {
      const known = works.get(runId).base
      // The same after a restart, and without asking.
      if (known && (await commitOf(repository, known.commit)) === known.commit) return known.commit
      const to = `refs/baton/github/ticket/${runId}`
      const fetched = async () => fetchDefaultBranch({ ...(await ports.github()), repository, to })
      try {
        const base = await patiently(fetched, { now, signal: stopping })
        works.change(runId, { base })
        return base.commit
      } catch (error) {
        const why = redact(error instanceof Error ? error.message : String(error))
        throw new WorkspaceError(`The default branch could not be fetched from GitHub: ${why}`)
      }
    },

    async land(task, { repository, commit, changed }, signal): Promise<Landing> {
      if (!changed) return { kind: 'landed' }
      try {
        return await patiently(() => open(task, repository, commit), { now, signal })
      } catch (error) {
        return notOpened(error, signal)
      }
    },
  }

  /** That of this run, once it has one; else those that a ticket may have which is taken up again and again. */
  function branchesOf(runId: string, ticket: string): [string, ...string[]] {
    const known = works.get(runId).branch
    const name = branchOf(ports.branch, ticket)
    if (known !== undefined) return [known]
    return [name, ...Array.from({ length: MOST_BRANCHES - 1 }, (_, index) => `${name}-${index + 2}`)]
  }

  async function open(task: Task, repository: Repository, commit: string): Promise<Landing> {
    const { github, remote } = await ports.github()
    const { runId, spec } = task
    const { ref: ticket, url = '' } = spec.origin
    const { base } = works.get(runId)
    if (!base) return { kind: 'blocked', words: `Nothing is known any more of where the work on ${ticket} began.` }
    const pushed = await pushWork({ repository, remote, commit, redact }, branchesOf(runId, ticket))
    if ('words' in pushed) return { kind: 'blocked', words: pushed.words }
    works.change(runId, pushed)
    const pull = await openPull(
      { github, state },
      {
        ...{ key: `ticket:${runId}`, branch: pushed.branch, base: base.branch, mark: `ticket/${runId}` },
        title: harmlessPlain(redact(`${ticket} ${spec.title}`), { max: 240 }),
        body: [`For the ticket ${harmlessLine(ticket)}: ${url}`, workText(task, redact)]
          .filter((part) => part !== '')
          .join('\n\n'),
      },
    )
    works.change(runId, { pull })
    return { kind: 'landed', commit, notes: [`The pull request is ${pull.url}`] }
  }
}
