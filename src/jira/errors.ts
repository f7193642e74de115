import { RequestError } from '../network-errors.ts'

/** What kind of no Jira said, as far as it decides what happens next. */
export type JiraTrouble =
  /** 429: too much at once; `retryAt` says when to ask again. */
  | 'limited'
  /** 401: the address or the token is wrong. */
  | 'unauthorized'
  /** 403: the account lacks a permission. */
  | 'forbidden'
  /** 404: it is not there, or not for this account; Jira does not tell them apart. */
  | 'missing'
  /** 400, 409, 422: it was understood and refused. */
  | 'refused'
  /** It never got there. */
  | 'unreachable'
  /** A write was sent and not answered: whether it was done is not known. */
  | 'lost'
  /** A read that failed on Jira's side, or an answer that is none. */
  | 'failed'

export class JiraError extends RequestError<JiraTrouble> {
  override name = 'JiraError'
}

/** Trouble of one of these kinds; of any kind where none is named. */
export function isJiraTrouble(error: unknown, ...kinds: JiraTrouble[]): error is JiraError {
  return error instanceof JiraError && (kinds.length === 0 || kinds.includes(error.kind))
}

/** Kinds that pass, so that the same may be tried again later. */
export const isPassingAtJira = (error: unknown): boolean =>
  isJiraTrouble(error, 'limited', 'unreachable', 'lost', 'failed')
