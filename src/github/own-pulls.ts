import { eachInTurn } from '../core/each-in-turn.ts'
import type { GitHub } from './client.ts'
import { mayWrite } from './may.ts'
import { type CiRun, judgeCi, readCi } from './merge/ci.ts'
import type { JobLog } from './merge/job-logs.ts'
import type { Decide } from './merge/merges.ts'
import type { ListedPull, Watcher } from './rounds.ts'
import { say } from './say.ts'
import type { GitHubState } from './state.ts'

/** What to mend in a pull request that Baton opened. */
export interface Mending {
  number: number
  /** What it is about; the work starts from here. */
  head: string
  branch: string
  /** Who or what wants it, and in which words; those of others are data. */
  said: { about: string; text: string }[]
  /** It must be combined with its base, with which it conflicts. */
  merge?: MergeToSolve
}

/** A conflict to solve. */
export interface MergeToSolve {
  /** The base branch, and its commit. */
  branch: string
  base: string
  /** A commit that holds both, with conflict markers that name `base`. */
  marked: string
  /** The comment that asked for it: once more is another. */
  asked: number
  /** Somebody else opened it: what its files want of Claude is not heard. */
  foreign: boolean
}

/** How far a mending is; `words`: why it failed. */
export type MendEnd = { is: 'open' | 'done' } | { is: 'failed'; words: string }

export interface OwnPullPorts {
  github: GitHub
  state: GitHubState
  /** Issues that Baton worked on in a pull request; none: it is somebody else's. */
  issuesOf: (number: number) => number[]
  /** Has it mended; the same again is the same, and tells how far it is. */
  mend: (mending: Mending) => Promise<MendEnd>
  /** What the failed jobs of GitHub Actions printed for a commit. */
  jobLogs: (sha: string) => Promise<JobLog[]>
  decide: Decide
  redact: (text: string) => string
}

/** What is kept of a pull request of Baton's own. */
interface OwnPull {
  head: string
  branch: string
  url: string
  changedAt: string
  /** The head whose checks were dealt with. */
  checkedHead?: string
  /** Rounds in which nothing had come of its checks. */
  quiet: number
  /** Up to which change its reviews were read. */
  reviewedAt?: string
  /** Times it was sent back. */
  sentBack: number
  /** What waits for a person's yes. */
  waiting?: Mending
  closed?: true
}

/** So often it is sent back before a person is asked. */
const MOST_SENT_BACK = 2
/** Checks that have not begun after so many rounds are none. */
const MOST_QUIET = 10

