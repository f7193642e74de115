import { isOver } from '../../core/status.ts'
import type { GitHub } from '../../github/client.ts'
import type { PullMerge } from '../../github/merge/merges.ts'
import type { PullReview } from '../../github/review/reviews.ts'
import { cut } from '../../text/cut.ts'
import { showUnseen } from '../../text/unseen.ts'
import type { IssuePorts } from './ports.ts'
import type { IssueRecord } from './record.ts'

/** An open issue as people see it on the phone and on the dashboard. */
interface ShownIssue {
  number: number
  title: string
  url: string
  author: string
  state: string
  /** The run that works on it, or did. */
  session_id: string | null
  pull: number | null
  can: 'take'[]
}

/** An open pull request. */
interface ShownPull {
  number: number
  title: string
  url: string
  author: string
  /** What a button to merge is about: after a push it no longer counts. */
  head: string
  state: string
  can: ('review' | 'merge')[]
}

/** What is open in a repository, and what may be done with it. */
export interface Board {
  repo: string
  issues: ShownIssue[]
  pulls: ShownPull[]
}

/** Nobody reads more on a phone. */
const MOST = 50
const LONGEST_TITLE = 120

/** Reads it from GitHub; two requests. Titles are words of outsiders: who shows them shows them as text. */
export async function readBoard({
  github,
  records,
  state,
  api,
  config,
}: Pick<IssuePorts, 'records' | 'state' | 'api' | 'config'> & { github: GitHub }): Promise<Board> {
  const page = { state: 'open', per_page: MOST, sort: 'updated', direction: 'desc' } as const
  const issues = await github.read('GET /repos/{owner}/{repo}/issues', page)
  const pulls = await github.read('GET /repos/{owner}/{repo}/pulls', page)
  return {
    repo: config.repo,
    issues: issues
      .filter((one) => !one.pull_request)
      .map(({ number, title, html_url: url, user }) => {
        const record = records.get(number)
        const { isFree, words } = issueState(record, api)
        return {
          ...{ number, title: lineOf(title), url, author: user?.login ?? 'ghost', state: words },
          ...{ session_id: record?.runId ?? null, pull: record?.pull?.number ?? null },
          can: isFree ? ['take'] : [],
        }
      }),
    pulls: pulls.map(({ number, title, html_url: url, user, head, draft }) => {
      const { review, merge } = state.pulls.get<{ review?: PullReview; merge?: PullMerge }>(number) ?? {}
      const isMerging = merge?.state === 'waiting' && merge.head === head.sha
      const isDue = review?.due !== undefined || review?.answered !== undefined
      return {
        ...{ number, title: lineOf(title), url, author: user?.login ?? 'ghost', head: head.sha },
        state: pullState({ review, head: head.sha, isDraft: draft === true, isMerging, isDue }),
        can: [...(isDue ? [] : (['review'] as const)), ...(isMerging || draft ? [] : (['merge'] as const))],
      }
    }),
  }
}

function issueState(record: IssueRecord | undefined, api: IssuePorts['api']): { isFree: boolean; words: string } {
  if (!record) return { isFree: true, words: 'open' }
  if (record.stage === 'blocked')
    return { isFree: false, words: `blocked by ${record.blockers?.map((n) => `#${n}`).join(', ')}` }
  const [task] = record.runId === undefined ? [] : api.view.tasks(record.runId)
  if (task && !isOver(task.status)) return { isFree: false, words: task.status }
  return { isFree: true, words: record.endedBecause === undefined ? (task?.status ?? 'open') : 'stopped' }
}

function pullState(of: {
  review: PullReview | undefined
  head: string
  isDraft: boolean
  isMerging: boolean
  isDue: boolean
}): string {
  if (of.isMerging) return 'merging'
  if (of.isDue) return 'being reviewed'
  if (of.isDraft) return 'draft'
  if (of.review?.failed === of.head) return 'could not be reviewed'
  // One that was there before Baton came counts as dealt with, and was never looked at.
  if (of.review?.done !== of.head || of.review.known.length === 0) return 'open'
  const open = of.review.known.filter(({ state }) => state === 'open').length
  return open === 0 ? 'reviewed, nothing open' : `reviewed, ${open} open`
}

const lineOf = (title: string): string => cut(showUnseen(title).text.replace(/\s+/g, ' ').trim(), LONGEST_TITLE)
