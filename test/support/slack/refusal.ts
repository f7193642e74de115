/** What Slack answers instead of a result. */
export class Refusal extends Error {
  error: string
  more: Record<string, unknown>
  constructor(error: string, more: Record<string, unknown> = {}) {
    super(error)
    this.error = error
    this.more = more
  }
}
