import { z } from 'zod/v3'
import { parseDuration } from '../text/durations.ts'

/** What may stand at a key: how it is checked and read, and how people call it. */
export interface ValueKind<T> {
  schema: z.ZodType<T, z.ZodTypeDef, unknown>
  /** Completes "expected …". */
  expected: string
  /** The words that are allowed, when there are only a few: a wrong one is met with the nearest. */
  words?: readonly string[]
  /** What is written there may be a secret: messages do not repeat it. */
  hidden?: true
  /** What a list consists of. */
  item?: ValueKind<unknown>
  /** What stands at each name, where people choose the names. */
  each?: ValueKind<unknown>
}

/** A kind whose text is read by a function that knows right from wrong. */
function readAs<T>(expected: string, read: (written: string) => T | undefined): ValueKind<T> {
  const schema = z.union([z.string(), z.number()]).transform((written, context): T => {
    const value = read(String(written))
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `expected ${expected}` })
    return z.NEVER
  })
  return { schema, expected }
}

/** Text of a form, in quotes where YAML would read it as a number. */
export const ofForm = (form: RegExp, expected: string): ValueKind<string> => ({
  schema: z.string().refine((written) => form.test(written), `expected ${expected}`),
  expected,
})

export const trueOrFalse: ValueKind<boolean> = { schema: z.boolean(), expected: 'true or false' }

export const nonEmptyText: ValueKind<string> = { schema: z.string().min(1), expected: 'text' }

/** Text that may be empty. */
export const anyText: ValueKind<string> = { schema: z.string(), expected: 'text' }

export function choice<const W extends readonly [string, ...string[]]>(...allowed: W): ValueKind<W[number]> {
  const last = allowed.at(-1) ?? ''
  return {
    schema: z.enum(allowed as unknown as [string, ...string[]]) as z.ZodType<W[number], z.ZodTypeDef, unknown>,
    expected: allowed.length > 1 ? `${allowed.slice(0, -1).join(', ')} or ${last}` : last,
    words: allowed,
  }
}

export function whole(atLeast: number, atMost: number = Number.MAX_SAFE_INTEGER): ValueKind<number> {
  const range = atMost === Number.MAX_SAFE_INTEGER ? `${atLeast} or more` : `${atLeast} to ${atMost}`
  return { schema: z.number().int().min(atLeast).max(atMost), expected: `a whole number, ${range}` }
}

/** An amount of money above zero. */
export const usdAmount: ValueKind<number> = {
  schema: z.number().positive().finite(),
  expected: 'an amount in USD above 0, such as 2.5',
}

/** 0 to 0.99; as written, a percentage. */
export const share: ValueKind<number> = readAs('a share below 100%, such as 20%', (written) => {
  const value = Number(/^\s*(\d{1,2}(?:\.\d+)?)\s*%\s*$/.exec(written)?.[1] ?? Number.NaN) / 100
  return Number.isNaN(value) ? undefined : value
})

/** Bytes. Claude does not start with less than a gigabyte. */
export const memorySize: ValueKind<number> = readAs('a size of 1g or more, such as 4g or 1500m', (written) => {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([mg])(?:i?b)?\s*$/i.exec(written) ?? []
  const bytes = Math.round(Number(amount) * (unit.toLowerCase() === 'g' ? 1024 ** 3 : 1024 ** 2))
  return bytes >= 1024 ** 3 ? bytes : undefined
})

/** How many processors, in parts, too. */
export const processors: ValueKind<number> = readAs('a number of processors, such as 2 or 0.5', (written) => {
  const count = /^\s*\d+(?:\.\d+)?\s*$/.test(written) ? Number(written) : 0
  return count >= 0.1 && count <= 1_024 ? count : undefined
})

/** Milliseconds. */
export const timeSpan: ValueKind<number> = readAs('a time with its unit, such as 90s, 20m, 2h or 1d', parseDuration)

/** A duration that is not so short that it keeps others busy, or can never be kept, in milliseconds. */
export function durationOf(atLeastMs: number, { orZero = false } = {}): ValueKind<number> {
  const least = `a time with its unit, ${atLeastMs / 1000}s or more${orZero ? ' (or 0)' : ''}, such as 90s, 20m, 2h or 1d`
  return readAs(least, (written) => {
    const ms = parseDuration(written)
    return ms === undefined || (ms < atLeastMs && !(orZero && ms === 0)) ? undefined : ms
  })
}

/** How late something may still happen, in milliseconds: `false` never, `true` however late, or a duration. */
export const lateness: ValueKind<number> = {
  schema: z.union([z.boolean().transform((always) => (always ? Number.MAX_SAFE_INTEGER : 0)), timeSpan.schema]),
  expected: 'true, false or a time with its unit, such as 6h',
}

