import { inBackground } from '../../core/in-background.ts'
import type { CheckResult } from '../../core/types.ts'
import { locate, type Repository } from '../../git/repository.ts'
import { isSameAccount } from '../accounts.ts'
import type { GitHub } from '../client.ts'
import { isPassing, isTrouble } from '../errors.ts'
import { keyIn, markOf } from '../marks.ts'
import { once } from '../once.ts'
import { committedText, fetchPull, forgetPull, layTree, type PullCommits, pullChanges } from '../pull-tree.ts'
import type { GitRemote } from '../remote.ts'
import type { ListedPull, Watcher } from '../rounds.ts'
import { say } from '../say.ts'
import type { GitHubState } from '../state.ts'
import { harmless } from '../text/harmless.ts'
import { type ReviewAnswer, readReview } from './answer.ts'
import { carryOver } from './carry-over.ts'
import { readPatch } from './diff.ts'
import type { Demonstration, KnownFinding } from './finding.ts'
import { inDiff, textAt } from './positions.ts'
import { REVIEW_SCHEMA, reviewQuestion } from './question.ts'
import { inlineComment, reviewReport } from './report.ts'
import { type ShownDiff, shownDiff } from './shown-diff.ts'

/** What is kept of the reviews of a pull request. */
export interface PullReview {
  known: KnownFinding[]
  /** The head that was dealt with last. */
  done?: string
  /** There was none of that head, and its author was told why. */
  failed?: string
  due?: { head: string; tries: number; notBefore: number; isAsked: boolean }
  /** Claude has answered about this head; the answer is not posted yet. */
  answered?: { head: string; known: KnownFinding[]; left: ShownDiff['left'] }
}

export interface ReviewPorts {
  github: GitHub
  state: GitHubState
  remote: GitRemote
  /** The project's folder, a clone of the repository. */
  folder: string
  /** Which pull requests are reviewed without being asked. */
  which: 'all' | 'requested' | 'none'
  /** Made by Baton itself: reviewed only when somebody asks for it. */
  isOwn: (pull: ListedPull) => boolean
  /** Asks a Claude that can read the folder and nothing else, with this schema. */
  ask: (given: { prompt: string; schema: object; folder: string; signal: AbortSignal }) => Promise<unknown>
  /** The user's own words for reviews. */
  words: () => Promise<string | undefined>
  /** Runs a command over the pull request's files in a sandbox without network; undefined where there is no sandbox. */
  tryCommand: (command: string, folder: string, signal: AbortSignal) => Promise<CheckResult | undefined>
  /** Gives an empty folder that goes afterwards. */
  withFolder: <T>(use: (folder: string) => Promise<T>) => Promise<T>
  /** Nothing is paused, held by a limit, or at the end of a budget. */
  mayStart: () => boolean
  redact: (text: string) => string
  now: () => number
  onError: (error: unknown) => void
}

/** Reviews pull requests, one after the other, each head once. */
export interface Reviews extends Watcher {
  pulls: (pulls: ListedPull[]) => Promise<void>
  also: () => Promise<void>
  /** Somebody who may asked for a review of this head. */
  request: (number: number, head: string) => void
  /** Settles when nothing is being reviewed. */
  idle: () => Promise<void>
  stop: () => Promise<void>
}

/** The first one is soon: a fetch that failed once is the most likely reason. */
const AGAIN_MS = [20_000, 10 * 60_000]
/** Claude's own words for a usage limit; another look costs one request. */
const USAGE_LIMIT = /hit your [\w -]*limit/i
const LIMITED_MS = 30 * 60_000
/** Nobody can say anything useful about more. */
const MOST_FILES = 1_000
const KNOWN_SINCE = 'reviews-since'
const RULES = ['CLAUDE.md', 'REVIEW.md']

