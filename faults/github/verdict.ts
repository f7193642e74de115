import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyIn } from '../../src/github/marks.ts'
import { reviewsOf } from '../../test/support/github/merge-routes.ts'
import type { Request } from '../../test/support/github/server.ts'
import { readWitness } from '../witness.ts'
import { BOT, type GitHubHouse, type LifeState } from './house.ts'

/** Everything that happened twice although it must happen once, found in what GitHub has and in what witnesses noted. */
export function findDoubled(house: GitHubHouse, { runs }: LifeState): string[] {
  const { repo, server } = house
  const wrong: string[] = []
  const once = (what: string, keys: readonly string[]) => {
    const seen = new Set<string>()
    for (const key of keys) {
      if (seen.has(key)) wrong.push(`${what} ${key} is there twice`)
      seen.add(key)
    }
  }
  const own = repo.row.comments.filter(({ author }) => author.login === BOT)
  once(
    'the comment',
    own.map(({ issue, body }) => `${keyIn(body)} on #${issue}`),
  )
  const pulls = [...repo.row.issues.values()].filter(({ pull }) => pull)
  once(
    'a pull request from',
    pulls.map(({ pull }) => pull?.head.branch ?? ''),
  )
  once(
    'the review of',
    reviewsOf(repo.row).map(({ pull, commit }) => `${commit.slice(0, 8)} in #${pull}`),
  )
  once(
    'the run of',
    runs.map(({ ref }) => ref),
  )
  once(
    'the merge of',
    server.requests.filter(({ method, status }) => method === 'PUT' && status === 200).map(({ path }) => path),
  )
  return [...wrong, ...repeatedUnseen(server.requests), ...readWitness(house.home.journal).overlaps]
}

/** Requests that were sent again although the first may have been carried out, and nobody had looked. */
function repeatedUnseen(requests: readonly Request[]): string[] {
  const wrong: string[] = []
  const open = new Map<string, string>()
  for (const { method, path, body, status } of requests) {
    if (method === 'GET') {
      for (const [key, list] of open) if (list === path) open.delete(key)
      continue
    }
    // What may be done twice, and is the same as once.
    if (method !== 'POST' || path.endsWith('/reactions')) continue
    const key = `${path} ${keyIn(String(body.body ?? ''))}`
    if (open.has(key)) wrong.push(`POST ${key} was sent again, and nobody had looked whether it was there`)
    // What was refused was not done.
    if (status === 0 || status >= 500 || status < 300) open.set(key, path)
  }
  return wrong
}

/** How often each head of a pull request was given to Claude: `p1.txt v2` → 1. */
export function timesReviewed({ home }: GitHubHouse): Map<string, number> {
  const file = join(home.dir, 'witness/reviews.txt')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const times = new Map<string, number>()
  for (const [, what = ''] of lines.map((line) => /^review (.+)$/.exec(line) ?? []))
    if (what !== '') times.set(what, (times.get(what) ?? 0) + 1)
  return times
}
