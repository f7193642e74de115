import type { Endpoints } from '@octokit/types'
import type { GitHub } from './client.ts'
import { isPassing } from './errors.ts'
import type { GitHubState } from './state.ts'

export type ListedIssue = Endpoints['GET /repos/{owner}/{repo}/issues']['response']['data'][number]
export type ListedPull = Endpoints['GET /repos/{owner}/{repo}/pulls']['response']['data'][number]
export type ListedComment = Endpoints['GET /repos/{owner}/{repo}/issues/comments']['response']['data'][number]

/**
 * Somebody who looks at what came. Each is called only when something changed, may be called again with the same, and throws
 * where it could not deal with it: then all of it comes again in the next round.
 */
export interface Watcher {
  /** All open issues with the label. */
  issues?: (issues: ListedIssue[]) => Promise<void>
  /** Comments on issues and on pull requests that were written or edited, oldest first. */
  comments?: (comments: ListedComment[]) => Promise<void>
  /** All open pull requests, the latest changed first. */
  pulls?: (pulls: ListedPull[]) => Promise<void>
  /** In every round, whether something came or not. */
  also?: () => Promise<void>
}

export interface RoundPorts {
  github: GitHub
  state: GitHubState
  label: string
  watchers: readonly Watcher[]
  pollMs: number
  now: () => number
  onError: (error: unknown) => void
}

/** Looks at a repository again and again; at what changed, and sooner when there is a hint. */
export interface Rounds {
  start: () => void
  /** One more round, soon. */
  hint: () => void
  /** One round, from the beginning to the end; throws what went wrong in it. */
  once: () => Promise<void>
  stop: () => Promise<void>
}

const NEWEST_COMMENT = 'newest-comment'
/** GitHub counts in whole seconds, and its clock need not be ours. */
const OVERLAP_MS = 5_000

export function createRounds(ports: RoundPorts): Rounds {
  const { github, state, label, watchers, pollMs, now } = ports
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isHinted = false
  let isStopped = false

  async function once(): Promise<void> {
    const troubles: unknown[] = []
    const step = async (work: () => Promise<void>) => {
      await work().catch((error) => troubles.push(error))
    }
    await step(() =>
      whatCame('issues', () =>
        github.poll('GET /repos/{owner}/{repo}/issues', {
          labels: label,
          state: 'open',
          sort: 'updated',
          direction: 'desc',
        }),
      ),
    )
    await step(() =>
      whatCame('pulls', () =>
        github.poll('GET /repos/{owner}/{repo}/pulls', { state: 'open', sort: 'updated', direction: 'desc' }),
      ),
    )
    await step(comments)
    for (const { also } of watchers) if (also) await step(also)
    if (troubles.length > 0) throw troubles.find((error) => !isPassing(error)) ?? troubles[0]
  }

  async function whatCame<K extends 'issues' | 'pulls'>(
    kind: K,
    poll: () => Promise<{ items: Parameters<NonNullable<Watcher[K]>>[0]; keep: () => void } | undefined>,
  ): Promise<void> {
    if (!watchers.some((watcher) => watcher[kind])) return
    const came = await poll()
    if (!came) return
    // Issues and pull requests are numbered alike, and GitHub lists both as issues.
    const items = kind === 'issues' ? (came.items as ListedIssue[]).filter((one) => !one.pull_request) : came.items
    for (const watcher of watchers) await (watcher[kind] as ((items: unknown) => Promise<void>) | undefined)?.(items)
    came.keep()
  }

  async function comments(): Promise<void> {
    if (!watchers.some((watcher) => watcher.comments)) return
    // The first look begins now: what was said before Baton was there was said to others.
    const since = state.notes.get<string>(NEWEST_COMMENT) ?? new Date(now() - OVERLAP_MS).toISOString()
    state.notes.set(NEWEST_COMMENT, since)
    const given = { since: inSeconds(Date.parse(since)), sort: 'updated', direction: 'asc' } as const
    const came = await github.poll('GET /repos/{owner}/{repo}/issues/comments', given)
    if (!came) return
    const fresh = came.items.filter((one) => !state.seen.has('comment-version', versionOf(one)))
    if (fresh.length > 0) for (const watcher of watchers) await watcher.comments?.(fresh)
    const newest = Math.max(
      Date.parse(since),
      ...came.items.map(({ updated_at }) => Date.parse(updated_at) - OVERLAP_MS),
    )
    state.transaction(() => {
      for (const one of fresh) state.seen.add('comment-version', versionOf(one))
      state.notes.set(NEWEST_COMMENT, new Date(newest).toISOString())
      came.keep()
    })
  }

  function run(): Promise<void> {
    isHinted = false
    clearTimeout(timer)
    running ??= once()
      .catch(ports.onError)
      .finally(() => {
        running = undefined
        if (isStopped) return
        timer = setTimeout(run, isHinted ? 0 : Math.max(pollMs, github.heldUntil() - now()))
      })
    return running
  }

  return {
    start: () => void run(),
    hint() {
      if (isStopped || now() < github.heldUntil()) return
      if (running) isHinted = true
      else void run()
    },
    once,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

const versionOf = ({ id, updated_at }: ListedComment): string => `${id}@${updated_at}`
const inSeconds = (at: number): string => new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
