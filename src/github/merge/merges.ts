import { inBackground } from '../../core/in-background.ts'
import type { CheckResult } from '../../core/types.ts'
import { locate } from '../../git/repository.ts'
import { mergeTree } from '../../git/worktree/combine.ts'
import type { GitHub } from '../client.ts'
import { isTrouble } from '../errors.ts'
import { once } from '../once.ts'
import { fetchPull, layTree, pullChanges } from '../pull-tree.ts'
import type { GitRemote } from '../remote.ts'
import { readPatch } from '../review/diff.ts'
import { shownDiff } from '../review/shown-diff.ts'
import { say } from '../say.ts'
import type { GitHubState } from '../state.ts'
import { harmlessPlain } from '../text/harmless.ts'
import { type CiFacts, type CiVerdict, judgeCi, readCi } from './ci.ts'
import { createLongWait } from './long-wait.ts'
import * as words from './words.ts'

/** A merge that somebody with write access asked for. */
export interface PullMerge {
  /** The id of the comment that asked, or of the command; the key of everything that is written about it. */
  comment: number | string
  /** Others that it took the place of while they waited. */
  earlier?: (number | string)[]
  by: string
  /** What it was written for. */
  head: string
  /** Order in the queue. */
  order: number
  /** When it first waited for nothing but GitHub's checks. */
  since?: number
  /** Base and head whose combination passed the commands. */
  checked?: string
  /** The head that a person was asked about. */
  asked?: string
  /** The head that a person agreed to, with what was asked. */
  agreed?: string
  state: 'waiting' | 'over'
}

/** A decision of people, on whichever surface. Asking the same again asks nobody twice. */
export interface Decide {
  ask: (about: {
    number: number
    head: string
    title: string
    /** All that it is about. */
    text: string
    url: string
  }) => Promise<'open' | 'yes' | 'no'>
  withdraw: (number: number, head: string, why: string) => Promise<void>
}

export interface MergePorts {
  github: GitHub
  state: GitHubState
  remote: GitRemote
  /** The project's folder, a clone of the repository. */
  folder: string
  /** The comment that asks for it. */
  command: string
  method: 'squash' | 'merge' | 'rebase'
  /** One more comment is no answer to what a person is asked. */
  isPhoneOnly: boolean
  /** Whether GitHub's checks must be green. */
  ci: boolean
  /** How long they are waited for; 0: as long as it takes. */
  waitMs: number
  now: () => number
  /** Commands over head and base put together; none: there is nothing to run. */
  checks: readonly string[]
  /** Runs them in a folder, without secrets, up to the first that fails. */
  runChecks: (folder: string, commands: readonly string[], signal: AbortSignal) => Promise<CheckResult[]>
  withFolder: <T>(use: (folder: string) => Promise<T>) => Promise<T>
  /** Issues that Baton worked on in this pull request. */
  issuesOf: (number: number) => number[]
  decide: Decide
  redact: (text: string) => string
  onError: (error: unknown) => void
}

/** Merges what was asked for, one after the other on each base branch. */
export interface Merges {
  also: () => Promise<void>
  /** Puts a pull request into the queue of its base. */
  request: (number: number, given: Pick<PullMerge, 'comment' | 'by' | 'head'>) => void
  idle: () => Promise<void>
  stop: () => Promise<void>
}

type Pull = Awaited<ReturnType<typeof readPull>>

/** How often the base may move while the commands run, before the next round has another look. */
const MOST_LOOKS = 3
const ORDER = 'merge-order'