/** Minutes after midnight. */
export const timeOfDay: ValueKind<number> = readAs('a time of day, such as "08:00"', parseClock)

export interface ClockRange {
  fromMinute: number
  toMinute: number
}

/** Two times of day; the second may be on the next one. */
export const clockRange: ValueKind<ClockRange> = readAs('two times of day, such as "22:00-07:00"', (written) => {
  const [from, to, ...rest] = written.split('-').map(parseClock)
  if (from === undefined || to === undefined || from === to || rest.length > 0) return undefined
  return { fromMinute: from, toMinute: to }
})

export const timezone: ValueKind<string> = readAs('a time zone, such as Europe/Berlin', (written) =>
  isTimezone(written) ? written : undefined,
)

function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** As GitHub names a repository. */
export const repositoryName: ValueKind<string> = readAs('owner/name, such as acme/app', (written) =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(written) ? written : undefined,
)

export const issueBranch: ValueKind<string> = readAs(
  'the name of a branch with {number} in it, such as feature/issue-{number}',
  (written) => (/^(?![/-])[\w./{}-]*\{number\}[\w./{}-]*$/.test(written) ? written : undefined),
)

export const jiraProjectKey: ValueKind<string> = readAs("a project's key in Jira, such as BAT", (written) =>
  /^[A-Z][A-Z0-9_]{1,30}$/.test(written) ? written : undefined,
)

/** It becomes part of a longer query, in brackets. */
export const jiraQuery: ValueKind<string> = readAs(
  'a query in JQL without ORDER BY, its quotes and brackets closed, such as labels = baton',
  (written) => {
    const bare = written.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, 'text')
    if (bare.trim() === '' || /["']/.test(bare) || /\border\s+by\b/i.test(bare)) return undefined
    let open = 0
    for (const char of bare) {
      if (char === '(') open++
      if (char === ')' && --open < 0) return undefined
    }
    return open === 0 ? written : undefined
  },
)

export const slashCommand: ValueKind<string> = readAs('a slash and small letters, such as /merge', (written) =>
  /^\/[a-z][a-z-]{0,30}$/.test(written) ? written : undefined,
)

const REFERENCE = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/

/** `$NAME` or `${NAME}`: the name of the variable that holds the value. */
export const referenceIn = (written: string): string | undefined => REFERENCE.exec(written)?.[1]

/** Where people reach Baton: a host, and a path below which a proxy may serve it. */
export const publicUrl: ValueKind<string> = readAs(
  'an address that starts with http:// or https://, with nothing behind its path',
  (written) => {
    if (!isHttpUrl(written)) return undefined
    const { username, password, search, hash, pathname } = new URL(written)
    return username + password + search + hash === '' && PLAIN_PATH.test(pathname) ? written : undefined
  },
)

const PLAIN_PATH = /^(\/[\w.~-]+)*\/*$/

/**
 * The first words of our own routes: behind a proxy that takes its path away, one of these as that path could not be told
 * from them.
 */
export const OWN_PATHS: readonly string[] = ['api', 'dashboard', 'health', 'login', 'metrics', 'webhook', 'webhooks']

/** An address, or `$NAME` for one from `.env` because it is a secret itself. */
export const address: ValueKind<string> = {
  ...readAs('an address that starts with http:// or https://, or $NAME', (written) =>
    REFERENCE.test(written) || isHttpUrl(written) ? written : undefined,
  ),
  hidden: true,
}

/** Text, or `$NAME` for one from `.env`. */
export const hiddenText: ValueKind<string> = { ...nonEmptyText, hidden: true }

export const isHttpUrl = (written: string): boolean => /^https?:\/\//i.test(written) && URL.canParse(written)

export const webAddress: ValueKind<string> = {
  schema: z.string().refine(isHttpUrl),
  expected: 'an address that starts with http:// or https://',
}

export const variableName: ValueKind<string> = readAs('the name of an environment variable', (written) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(written) ? written : undefined,
)

/** A list; a single value counts as a list of one. `of` names what it holds where that is not plain text. */
export function list<T>(item: ValueKind<T>, of?: string): ValueKind<T[]> {
  const schema = z.preprocess((written) => (Array.isArray(written) ? written : [written]), z.array(item.schema))
  return { schema, expected: of ? `a list of ${of}` : 'a list', item }
}

/** A program with its arguments: one text as it would be typed, or a list of words. */
export const command: ValueKind<string | string[]> = {
  schema: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  expected: 'a command, as text or as a list of its words',
}

/** `07:30` as minutes after midnight; undefined for anything else. */
export function parseClock(written: string): number | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(written.trim())
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}
