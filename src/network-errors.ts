/** Codes that alone prove that a connection was never made, so that nobody can have acted on what was to be sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The same of a code alone. */
export const isNeverSentCode = (code: string): boolean => NEVER_SENT.has(code)

/** Whether an error, or what caused it, proves that nothing was sent. */
export function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && isNeverSentCode(String(cause.code))) return true
  return false
}

/** What happened on the network, in a word or a line: "fetch failed" says nothing, what is inside of it does. No address. */
export function networkCause(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = inner as { code?: unknown; message?: unknown }
  return String(code ?? message ?? inner)
}

/** The same in a few words of ours alone: messages hold the address, and that may hold a token. */
export function networkCode(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } }
  return name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? 'no connection')
}

/** A request to a service that did not end well; the message is for people and holds no token. */
export class RequestError<Kind extends string> extends Error {
  readonly kind: Kind
  /** Where a limit is reached: not before; epoch milliseconds. */
  readonly retryAt: number | undefined

  constructor(kind: Kind, message: string, about: { retryAt?: number; cause?: unknown } = {}) {
    super(message, { cause: about.cause })
    this.kind = kind
    this.retryAt = about.retryAt
  }
}