/** Follows Baton's own pull requests: red checks, and changes that people with write access ask for, go back to be mended. */
export function createOwnPulls(ports: OwnPullPorts): Required<Pick<Watcher, 'pulls' | 'also'>> {
  const { github, state, redact } = ports

  const ownOf = (number: number) => state.pulls.get<{ own?: OwnPull }>(number)?.own
  const keep = (number: number, own: OwnPull) =>
    state.transaction(() => state.pulls.set(number, { ...state.pulls.get<object>(number), own }))

  async function look(number: number, own: OwnPull): Promise<void> {
    if (own.waiting) return askAgain(number, own, own.waiting)
    const said = [...(await redChecks(number, own)), ...(await changesWanted(number, own))]
    if (said.length === 0) return keep(number, own)
    const mending: Mending = { number, head: own.head, branch: own.branch, said }
    // One round of mending a head: what else is said of it comes up again with the next one.
    own.checkedHead = own.head
    if (own.sentBack >= MOST_SENT_BACK) return askAgain(number, own, mending)
    await send(number, own, mending)
  }

  async function send(number: number, own: OwnPull, mending: Mending): Promise<void> {
    await ports.mend(mending)
    const { waiting: _, ...rest } = own
    keep(number, { ...rest, sentBack: own.sentBack + 1 })
  }

  /** It was sent back often enough: a person says whether once more. */
  async function askAgain(number: number, own: OwnPull, mending: Mending): Promise<void> {
    keep(number, { ...own, waiting: mending })
    if (mending.head !== own.head) {
      await ports.decide.withdraw(number, `again-${mending.head}`, 'it was pushed to')
      const { waiting: _, ...rest } = own
      return keep(number, rest)
    }
    const answer = await ports.decide.ask({
      ...{ number, head: `again-${mending.head}`, url: own.url },
      title: `Fix pull request #${number} once more`,
      text: mending.said.map(({ about, text }) => `${about}:\n${text}`).join('\n\n'),
    })
    if (answer === 'yes') return send(number, own, mending)
    const key = `again:${mending.head}`
    const body = `This was sent back ${own.sentBack} times; ${answer === 'no' ? 'a person decided to leave it there.' : 'a person decides whether to try again.'}`
    await say({ github, state }, { issue: number, key, body })
    if (answer !== 'no') return
    const { waiting: _, ...rest } = own
    keep(number, rest)
  }

  async function redChecks(number: number, own: OwnPull): Promise<Mending['said']> {
    if (own.checkedHead === own.head) return []
    const pull = await github.again.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    if (pull.state !== 'open' || pull.head.sha !== own.head) {
      if (pull.state !== 'open') own.closed = true
      return []
    }
    const facts = await readCi(github, { sha: own.head, base: pull.base.ref, mergeableState: 'clean' })
    // All of them, so that it is sent back once and not for each.
    if (facts.runs.some((run) => run.state === 'pending')) return []
    if (facts.runs.length === 0 && ++own.quiet < MOST_QUIET) return []
    const verdict = judgeCi(facts)
    const logs = verdict.kind === 'red' ? await ports.jobLogs(own.head) : []
    own.checkedHead = own.head
    if (verdict.kind !== 'red') return []
    const printed = logs.map(({ name, text }) => ({ about: `What ${name} printed at its end`, text: redact(text) }))
    return [...verdict.runs.map(saidOfRun), ...printed]
  }

  const saidOfRun = ({ name, words = '', url }: CiRun) => ({
    about: 'A check on GitHub is red',
    text: redact([name, url, words].filter(Boolean).join('\n')),
  })

  async function changesWanted(number: number, own: OwnPull): Promise<Mending['said']> {
    if (own.reviewedAt === own.changedAt) return []
    const reviews = await github.all('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', { pull_number: number })
    const said: Mending['said'] = []
    for (const { id, state: is, user, body, commit_id: commit } of reviews) {
      if (is !== 'CHANGES_REQUESTED' || commit !== own.head || state.seen.has('review', Number(id))) continue
      const may = await mayWrite(github, user)
      state.seen.add('review', Number(id))
      if (may === 'no') continue
      const comments = await github.all('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments', {
        pull_number: number,
        review_id: Number(id),
      })
      const places = comments.map((one) => `${one.path}:${one.line ?? one.original_line ?? ''}\n${one.body}`)
      said.push({
        about: `${user?.login ?? 'Somebody'} asks for changes`,
        text: redact([body, ...places].join('\n\n')),
      })
    }
    own.reviewedAt = own.changedAt
    return said
  }

  return {
    async pulls(listed: ListedPull[]) {
      for (const pull of listed) {
        const { number, head, updated_at: changedAt } = pull
        if (ports.issuesOf(number).length === 0) continue
        const known = ownOf(number)
        const own = known ?? { quiet: 0, sentBack: 0 }
        keep(number, { ...own, head: head.sha, branch: head.ref, url: pull.html_url, changedAt })
      }
      const open = new Set(listed.map(({ number }) => number))
      for (const { number, value } of state.pulls.all<{ own?: OwnPull }>())
        if (value.own && !value.own.closed && !open.has(number)) keep(number, { ...value.own, closed: true })
    },
    async also() {
      await eachInTurn(state.pulls.all<{ own?: OwnPull }>(), async ({ number, value: { own } }) => {
        if (own && !own.closed) await look(number, own)
      })
    },
  }
}
