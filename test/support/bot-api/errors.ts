/** An answer of the Bot API that is not `ok`: thrown by methods, turned into JSON by the server. */
export class ApiError extends Error {
  code: number
  description: string
  parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined

  constructor(code: number, description: string, parameters?: { retry_after?: number; migrate_to_chat_id?: number }) {
    super(`${code}: ${description}`)
    this.code = code
    this.description = description
    this.parameters = parameters
  }
}

/** 400 with the words of the real server: it lowers the first letter unless the text is a CONSTANT. */
export function badRequest(text: string): ApiError {
  const constant = /^[A-Z][A-Z_]/.test(text)
  return new ApiError(400, `Bad Request: ${constant ? text : text.charAt(0).toLowerCase() + text.slice(1)}`)
}

/** 429 as the real server says it; `retryAfter` in whole seconds. */
export function tooManyRequests(retryAfter: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter })
}
