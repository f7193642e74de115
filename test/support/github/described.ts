import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

interface Described {
  query: string[]
  body?: object
  /** By status; null: nothing is said about what it holds. */
  answers: Record<string, object | null>
}

/** GitHub's own description of the routes that Baton uses; `scripts/github-schemas.ts` makes it. */
const { routes, $defs } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/github-openapi.json'), 'utf8'),
) as { routes: Record<string, Described>; $defs: Record<string, object> }

const checkers = new Map<object, z.ZodType>()

function faultsOf(schema: object, value: unknown): string[] {
  let checker = checkers.get(schema)
  if (!checker) {
    checker = z.fromJSONSchema({ ...schema, $defs } as Parameters<typeof z.fromJSONSchema>[0])
    checkers.set(schema, checker)
  }
  return wordsOf(checker.safeParse(value).error?.issues ?? [], '')
}

/** Of a choice of schemas the one that is nearest tells what is wrong. */
function wordsOf(issues: readonly z.core.$ZodIssue[], at: string): string[] {
  return issues.flatMap((issue) => {
    const place = [at, ...issue.path.map(String)].filter(Boolean).join('.')
    if (issue.code !== 'invalid_union') return [`${place}: ${issue.message}`]
    const choices = issue.errors.map((one) => wordsOf(one, place)).sort((a, b) => a.length - b.length)
    return choices.find((one) => !one.some((words) => words.startsWith(`${place}: `))) ?? choices[0] ?? []
  })
}

export const isDescribed = (route: string): boolean => route in routes

/** What is wrong with a request by GitHub's description of its route. */
export function requestFaults(route: string, { query, body }: { query: Iterable<string>; body: object }): string[] {
  const { query: known = [], body: schema } = routes[route] ?? {}
  const strange = [...query].filter((name) => !known.includes(name)).map((name) => `unknown query ${name}`)
  return [...strange, ...(schema ? faultsOf(schema, body) : [])]
}

/** What is wrong with an answer by GitHub's description of its route. */
export function answerFaults(route: string, { status, data }: { status: number; data: unknown }): string[] {
  const schema = routes[route]?.answers[status]
  if (schema === undefined) return [`${route} never answers ${status}`]
  return schema === null ? [] : faultsOf(schema, data)
}
