/** An error as Discord answers it. */
export class ApiProblem extends Error {
  status: number
  body: object
  headers: Record<string, string>

  constructor(status: number, body: object, headers: Record<string, string> = {}) {
    super(JSON.stringify(body))
    this.status = status
    this.body = body
    this.headers = headers
  }
}

const problem = (status: number, code: number, message: string) => new ApiProblem(status, { message, code })

export const unauthorized = () => new ApiProblem(401, { message: '401: Unauthorized', code: 0 })
export const notFound = () => new ApiProblem(404, { message: '404: Not Found', code: 0 })
export const unknownChannel = () => problem(404, 10_003, 'Unknown Channel')
export const unknownMessage = () => problem(404, 10_008, 'Unknown Message')
export const unknownMember = () => problem(404, 10_007, 'Unknown Member')
export const unknownInteraction = () => problem(404, 10_062, 'Unknown interaction')
export const unknownWebhook = () => problem(404, 10_015, 'Unknown Webhook')
export const alreadyAcknowledged = () => problem(400, 40_060, 'Interaction has already been acknowledged.')
export const missingAccess = () => problem(403, 50_001, 'Missing Access')
export const cannotWriteTo = () => problem(403, 50_007, 'Cannot send messages to this user')
export const notYours = () => problem(403, 50_005, 'Cannot edit a message authored by another user')
export const emptyMessage = () => problem(400, 50_006, 'Cannot send an empty message')
export const threadExists = () => problem(400, 160_004, 'A thread has already been created for this message')
export const tooLarge = () => problem(413, 40_005, 'Request entity too large')

/** `{retry_after}` in seconds, with the headers that a library reads. */
export const limited = (retryAfterS: number, bucket: string, isGlobal = false) =>
  new ApiProblem(
    429,
    { message: 'You are being rate limited.', retry_after: retryAfterS, global: isGlobal },
    {
      'Retry-After': String(Math.ceil(retryAfterS)),
      'X-RateLimit-Scope': isGlobal ? 'global' : 'user',
      ...(isGlobal && { 'X-RateLimit-Global': 'true' }),
      'X-RateLimit-Bucket': bucket,
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset-After': String(retryAfterS),
    },
  )

/** Gathers what is wrong with a body, as Discord names it, and refuses it all at once. */
export class FormCheck {
  #errors: Record<string, unknown> = {}

  add(path: string, code: string, message: string): void {
    let at = this.#errors
    for (const part of path.split('.')) {
      at[part] ??= {}
      at = at[part] as Record<string, unknown>
    }
    at._errors = [...((at._errors as unknown[]) ?? []), { code, message }]
  }

  text(path: string, value: unknown, max: number, min = 0): void {
    if (value === undefined || value === null) {
      if (min > 0) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required')
      return
    }
    if (typeof value !== 'string') {
      this.add(path, 'STRING_TYPE_CONVERT', 'Could not interpret as string.')
      return
    }
    if (value.length > max) this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    if (value.trim().length < min)
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
  }

  count(path: string, length: number, max: number, min = 0): void {
    if (length > max || length < min)
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
  }

  end(): void {
    if (Object.keys(this.#errors).length > 0)
      throw new ApiProblem(400, { message: 'Invalid Form Body', code: 50_035, errors: this.#errors })
  }
}
