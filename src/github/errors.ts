import { ListensElsewhere } from '../core/source-lease.ts'
import { RequestError } from '../network-errors.ts'

/** What kind of no GitHub said, as far as it decides what happens next. */
export type GitHubTrouble =
  /** A limit of requests is reached; `retryAt` says when to ask again. */
  | 'limited'
  /** 401: the token is wrong, or was revoked. */
  | 'unauthorized'
  /** 403 that speaks of no limit: the token lacks a permission. */
  | 'forbidden'
  /** 404, 410: it is not there, or not for this token. */
  | 'missing'
  /** A redirect: the repository or the issue was renamed. */
  | 'moved'
  /** 405: not in the state it is in. */
  | 'not-allowed'
  /** 409: it changed meanwhile. */
  | 'conflict'
  /** 400, 422: it was understood and refused. */
  | 'refused'
  /** It never got there. */
  | 'unreachable'
  /** A write was sent and not answered: whether it was done is not known. */
  | 'lost'
  /** A read that failed on GitHub's side. */
  | 'failed'

export class GitHubError extends RequestError<GitHubTrouble> {
  override name = 'GitHubError'
  readonly status: number | undefined
  /** GitHub itself said which permission the token lacks; then `message` says it. */
  readonly isPermissionNamed: boolean

  constructor(
    kind: GitHubTrouble,
    message: string,
    about: { status?: number; retryAt?: number; cause?: unknown; isPermissionNamed?: boolean } = {},
  ) {
    super(kind, message, about)
    this.status = about.status
    this.isPermissionNamed = about.isPermissionNamed === true
  }
}

/** What GitHub said, with the permission that the token most likely lacks where it did not name one. */
export function wordsWithPermission({ kind, message, isPermissionNamed }: GitHubError, likely: string): string {
  return kind === 'forbidden' && !isPermissionNamed ? `${message} The token needs the permission “${likely}”.` : message
}

/** Trouble of one of these kinds; of any kind where none is named. */
export function isTrouble(error: unknown, ...kinds: GitHubTrouble[]): error is GitHubError {
  return error instanceof GitHubError && (kinds.length === 0 || kinds.includes(error.kind))
}

/** Kinds that pass, so that the same may be tried again later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ListensElsewhere || isTrouble(error, 'limited', 'unreachable', 'lost', 'failed')
