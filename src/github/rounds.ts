import type { Endpoints } from '@octokit/types'
import { eachInTurn } from '../core/each-in-turn.ts'
import { createRoundLoop, type RoundLoop, type RoundLoopOptions } from '../rounds.ts'
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
  listening?: RoundLoopOptions['listening']
  now: () => number
  onError: (error: unknown) => void
}

/** Looks at a repository again and again; at what changed, and sooner when there is a hint. */
export interface Rounds extends RoundLoop {
  /** One round, from the beginning to the end; throws what went wrong in it. */
  once: () => Promise<void>
}

const NEWEST_COMMENT = 'newest-comment'
/** GitHub counts in whole seconds, and its clock need not be ours. */
const OVERLAP_MS = 5_000
const CLOCKS_APART_MS = 3_600_000

export function createRounds(ports: RoundPorts): Rounds {
  const { github, state, label, watchers, pollMs, now } = ports
  let last: Promise<unknown> = Promise.resolve()

  /** Two looks at once would take up the same twice. */
  function alone(work: () => Promise<void>): Promise<void> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }

  const once = (): Promise<void> => alone(look)

  async function look(): Promise<void> {
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
    await alsoAll(step)
    if (troubles.length > 0) throw troubles.find((error) => !isPassing(error)) ?? troubles[0]
  }

  async function alsoAll(step: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    for (const { also } of watchers) if (also) await step(also)
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
    await eachInTurn(watchers, (watcher) => (watcher[kind] as ((items: unknown) => Promise<void>) | undefined)?.(items))
    came.keep()
  }

  async function comments(): Promise<void> {
    if (!watchers.some((watcher) => watcher.comments)) return
    const known = state.notes.get<string>(NEWEST_COMMENT)
    const since = known ?? new Date(now() - CLOCKS_APART_MS).toISOString()
    const given = { since: inSeconds(Date.parse(since)), sort: 'updated', direction: 'asc' } as const
    const came = await github.poll('GET /repos/{owner}/{repo}/issues/comments', given)
    if (!came) return
    const fresh = came.items.filter((one) => !state.seen.has('comment-version', versionOf(one)))
    // What was said before Baton was there was said to others.
    if (fresh.length > 0 && known !== undefined) await eachInTurn(watchers, (watcher) => watcher.comments?.(fresh))
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

  const loop = createRoundLoop({
    lookAtAll: once,
    lookAtOwn: () => alone(() => alsoAll((work) => work().catch(ports.onError))),
    ...{ pollMs, heldUntil: github.heldUntil, now, onError: ports.onError },
    ...(ports.listening && { listening: ports.listening }),
  })
  return { ...loop, once }
}

const versionOf = ({ id, updated_at }: ListedComment): string => `${id}@${updated_at}`
const inSeconds = (at: number): string => new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