export function createMerges(ports: MergePorts): Merges {
  const { github, state, onError } = ports
  const stopping = new AbortController()

  /** Head and base of those that only wait for their checks: what else is looked at was, and costs two fetches each time. */
  const onlyChecks = new Map<number, string>()

  const longWait = createLongWait(ports)

  const mergeOf = (number: number) => state.pulls.get<{ merge?: PullMerge }>(number)?.merge
  const keep = (number: number, merge: PullMerge) =>
    state.transaction(() => state.pulls.set(number, { ...state.pulls.get<object>(number), merge }))
  /** What became of it, unless it was asked for again meanwhile: that one has its own turn, and its own answer. */
  const note = (number: number, merge: PullMerge) => {
    if (mergeOf(number)?.comment === merge.comment) keep(number, merge)
  }
  const tell = (number: number, { comment }: PullMerge, body: string) =>
    say({ github, state }, { issue: number, key: `merge:${comment}`, body: words.callingIt(body, ports.command) })

  async function work(): Promise<void> {
    const waiting = state.pulls
      .all<{ merge?: PullMerge }>()
      .flatMap(({ number, value }) => (value.merge?.state === 'waiting' ? [{ number, merge: value.merge }] : []))
      .sort((a, b) => a.merge.order - b.merge.order)
    for (const { number } of waiting) {
      if (stopping.signal.aborted) return
      await advance(number).catch((error) => {
        if (!stopping.signal.aborted) onError(error)
      })
    }
  }

  /** What was said of one that waits no longer would be said for ever. */
  async function closeEarlier(number: number, { earlier = [] }: PullMerge): Promise<void> {
    for (const comment of earlier)
      if (state.writes.get(`comment:${number}:merge:${comment}`))
        await say({ github, state }, { issue: number, key: `merge:${comment}`, body: words.AGAIN })
  }

  /** As far as it gets; what must wait is looked at again in the next round. */
  async function advance(number: number): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const merge = mergeOf(number)
      if (merge?.state !== 'waiting') return
      await closeEarlier(number, merge)
      const pull = await readPull(github.again, number)
      const end = async (body: string) => {
        if (merge.asked !== undefined && merge.agreed === undefined)
          await ports.decide.withdraw(number, merge.asked, 'it is not merged any more')
        await tell(number, merge, body)
        await longWait.settle(number, merge)
        note(number, { ...merge, state: 'over' })
      }
      if (pull.merged) return finish(number, merge, pull)
      if (pull.state !== 'open') return end(words.CLOSED)
      if (pull.draft) return end(words.DRAFT)
      if (pull.head.sha !== merge.head) return end(words.moved(merge.head, pull.head.sha))
      const step = await prepare(number, merge, pull)
      if (step.kind === 'no') return end(step.words)
      if (step.kind === 'wait') return void (await tell(number, merge, step.words))
      // The head is guarded by its commit; the base only by looking again.
      const base = await baseNow(pull.base.ref)
      if (base !== step.base) continue
      const done = await put(number, merge, pull)
      if (done === 'again') continue
      if (done !== 'merged') return end(done.words)
      return finish(number, merge, await readPull(github, number))
    }
  }

  type Step = { kind: 'ready'; base: string } | { kind: 'no'; words: string } | { kind: 'wait'; words: string }

  async function prepare(number: number, merge: PullMerge, pull: Pull): Promise<Step> {
    const { sha, ref: branch } = pull.head
    const facts = await readCi(github, { sha, base: pull.base.ref, mergeableState: pull.mergeable_state })
    if (facts.hasQueue) return { kind: 'no', words: words.QUEUE }
    const verdict = ports.ci ? await judge(number, facts) : undefined
    const known = onlyChecks.get(number)
    onlyChecks.delete(number)
    if (verdict?.kind === 'pending' && known !== undefined && known === `${sha} ${facts.baseCommit}`) {
      onlyChecks.set(number, known)
      return waitFor(verdict.names, number, merge)
    }
    const located = await locate(ports.folder)
    if ('reason' in located) throw new Error(located.reason)
    const commits = await fetchPull(located.repository, ports.remote, { number, base: pull.base.ref })
    if (!commits) return { kind: 'no', words: words.GONE }
    if (commits.head !== sha) return { kind: 'no', words: words.moved(merge.head, commits.head) }
    const asks = await whatToAsk(pull, commits)
    if (asks.length > 0 && merge.agreed !== sha) {
      note(number, Object.assign(merge, { asked: sha }))
      const answer = await ports.decide.ask({
        ...{ number, head: sha, url: pull.html_url },
        title: `Merge pull request #${number} into ${pull.base.ref}`,
        text: ports.redact(asks.map(({ whole }) => whole).join('\n\n')),
      })
      if (answer === 'open')
        return {
          kind: 'wait',
          words: words.asks(
            asks.map(({ short }) => short),
            sha,
            ports.isPhoneOnly,
          ),
        }
      if (answer === 'no') return { kind: 'no', words: words.DECLINED }
      note(number, Object.assign(merge, { agreed: sha }))
    }
    const combined = await mergeTree(located.repository, commits.base, commits.head)
    if ('conflicts' in combined)
      return { kind: 'no', words: words.conflict(pull.base.ref, combined.conflicts, canSolve(pull)) }
    const pair = `${commits.base} ${commits.head}`
    if (ports.checks.length > 0 && merge.checked !== pair) {
      await tell(number, merge, words.runningChecks(ports.checks, branch))
      const results = await ports.withFolder(async (folder) => {
        await layTree(ports.folder, combined.tree, folder)
        return ports.runChecks(folder, ports.checks, stopping.signal)
      })
      stopping.signal.throwIfAborted()
      const failed = results.find(({ ok }) => !ok)
      if (failed) return { kind: 'no', words: words.checkFailed({ ...failed, output: ports.redact(failed.output) }) }
      merge.checked = pair
      note(number, merge)
    }
    if (verdict?.kind === 'pending') {
      if (facts.baseCommit === commits.base) onlyChecks.set(number, `${sha} ${commits.base}`)
      return waitFor(verdict.names, number, merge)
    }
    if (verdict?.kind === 'unclear') return { kind: 'no', words: words.unclear(verdict.why) }
    if (verdict?.kind === 'red')
      return {
        kind: 'no',
        words: words.red(verdict.runs.map((run) => ({ ...run, words: run.words && ports.redact(run.words) }))),
      }
    return { kind: 'ready', base: commits.base }
  }

  /** A check that was never started is pending for ever: whoever asked for the merge hears that instead of nothing. */
  async function waitFor(names: readonly string[], number: number, merge: PullMerge): Promise<Step> {
    const since = merge.since ?? ports.now()
    if (merge.since === undefined) note(number, Object.assign(merge, { since }))
    if (ports.waitMs === 0 || ports.now() - since < ports.waitMs) {
      await longWait.tell(number, merge, names)
      return { kind: 'wait', words: words.waiting(names) }
    }
    onlyChecks.delete(number)
    return { kind: 'no', words: words.waitedTooLong(names, ports.waitMs) }
  }

  /** Where GitHub's own word for it decides, that is read again: nobody promises that an ETag changes with it. */
  async function judge(number: number, facts: CiFacts): Promise<CiVerdict> {
    const verdict = judgeCi(facts)
    const isOpen = verdict.kind === 'unclear' || (verdict.kind === 'pending' && facts.mergeableState === 'unknown')
    if (!isOpen) return verdict
    return judgeCi({ ...facts, mergeableState: (await readPull(github, number)).mergeable_state })
  }

  /** What a person must have seen beside the word: code of a fork is run, and workflows run with the repository's secrets. */
  async function whatToAsk(pull: Pull, commits: { from: string; head: string }): Promise<words.Asked[]> {
    const { files, patch } = await pullChanges(ports.folder, commits)
    const isWorkflow = (path: string | undefined) => /^\.github\/(?:workflows|actions)\//i.test(path ?? '')
    const changed = files.filter(({ path, from }) => isWorkflow(path) || isWorkflow(from))
    const shown = readPatch(patch).filter(({ path, from }) => isWorkflow(path) || isWorkflow(from))
    const isFork = pull.head.repo?.full_name !== pull.base.repo.full_name
    return [
      ...(changed.length > 0
        ? [
            words.workflows(
              changed.map(({ path }) => path),
              shownDiff(shown).text,
            ),
          ]
        : []),
      ...(isFork && ports.checks.length > 0 ? [words.fork(pull.head.sha, ports.checks)] : []),
    ]
  }

  const baseNow = async (branch: string): Promise<string> =>
    (await github.read('GET /repos/{owner}/{repo}/branches/{branch}', { branch })).commit.sha

  /** The one act: by the head's commit, so that GitHub refuses another one. */
  async function put(number: number, merge: PullMerge, pull: Pull): Promise<'merged' | 'again' | { words: string }> {
    try {
      await once(state, `merge:${number}:${merge.head}`, {
        look: async () => ((await readPull(github, number)).merged ? { merged: true } : undefined),
        act: async () => {
          const { merged } = await github.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
            pull_number: number,
            sha: merge.head,
            merge_method: ports.method,
            ...(ports.method !== 'rebase' && (await messageOf(number, pull))),
          })
          return { merged }
        },
      })
      return 'merged'
    } catch (error) {
      if (isTrouble(error, 'conflict')) return { words: words.moved(merge.head, undefined) }
      if (isTrouble(error, 'not-allowed'))
        return /base branch was modified/i.test(error.message)
          ? 'again'
          : { words: words.refused(ports.redact(error.message)) }
      if (isTrouble(error, 'forbidden', 'refused', 'missing'))
        return { words: words.refused(ports.redact(error.message)) }
      throw error
    }
  }

  /** Words of others in a commit call nobody and close nothing, but for the issues that Baton worked on. */
  async function messageOf(number: number, pull: Pull) {
    const commits = await github.all('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', { pull_number: number })
    const subjects = commits.map(({ commit }) => `* ${harmlessPlain(commit.message.split('\n')[0] ?? '')}`)
    const closes = ports.issuesOf(number).map((issue) => `Closes #${issue}`)
    return {
      commit_title: `${harmlessPlain(ports.redact(pull.title).replace(/\s+/g, ' '))} (#${number})`,
      commit_message: ports.redact([subjects.slice(0, 50).join('\n'), closes.join('\n')].filter(Boolean).join('\n\n')),
    }
  }

  /** Everything here may have been done before, by a process that was killed. */
  async function finish(number: number, merge: PullMerge, pull: Pull): Promise<void> {
    const closed = []
    for (const issue of ports.issuesOf(number)) {
      const { state: is } = await github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', {
        issue_number: issue,
      })
      // GitHub closes them by itself only where the base is the default branch.
      if (is === 'open')
        await github.write('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
          issue_number: issue,
          state: 'closed',
        })
      closed.push(issue)
    }
    const branch = await deleteBranch(pull, merge.head)
    await tell(number, merge, words.merged({ head: merge.head, base: pull.base.ref, by: merge.by, branch, closed }))
    await longWait.settle(number, merge)
    note(number, { ...merge, state: 'over' })
  }

  /** Only a branch of the own repository, and only as it was merged. */
  async function deleteBranch(pull: Pull, head: string): Promise<words.BranchEnd> {
    const { ref, repo } = pull.head
    if (repo?.full_name !== pull.base.repo.full_name || ref === pull.base.repo.default_branch) return 'kept'
    try {
      const { commit, protected: isProtected } = await github.read('GET /repos/{owner}/{repo}/branches/{branch}', {
        branch: ref,
      })
      if (isProtected || commit.sha !== head) return 'kept'
      await github.write('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${ref}` })
      return 'deleted'
    } catch (error) {
      // Gone already.
      if (isTrouble(error, 'missing', 'refused')) return 'deleted'
      if (isTrouble(error, 'forbidden')) return 'kept'
      throw error
    }
  }

  const { wake, idle } = inBackground(work, onError)

  return {
    also: async () => wake(),
    request(number, { comment, by, head }) {
      const before = mergeOf(number)
      // Said again on GitHub for the head that was asked about, it is the answer; a button may be tapped twice.
      const isAnswer = !ports.isPhoneOnly && before?.asked === head && typeof comment === 'number'
      const order = (state.notes.get<number>(ORDER) ?? 0) + 1
      state.transaction(() => {
        state.notes.set(ORDER, order)
        const agreed = isAnswer ? { agreed: head } : {}
        const asked = before?.asked === head ? { asked: head } : {}
        const isAgain = before?.state === 'waiting' && before.comment !== comment
        const earlier = isAgain ? { earlier: [...(before.earlier ?? []), before.comment] } : {}
        keep(number, { comment, by, head, order, state: 'waiting', ...earlier, ...asked, ...agreed })
      })
      if (isAnswer) void ports.decide.withdraw(number, head, `${by} decided on GitHub`).catch(onError)
    },
    idle,
    async stop() {
      stopping.abort()
      await idle()
    },
  }
}

/** Its branch is one of the repository itself, to which Baton may push. */
export const canSolve = ({ head, base }: Pick<Pull, 'head' | 'base'>): boolean =>
  head.repo?.full_name === base.repo.full_name

async function readPull(github: Pick<GitHub, 'read'>, number: number) {
  return github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
}
