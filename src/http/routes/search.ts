import { z } from 'zod'
import { HttpFailure } from '../failure.ts'
import { askAll, type Gathered } from '../machines/ask-all.ts'
import type { Parts } from '../parts.ts'
import { defineRoute, type Route } from '../route.ts'
import { project, queryNumber, taskStatusSchema } from '../schemas/common.ts'
import { searchAnswer } from '../schemas/search.ts'
import { searchHistory } from '../search.ts'
import { queueNamed } from '../submit.ts'

type Found = z.output<typeof searchAnswer>

const MOST_WAITING = 8

/** Finding a task again. */
export function searchRoutes(parts: Parts): Route[] {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return [
    defineRoute({
      method: 'get',
      path: '/api/search',
      access: 'token',
      summary:
        'Tasks of all runs, by words in their title, result or log and by state; newest first; all of them without either',
      query: z.object({
        q: z.string().max(200).default(''),
        status: taskStatusSchema.optional(),
        project,
        limit: queryNumber(1, 200, 50),
      }),
      answers: { 200: { description: 'What was found', schema: searchAnswer } },
      handle: async ({ query: { q, status, limit, project: name }, req }) => {
        if (waiting >= MOST_WAITING) throw new HttpFailure(429, 'busy', 'Too many searches.', { 'Retry-After': '2' })
        // Reading everything costs: one at a time.
        waiting++
        const found = last.then(() => searchHistory(parts, { q, status, limit, queue: queueNamed(parts, name) }))
        last = found.catch(() => undefined).then(() => waiting--)
        const [own, others] = await Promise.all([found, askAll(parts, req, searchAnswer)])
        return { json: together(own, others, limit) }
      },
    }),
  ]
}

/** The newest of all machines. */
function together(own: Found, { answers, away }: Gathered<Found>, limit: number): Found {
  const elsewhere = answers.flatMap(({ machine, answer }) => answer.hits.map((hit) => ({ ...hit, machine })))
  const hits = [...own.hits, ...elsewhere].sort((a, b) => b.at.localeCompare(a.at))
  return {
    hits: hits.slice(0, limit),
    complete: hits.length <= limit && [own, ...answers.map(({ answer }) => answer)].every(({ complete }) => complete),
    ...(away.length > 0 && { machines_away: away }),
  }
}