export function createReviews(ports: ReviewPorts): Reviews {
  const { github, state, now, onError } = ports
  const stopping = new AbortController()

  const reviewOf = (number: number): PullReview =>
    state.pulls.get<{ review?: PullReview }>(number)?.review ?? { known: [] }
  const keep = (number: number, review: PullReview) =>
    state.transaction(() => state.pulls.set(number, { ...state.pulls.get<object>(number), review }))

  const setDue = (number: number, head: string, isAsked: boolean) => {
    const review = reviewOf(number)
    const { due } = review
    // Whoever asks for it does not wait for another try.
    if (due?.head === head && isAsked && !due.isAsked)
      return keep(number, { ...review, due: { ...due, isAsked, notBefore: 0 } })
    if (
      (review.done === head && !(isAsked && review.failed === head)) ||
      due?.head === head ||
      review.answered?.head === head
    )
      return
    keep(number, { ...review, due: { head, tries: 0, notBefore: 0, isAsked } })
  }

  async function pulls(listed: ListedPull[]): Promise<void> {
    if (ports.which === 'none') return
    const self = await github.self()
    const isFirst = state.notes.get(KNOWN_SINCE) === undefined
    for (const pull of listed) {
      const { number, head, draft, requested_reviewers: wanted } = pull
      const isRequested = (wanted ?? []).some((user) => isSameAccount(user, self))
      // What was there before Baton is left alone: dozens at once would be paid for.
      if (isFirst && !isRequested) {
        if (reviewOf(number).done === undefined) keep(number, { ...reviewOf(number), done: head.sha })
        continue
      }
      const isWanted = isRequested || (ports.which === 'all' && draft !== true && !ports.isOwn(pull))
      if (isWanted) setDue(number, head.sha, false)
    }
    if (isFirst) state.notes.set(KNOWN_SINCE, new Date(now()).toISOString())
  }

  const dueNow = (): number[] =>
    state.pulls
      .all<{ review?: PullReview }>()
      .filter(
        ({ value: { review } }) => review?.answered !== undefined || (review?.due?.notBefore ?? Infinity) <= now(),
      )
      .sort((a, b) => Number(b.value.review?.due?.isAsked === true) - Number(a.value.review?.due?.isAsked === true))
      .map(({ number }) => number)

  /** Each that is due, once; what people asked for comes first, so that many new ones do not keep it waiting. */
  async function work(): Promise<void> {
    const tried = new Set<string>()
    const headOf = ({ due, answered }: PullReview) => due?.head ?? answered?.head
    for (;;) {
      const number = dueNow().find((one) => !tried.has(`${one} ${headOf(reviewOf(one))}`))
      if (number === undefined || stopping.signal.aborted) return
      tried.add(`${number} ${headOf(reviewOf(number))}`)
      // What is answered is only posted.
      if (reviewOf(number).answered === undefined && !ports.mayStart()) continue
      try {
        await reviewOne(number)
      } catch (error) {
        if (stopping.signal.aborted) return
        if (isPassing(error)) {
          onError(error)
          // What GitHub fails to do for one pull request keeps no other one waiting.
          if (isTrouble(error, 'lost', 'failed')) continue
          return
        }
        await giveUpLater(number, error)
      }
    }
  }

  async function reviewOne(number: number): Promise<void> {
    const pull = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    const review = reviewOf(number)
    const { due: _, answered: __, ...rest } = review
    const located = await locate(ports.folder)
    if ('reason' in located) throw new Error(located.reason)
    if (pull.state !== 'open') {
      await forgetPull(located.repository, number)
      return keep(number, rest)
    }
    const head = pull.head.sha
    if (review.answered) {
      // Of an older head: the one that is there now is reviewed, and that is posted.
      if (review.answered.head !== head) return keep(number, { ...rest, due: newDue(head) })
      return post(number, review.answered)
    }
    if (!review.due) return
    if (review.due.head !== head) {
      keep(number, { ...review, due: { ...review.due, head } })
      return reviewOne(number)
    }
    const commits = await fetchPull(located.repository, ports.remote, { number, base: pull.base.ref })
    if (!commits) throw new Error(`Its head or its base ${harmless(pull.base.ref)} cannot be fetched.`)
    // Pushed to since it was read; the next round sees that.
    if (commits.head !== head) return
    const answered = await answer(located.repository, commits, {
      title: pull.title,
      body: pull.body ?? '',
      known: review.known,
      isFork: pull.head.repo?.full_name !== pull.base.repo.full_name,
    })
    keep(number, { ...review, answered })
    await post(number, answered)
  }

  /** Has Claude look at one head, and runs the commands that are to show a bug. */
  async function answer(
    repository: Repository,
    commits: PullCommits,
    about: { title: string; body: string; known: KnownFinding[]; isFork: boolean },
  ): Promise<NonNullable<PullReview['answered']>> {
    const { head, base } = commits
    const { files, patch } = await pullChanges(ports.folder, commits)
    if (files.length > MOST_FILES) {
      const left = files.map(({ path }) => ({ path, why: 'large' as const }))
      return { head, known: about.known, left: left.slice(0, MOST_FILES) }
    }
    const diff = readPatch(patch)
    const shown = shownDiff(diff, await committedText(repository, base, '.gitattributes'))
    const seen = new Set([...diff.map(({ path }) => path), ...shown.left.map(({ path }) => path)])
    for (const { path } of files) if (!seen.has(path)) shown.left.push({ path, why: 'large' })
    const rules = []
    for (const name of RULES) {
      const text = await committedText(repository, base, name)
      if (text !== undefined) rules.push({ name, text })
    }
    const prompt = reviewQuestion({ ...about, diff: shown, rules, words: await ports.words() })
    const read = await ports.withFolder(async (folder) => {
      await layTree(ports.folder, head, folder)
      return askTwice(prompt, folder)
    })
    const { known, fresh } = carryOver(about.known, read, head, (finding) => textAt(diff, finding) ?? '')
    const shownBugs = new Map<string, Demonstration>()
    // Code of a fork is run only where a person said so.
    if (!about.isFork)
      for (const { id, command } of fresh) {
        const seen = command === undefined ? undefined : await demonstrate(command, head)
        if (seen) shownBugs.set(id, seen)
      }
    const places = new Map(fresh.map((finding) => [finding.id, inDiff(diff, finding)]))
    return {
      head,
      left: shown.left,
      known: known.map((finding) => {
        const place = places.get(finding.id)
        const demonstration = shownBugs.get(finding.id)
        return { ...finding, ...place, ...(place && { isInline: true }), ...(demonstration && { demonstration }) }
      }),
    }
  }

  /** An answer that cannot be read is asked for once more. */
  async function askTwice(prompt: string, folder: string): Promise<ReviewAnswer> {
    let why = ''
    for (const _ of [1, 2]) {
      const { signal } = stopping
      const read = readReview(await ports.ask({ prompt, schema: REVIEW_SCHEMA, folder, signal }))
      if (typeof read !== 'string') return read
      why = read
    }
    throw new Error(why)
  }

  /** Only a command that fails, and was not ended by us, shows anything. Each command gets fresh files: another one may have changed them. */
  async function demonstrate(command: string, head: string): Promise<Demonstration | undefined> {
    const result = await ports.withFolder(async (folder) => {
      await layTree(ports.folder, head, folder)
      return ports.tryCommand(command, folder, stopping.signal)
    })
    const { exitCode = 0, timedOut, output } = result ?? { output: '' }
    const shows = result !== undefined && timedOut !== true && exitCode >= 1 && exitCode < NOT_A_PROGRAM
    return shows ? { command, exitCode, output: ports.redact(output) } : undefined
  }

  async function post(number: number, answered: NonNullable<PullReview['answered']>): Promise<void> {
    const { head, left } = answered
    let known = answered.known.map(redacted)
    const fresh = known.filter((one) => one.head === head && one.isInline && one.state === 'open')
    if (fresh.length > 0 && !(await postInline(number, head, fresh)))
      known = known.map((one) => (fresh.includes(one) ? without(one) : one))
    await say(
      { github, state },
      { issue: number, key: `review:${number}`, body: reviewReport({ head, known, left, blobUrl: blobUrl() }) },
    )
    const { due, answered: _, failed: __, ...rest } = reviewOf(number)
    // Another head may have come meanwhile.
    keep(number, { ...rest, known, done: head, ...(due && due.head !== head && { due }) })
  }

  /** False where GitHub refuses the places: then everything goes into the one comment. */
  async function postInline(number: number, head: string, findings: KnownFinding[]): Promise<boolean> {
    const key = `review:${number}:${head}`
    const self = await github.self()
    try {
      await once(state, key, {
        look: async () => {
          const reviews = await github.all('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
            pull_number: number,
          })
          const found = reviews.find(({ user, body }) => isSameAccount(user, self) && keyIn(body) === key)
          return found && { id: found.id }
        },
        act: async () => {
          const { id } = await github.write('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
            pull_number: number,
            commit_id: head,
            event: 'COMMENT',
            body: `New in \`${head.slice(0, 8)}\`. All findings are in the review comment.\n\n${markOf(key)}`,
            comments: findings.map((finding) => ({
              path: finding.path,
              line: finding.line,
              side: finding.side,
              ...(finding.startLine !== undefined && { start_line: finding.startLine, start_side: finding.side }),
              body: inlineComment(finding),
            })),
          })
          return { id }
        },
      })
      return true
    } catch (error) {
      if (isTrouble(error, 'refused', 'forbidden')) return false
      throw error
    }
  }

  async function giveUpLater(number: number, error: unknown): Promise<void> {
    const review = reviewOf(number)
    const { due } = review
    if (!due) return onError(error)
    // Nothing is wrong with it: it is reviewed when Claude answers again.
    if (error instanceof Error && USAGE_LIMIT.test(error.message))
      return keep(number, { ...review, due: { ...due, notBefore: now() + LIMITED_MS } })
    const againMs = AGAIN_MS[due.tries]
    if (againMs !== undefined)
      return keep(number, { ...review, due: { ...due, tries: due.tries + 1, notBefore: now() + againMs } })
    const { due: _, ...rest } = review
    keep(number, { ...rest, done: due.head, failed: due.head })
    const why = harmless(ports.redact(error instanceof Error ? error.message : String(error)), { max: 1_000 })
    const body = `\`${due.head.slice(0, 8)}\` could not be reviewed: ${why}\n\nComment \`/review\` to have it tried again.`
    await say({ github, state }, { issue: number, key: `review:${number}`, body }).catch(onError)
  }

  const redacted = (finding: KnownFinding): KnownFinding => ({
    ...finding,
    title: ports.redact(finding.title),
    reason: ports.redact(finding.reason),
    ...(finding.demonstration && {
      demonstration: { ...finding.demonstration, command: ports.redact(finding.demonstration.command) },
    }),
  })

  const blobUrl = () => `${ports.remote.url.replace(/\.git$/, '')}/blob`

  const { wake, idle } = inBackground(work, onError)

  return {
    pulls,
    also: async () => wake(),
    request: (number, head) => setDue(number, head, true),
    idle,
    async stop() {
      stopping.abort()
      await idle()
    },
  }
}

/** 126 and 127: the shell found no program, or may not start it; above, a signal. */
const NOT_A_PROGRAM = 126

const newDue = (head: string) => ({ head, tries: 0, notBefore: 0, isAsked: false })

function without({ isInline: _, ...finding }: KnownFinding): KnownFinding {
  return finding
}
