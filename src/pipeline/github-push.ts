import type { SeenPush } from './watch-remote.ts'

/** A push as GitHub tells it, with the repository that it was to. */
export type GitHubPush = SeenPush & { repository: string }

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const inside = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** Reads a webhook whose signature was right; or why it is none that anything follows from. Never throws. */
export function readPush(event: string | undefined, body: unknown): GitHubPush | { reason: string } {
  if (event !== 'push') return { reason: 'Not a push to a tracked branch; Baton checks the repository now.' }
  const branch = /^refs\/heads\/(.+)$/.exec(text(inside(body, 'ref')) ?? '')?.[1]
  if (branch === undefined) return { reason: 'Not a push to a branch.' }
  if (inside(body, 'deleted') === true) return { reason: `The branch ${branch} was deleted.` }
  const sha = text(inside(body, 'after')) ?? ''
  const repository = text(inside(inside(body, 'repository'), 'full_name')) ?? ''
  if (!/^[0-9a-f]{40,64}$/.test(sha) || /^0+$/.test(sha)) return { reason: 'It names no commit.' }
  const before = text(inside(body, 'before')) ?? ''
  const login = text(inside(inside(body, 'sender'), 'login')) ?? ''
  const id = inside(inside(body, 'sender'), 'id')
  const isKnown = /^[A-Za-z0-9[\]-]{1,60}$/.test(login)
  return {
    ...{ repository, branch, sha },
    ...(/^[0-9a-f]{40,64}$/.test(before) && !/^0+$/.test(before) && { before }),
    by: isKnown
      ? { surface: 'github', id: String(typeof id === 'number' ? id : login), name: login }
      : { surface: 'baton', id: 'push', name: 'somebody who pushed' },
  }
}
