import { asItCame, type Bare, bareOf, matchesAsDrawn } from './bare.ts'
import { cutHider } from './cut.ts'
import { formsOf, SHORTEST_SECRET } from './forms.ts'
import { CONTINUED, LONGEST_CONTINUED } from './taken-apart.ts'

/** Returns a text without secrets; safe to call again on its own result. */
export type Redact = (text: string) => string

export const REDACTED = '[redacted]'

/**
 * Shapes of tokens that are hidden even when nobody told us about them. Each has an upper length, so that a stream
 * knows how much it must hold back, and none can run away on a long text.
 */
const TOKEN_SHAPES = [
  /\d{6,16}:[A-Za-z0-9_-]{30,64}/, // a Telegram bot
  /sk-ant-[A-Za-z0-9_-]{8,256}/,
  /gh[opsur]_[A-Za-z0-9]{20,255}/,
  /github_pat_[A-Za-z0-9_]{20,255}/,
  /glpat-[A-Za-z0-9_-]{20,255}/,
  /xox[abeprs]-[A-Za-z0-9-]{10,255}/,
  /npm_[A-Za-z0-9]{36,255}/,
  /sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,255}/, // OpenAI
  /[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/, // Stripe
  /AIza[A-Za-z0-9_-]{35}/, // Google
  /(?:AKIA|ASIA)[A-Z0-9]{16}/, // AWS
  /[Bb]earer[ \t]{1,4}[A-Za-z0-9._~+/=-]{8,2048}/,
]

/** As long as the longest match of a shape above, taken apart. */
const LONGEST_SHAPE = 2048 + 16 + LONGEST_CONTINUED
const ANY_SHAPE = `(?:${TOKEN_SHAPES.map(({ source }) => source).join('|')})${CONTINUED}`

export interface SecretPattern {
  /** How a text is searched: as it is drawn, unless a secret itself holds what is not. */
  view: (text: string) => Bare
  /** Matches every form of every secret and every token shape in that view. */
  expression: RegExp
  /** No match is longer than this many UTF-16 units. */
  longest: number
  /** A match can go over a line break. */
  acrossLines: boolean
}

const allFormsOf = (secrets: readonly string[]): string[] => [
  ...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf)),
]

/** One expression for everything that must not be shown. */
export function secretPattern(secrets: readonly string[]): SecretPattern {
  const forms = allFormsOf(secrets)
  // The longest first: where one form begins with another, the rest of it must not stay behind.
  forms.sort((a, b) => b.length - a.length)
  const expression = new RegExp([...forms.map(literally), ANY_SHAPE].join('|'), 'g')
  return {
    view: forms.every((form) => bareOf(form).text === form) ? bareOf : asItCame,
    expression,
    longest: Math.max(LONGEST_SHAPE, forms[0]?.length ?? 0),
    acrossLines: forms.some((form) => /[\r\n]/.test(form)),
  }
}

/**
 * A function that replaces every form of these secrets, and whatever looks like a token, by `[redacted]`; also what a cut has
 * left of one before an ellipsis.
 */
export function redactor(secrets: readonly string[]): Redact {
  const pattern = secretPattern(secrets)
  const hideCut = cutHider(allFormsOf(secrets), REDACTED)
  return (text) => hideCut(hideAsDrawn(text, pattern))
}

function hideAsDrawn(text: string, { view, expression }: SecretPattern): string {
  const bare = view(text)
  if (bare.text === text) return text.replace(expression, REDACTED)
  let safe = ''
  let end = 0
  for (const { from, to } of matchesAsDrawn(bare, expression)) {
    safe += text.slice(end, from) + REDACTED
    end = to
  }
  return safe + text.slice(end)
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
