/** A refusal with its status; thrown anywhere in a request and shaped at the edge, as the route's family has it. */
export class HttpFailure extends Error {
  override name = 'HttpFailure'
  readonly status: number
  /** A word for programs. */
  readonly code: string
  readonly headers: Record<string, string>
  /** The commands that the message names, as they are written in a chat. */
  readonly commands: readonly string[]

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Record<string, string> = {},
    commands: readonly string[] = [],
  ) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
    this.commands = commands
  }
}

/** The body of an error: `/webhook/*` speaks as the predecessor did, everything else has a code. */
export function failureBody(
  path: string,
  { code, message, commands }: { code: string; message: string; commands: readonly string[] },
): object {
  if (/^\/webhooks?\//.test(path)) return { error: message }
  return { error: { code, message, ...(commands.length > 0 && { commands }) } }
}

const BODY_ERRORS: Record<string, [number, string, string]> = {
  'entity.too.large': [413, 'too-large', 'The body is larger than 1 MB.'],
  'entity.parse.failed': [400, 'not-json', 'The body is not JSON.'],
  'encoding.unsupported': [415, 'unsupported-media-type', 'Compressed bodies are not accepted.'],
  'charset.unsupported': [415, 'unsupported-media-type', 'The body must be UTF-8.'],
  'request.size.invalid': [400, 'not-json', 'The body is not as long as Content-Length says.'],
  'request.aborted': [400, 'not-json', 'The body ended too early.'],
}

/**
 * Turns whatever was thrown into a refusal; undefined for what is our own fault. Errors of the body parser and of the
 * router (an address that cannot be decoded) are the sender's.
 */
export function asFailure(error: unknown): HttpFailure | undefined {
  if (error instanceof HttpFailure) return error
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown }
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined
  if (known) return new HttpFailure(...known)
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpFailure(status, 'bad-request', 'The request cannot be read.')
  return undefined
}
