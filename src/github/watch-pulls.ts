import { eachInTurn } from '../core/each-in-turn.ts'
import type { CheckResult } from '../core/types.ts'
import type { GitHub } from './client.ts'
import { download } from './download.ts'
import { keyIn } from './marks.ts'
import { failedJobLogs } from './merge/job-logs.ts'
import { createMerges, type Decide, type Merges } from './merge/merges.ts'
import { createSolves } from './merge/solves.ts'
import { createOwnPulls, type MendEnd, type Mending } from './own-pulls.ts'
import { createPullCommands } from './pull-commands.ts'
import type { GitRemote } from './remote.ts'
import { createReviews } from './review/reviews.ts'
import type { ListedPull, Watcher } from './rounds.ts'
import type { GitHubState } from './state.ts'
import { serverOf } from './token.ts'

export interface WatchPullsPorts {
  github: GitHub
  state: GitHubState
  remote: GitRemote
  /** The project's folder, a clone of the repository. */
  folder: string
  review: 'all' | 'requested' | 'none'
  merge: {
    command: string
    method: 'squash' | 'merge' | 'rebase'
    checks: readonly string[]
    ci: boolean
    waitMs: number
  }
  bots: readonly string[]
  /** Nothing is decided on GitHub. */
  isPhoneOnly: boolean
  /** Issues that Baton worked on in a pull request. */
  issuesOf: (number: number) => number[]
  programs: {
    ask: (given: { prompt: string; schema: object; folder: string; signal: AbortSignal }) => Promise<unknown>
    tryCommand: (command: string, folder: string, signal: AbortSignal) => Promise<CheckResult | undefined>
    runChecks: (folder: string, commands: readonly string[], signal: AbortSignal) => Promise<CheckResult[]>
    withFolder: <T>(what: string, use: (folder: string) => Promise<T>) => Promise<T>
  }
  decide: Decide
  /** Has a pull request of Baton's own mended. */
  mend: (mending: Mending) => Promise<MendEnd>
  /** The user's own words for reviews. */
  words: () => Promise<string | undefined>
  mayStart: () => boolean
  redact: (text: string) => string
  now: () => number
  onError: (error: unknown) => void
}

/** Everything that is done about pull requests, and how to wait for it and end it. */
export interface PullWatcher extends Watcher {
  /** Somebody who may asked for it beside GitHub. */
  review: (number: number, head: string) => void
  merge: Merges['request']
  idle: () => Promise<void>
  stop: () => Promise<void>
}

/** Reviews and merges pull requests. */
export function watchPulls(ports: WatchPullsPorts): PullWatcher {
  const { github, state, remote, folder, programs, redact, now, onError } = ports
  const shared = { github, state, remote, folder, redact, onError }
  const isOwn = ({ number, body }: ListedPull) =>
    ports.issuesOf(number).length > 0 || keyIn(body)?.startsWith('pull/') === true
  const reviews = createReviews({
    ...{ ...shared, which: ports.review, isOwn, words: ports.words, mayStart: ports.mayStart, now },
    ...{ ask: programs.ask, tryCommand: programs.tryCommand },
    withFolder: (use) => programs.withFolder('review', use),
  })
  const { command, method, checks, ci, waitMs } = ports.merge
  const merges = createMerges({
    ...{
      ...shared,
      command,
      method,
      checks,
      ci,
      waitMs,
      now,
      isPhoneOnly: ports.isPhoneOnly,
      issuesOf: ports.issuesOf,
      runChecks: programs.runChecks,
      decide: ports.decide,
    },
    withFolder: (use) => programs.withFolder('merge', use),
  })
  const solves = createSolves({ ...shared, issuesOf: ports.issuesOf, mend: ports.mend, command })
  const commands = createPullCommands({
    ...{ github, state, merge: ports.merge.command, bots: ports.bots, reviews, merges, solves },
  })
  const own = createOwnPulls({
    github,
    state,
    issuesOf: ports.issuesOf,
    mend: ports.mend,
    jobLogs: (sha) => failedJobLogs(github, sha, (id) => logOf(github, id)),
    decide: ports.decide,
    redact,
  })
  return {
    async pulls(listed) {
      await own.pulls(listed)
      await commands.pulls?.(listed)
      await reviews.pulls(listed)
    },
    comments: async (listed) => commands.comments?.(listed),
    async also() {
      await eachInTurn([reviews, merges, own, solves], (one) => one.also())
    },
    review: reviews.request,
    merge: merges.request,
    async idle() {
      await Promise.all([reviews.idle(), merges.idle()])
    },
    async stop() {
      await Promise.all([reviews.stop(), merges.stop()])
    },
  }
}

const MOST_LOG_BYTES = 20 * 1024 * 1024
/** Where GitHub keeps what jobs printed. */
const LOG_HOSTS = ['.blob.core.windows.net', '.actions.githubusercontent.com']

/** The address that GitHub gives carries its own signature, so it gets no token. */
async function logOf(github: GitHub, id: number): Promise<string | undefined> {
  const address = await github.whereTo('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', { job_id: id })
  const from = { server: serverOf(github.apiUrl), hosts: LOG_HOSTS, maxBytes: MOST_LOG_BYTES }
  return address === undefined ? undefined : (await download(address, from))?.toString('utf8')
}
