import type { Account, RepoRow, World } from './world.ts'

/** A refusal as GitHub words it. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: { message?: string; resource?: string; field?: string; code?: string }[] | undefined
  readonly headers: Record<string, string>

  constructor(status: number, message: string, errors?: Refusal['errors'], headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found')
export const invalid = (message: string, errors?: Refusal['errors']): Refusal => new Refusal(422, message, errors)

/** What a request brings, after its token and its repository were looked up. */
export interface Asked {
  world: World
  repo: RepoRow
  by: Account
  params: Record<string, string>
  query: URLSearchParams
  body: Record<string, unknown>
}

export interface Answer {
  status?: number
  data?: unknown
  /** Lists are cut into pages. */
  isList?: true
  /** Instead of JSON. */
  text?: string
}

/** `GET /repos/{owner}/{repo}/issues`: what it needs, and what it does. */
export interface RouteEntry {
  route: string
  /** A permission of fine-grained tokens, `issues:write`; absent: none. */
  needs?: string
  /** Names that the query may hold beside `per_page` and `page`. */
  query?: string[]
  answer: (asked: Asked) => Answer | Promise<Answer>
}

/** Checks a body field by field: a name that GitHub does not know is a mistake of ours. */
export function fields<T extends Record<string, (value: unknown) => unknown>>(
  body: Record<string, unknown>,
  known: T,
): { [N in keyof T]: ReturnType<T[N]> } {
  for (const name of Object.keys(body)) if (!(name in known)) throw invalid(`"${name}" is not a permitted key.`)
  return Object.fromEntries(
    Object.entries(known).map(([name, check]) => {
      try {
        return [name, check(body[name])]
      } catch (error) {
        throw invalid('Validation Failed', [
          { field: name, code: 'custom', message: `${name} ${(error as Error).message}` },
        ])
      }
    }),
  ) as never
}

export const text =
  (most: number) =>
  (value: unknown): string => {
    if (typeof value !== 'string' || value === '') throw new Error("can't be blank")
    if (value.length > most) throw new Error(`is too long (maximum is ${most} characters)`)
    return value
  }

export const optional =
  <T>(check: (value: unknown) => T) =>
  (value: unknown): T | undefined =>
    value === undefined ? undefined : check(value)

export const oneOf =
  <const W extends string>(...words: W[]) =>
  (value: unknown): W => {
    if (!words.includes(value as W)) throw new Error(`${String(value)} is not a valid value`)
    return value as W
  }

export const yesOrNo = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw new Error('is not a boolean')
  return value
}

export const texts = (value: unknown): string[] => {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw new Error('is not a list of texts')
  return value as string[]
}

/** The path of a route as an expression, its parameters named. */
export function matcher(route: string): {
  method: string
  match: (path: string) => Record<string, string> | undefined
} {
  const [method = '', path = ''] = route.split(' ')
  const names: string[] = []
  const source = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    return name === 'ref' ? '(.+)' : '([^/]+)'
  })
  const expression = new RegExp(`^${source}$`)
  return {
    method,
    match: (asked) => {
      const found = expression.exec(asked)
      return found
        ? Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] as string)]))
        : undefined
    },
  }
}
