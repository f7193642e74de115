import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { SourceLease } from '../../core/source-lease.ts'
import type { Actor } from '../../core/types.ts'
import { isTrouble } from '../../github/errors.ts'
import type { PullWatcher } from '../../github/watch-pulls.ts'
import { type Board, readBoard } from './board.ts'
import type { IssuePorts } from './ports.ts'

/** What people can have done from every surface. */
export interface GitHubCommandPorts extends IssuePorts {
  pulls: Pick<PullWatcher, 'review' | 'merge'>
  lease: SourceLease
  /** Looks at the repository soon. */
  hint: () => void
}

const USAGE = 'Say: github, github take 5, github review 12, or github merge 12 and its commit.'

/**
 * `github`: what is open there. `take N` puts the label on, so that all that follows is as if a person had; `review N` and `merge N
 * COMMIT` are what the comments on the pull request are. `id`: of the command; the same one again is done once.
 */
export function createGitHubCommand(
  ports: GitHubCommandPorts,
): (text: string, by: Actor, id: number) => Promise<Reply> {
  const { github, config, lease } = ports

  return async (text, by, id) => {
    const [word = '', name = '', commit = ''] = text
      .trim()
      .toLowerCase()
      .split(/[\s-]+/)
    const number = Number(/^#?(\d{1,9})$/.exec(name)?.[1] ?? Number.NaN)
    try {
      if (word === '' || word === 'list') return listed(await readBoard(ports))
      if (Number.isNaN(number)) return notPossible(USAGE)
      if (word === 'take') return await take(number, by)
      if ((word === 'review' || word === 'merge') && !lease.isHeld())
        return notPossible(`${lease.holder() ?? 'Another machine'} listens to ${config.repo}; say it there.`)
      if (word === 'review') return await review(number)
      if (word === 'merge') return await merge(number, { commit, by, id })
      return notPossible(USAGE)
    } catch (error) {
      if (isTrouble(error, 'missing', 'moved'))
        return notPossible(`There is no #${name.replace('#', '')} in ${config.repo}.`)
      if (isTrouble(error)) return notPossible(ports.redact(error.message))
      throw error
    }
  }

  async function take(number: number, by: Actor): Promise<Reply> {
    const issue = await github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })
    if (issue.pull_request) return notPossible(`#${number} is a pull request: it can be reviewed or merged.`)
    if (issue.state !== 'open') return notPossible(`#${number} is closed.`)
    const record = ports.records.get(number)
    const [task] = record?.runId === undefined ? [] : ports.api.view.tasks(record.runId)
    if (record?.stage === 'open' && task && task.status !== 'failed')
      return notPossible(`Baton is already working on #${number}.`)
    // The same twice is the same as once.
    await github.write('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      issue_number: number,
      labels: [config.label],
    })
    ports.note(`#${number} was taken by ${by.name}.`)
    ports.hint()
    return { ok: true, text: `Labeled #${number} “${config.label}”; Baton takes it up now.` }
  }

  async function review(number: number): Promise<Reply> {
    const { head, state } = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    if (state !== 'open') return notPossible(`#${number} is closed.`)
    ports.pulls.review(number, head.sha)
    ports.hint()
    return {
      ok: true,
      text: `Reviewing #${number} at ${head.sha.slice(0, 8)}; the review will appear there as a comment.`,
    }
  }

  /** Only what somebody saw is merged: the commit is part of the command. */
  async function merge(number: number, { commit, by, id }: { commit: string; by: Actor; id: number }): Promise<Reply> {
    const pull = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    const short = pull.head.sha.slice(0, 12)
    if (pull.state !== 'open') return notPossible(`#${number} is ${pull.merged ? 'merged' : 'closed'}.`)
    if (pull.draft) return notPossible(`#${number} is a draft.`)
    const where = `${pull.head.repo?.full_name === pull.base.repo.full_name ? '' : 'from a fork, '}into ${pull.base.ref}`
    if (!/^[0-9a-f]{8,40}$/.test(commit) || !pull.head.sha.startsWith(commit)) {
      const why = commit === '' ? '' : 'Somebody has pushed to it since, or that is not its commit. '
      const text = `${why}To merge #${number} (${where}, ${pull.changed_files} files) as it is now, say: github merge ${number} ${short}`
      return notPossible(text, { confirm: short, number })
    }
    ports.pulls.merge(number, { comment: `command-${id}`, by: by.name, head: pull.head.sha })
    ports.hint()
    return { ok: true, text: `Queued #${number} to be merged ${where}; the result will appear there as a comment.` }
  }
}

function listed(board: Board): Reply {
  const lines = [
    board.repo,
    ...board.issues.map(({ number, title, state }) => `#${number} ${title} (${state})`),
    ...board.pulls.map(({ number, title, state, head }) => `⇄ #${number} ${title} (${state}, ${head.slice(0, 8)})`),
  ]
  if (lines.length === 1) lines.push('Nothing is open.')
  return { ok: true, text: lines.join('\n'), data: { ...board } }
}
