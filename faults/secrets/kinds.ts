import type { Random } from '../random.ts'

/** A value that must not be shown. Its head and its tail are marked, so that half of it is found as well. */
export interface Secret {
  value: string
  /** Where it comes from: a name of the configuration, or the shape by which it is known. */
  kind: string
  /** It is set in the configuration: hidden in every form, and not only as it is. */
  isConfigured: boolean
  /** Nothing in it means anything to Markdown, a shell or a file name. */
  isPlain: boolean
  /** It stands nowhere as a whole: marks, or what nobody sees, take it apart. */
  isSplit?: boolean
}

/** What heads and tails begin with; nothing else that is written here has it. */
export const MARKS = ['ZqX', 'XqZ'] as const
/** Characters of a mark with what makes it the mark of one secret. */
export const MARK_LENGTH = 9

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPRSTUVWY0123456789'
/** Characters that some escaping changes: HTML, JSON, addresses, Markdown, shells. A comma parts the answers of a list. */
const HARD = '&<>"\'%+=/?#:;$!*_~^(){}[]@. üß漢🌱'

const letters = (random: Random, count: number) => Array.from({ length: count }, () => random.pick([...ALNUM])).join('')

/** `length` characters between a marked head and a marked tail. */
function marked(random: Random, length: number, alphabet = ALNUM): string {
  const count = Math.max(0, length - 2 * MARK_LENGTH)
  // Where a text is laid out on one line, several spaces become one.
  const middle = Array.from({ length: count }, () => random.pick([...alphabet]))
    .join('')
    .replace(/ (?= )/g, '_')
  return `${MARKS[0]}${letters(random, MARK_LENGTH - 3)}${middle}${MARKS[1]}${letters(random, MARK_LENGTH - 3)}`
}

/** Values of the configuration, by the name under which they are set. */
export function configuredSecrets(random: Random): Secret[] {
  const hard = (kind: string): Secret => ({
    value: marked(random, random.int(24, 60), HARD + ALNUM),
    kind,
    isConfigured: true,
    isPlain: false,
  })
  const plain = (kind: string, value: string): Secret => ({ value, kind, isConfigured: true, isPlain: true })
  return [
    plain('TELEGRAM_BOT_TOKEN', `${random.int(10_000_000, 999_999_999)}:${marked(random, 35)}`),
    plain('API_TOKEN', marked(random, 32)),
    hard('WEBHOOK_SECRET'),
    hard('GITHUB_TOKEN'),
    hard('GITHUB_WEBHOOK_SECRET'),
    hard('NOTIFY_SECRET'),
    plain('NOTIFY_PATH', `/services/${marked(random, 30)}`),
    plain('ANTHROPIC_API_KEY', `sk-ant-api03-${marked(random, 60)}`),
    plain('CLAUDE_CODE_OAUTH_TOKEN', marked(random, 40)),
    hard('AWS_SECRET_ACCESS_KEY'),
    hard('AWS_SESSION_TOKEN'),
  ]
}

const SHAPES: readonly ((random: Random) => [kind: string, value: string])[] = [
  (random) => ['a Telegram bot', `${random.int(1_000_000, 99_999_999)}:AA${marked(random, 33)}`],
  (random) => ['Anthropic', `sk-ant-${random.pick(['api03', 'oat01', 'sid01'])}-${marked(random, random.int(24, 95))}`],
  (random) => ['GitHub', `gh${random.pick([...'opsur'])}_${marked(random, 36)}`],
  (random) => ['GitHub, fine-grained', `github_pat_${letters(random, 22)}_${marked(random, 59)}`],
  (random) => ['Slack', `xox${random.pick([...'abeprs'])}-${random.int(1e9, 2e9)}-${marked(random, 24)}`],
  (random) => ['GitLab', `glpat-${marked(random, 20)}`],
  (random) => ['npm', `npm_${marked(random, 36)}`],
  (random) => ['OpenAI', `sk-${random.pick(['proj', 'svcacct', 'admin'])}-${marked(random, random.int(24, 150))}`],
  (random) => ['Stripe', `${random.pick(['sk', 'rk'])}_${random.pick(['live', 'test'])}_${marked(random, 24)}`],
  (random) => ['Google', `AIza${marked(random, 35)}`],
  (random) => [
    'a bearer',
    `${random.pick(['Bearer', 'bearer'])} ${marked(random, random.int(24, 200), `${ALNUM}._~+/-`)}`,
  ],
]

/** Tokens that nobody set, known by their shape. */
export function shapedSecrets(random: Random, count: number): Secret[] {
  return Array.from({ length: count }, (_, i) => {
    const [kind, value] = (SHAPES[i % SHAPES.length] as (typeof SHAPES)[number])(random)
    return { kind, value, isConfigured: false, isPlain: !/[\s/~+]/.test(value) }
  })
}

/** Values and tokens for taking apart: in no text do they stand as a whole. */
export function splitSecrets(random: Random): Secret[] {
  const configured = ['ANTHROPIC_AUTH_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK'].map(
    (kind): Secret => ({ kind, value: marked(random, random.int(24, 60)), isConfigured: true, isPlain: true }),
  )
  return [...configured, ...shapedSecrets(random, SHAPES.length)].map((secret) => ({
    ...secret,
    // Signs that Markdown may escape, where the shape has room for them.
    value: NO_HYPHENS.test(secret.value) ? secret.value : secret.value.replace(/(ZqX.|XqZ.)./g, '$1-'),
    isSplit: true,
  }))
}

const NO_HYPHENS = /^(?:gh._|github_pat_|npm_|[sr]k_)/

/** The ways in which a configured value turns up: as it is, and in JSON, HTML, addresses, base64, hexadecimal. */
export function inForms({ value, isConfigured }: Secret): string[] {
  if (!isConfigured) return [value, JSON.stringify({ value })]
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    value,
    JSON.stringify({ value }),
    JSON.stringify(JSON.stringify({ value })),
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    `https://example.org/?q=${encodeURIComponent(value)}&r=1`,
    new URLSearchParams({ q: value }).toString(),
    Buffer.from(`user:${value}`).toString('base64'),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
  ]
}
