/**
 * What is kept about a repository over restarts. Every function is durable when it returns. The tables are the store's
 * (`src/store/github-state.ts`).
 */
export interface GitHubState {
  /** ETags of polls: what came with one was dealt with. */
  etags: { get: (url: string) => string | undefined; set: (url: string, etag: string) => void }
  /** What was dealt with once, by kind (`comment`, `label` …) and id. */
  seen: { has: (kind: string, id: string | number) => boolean; add: (kind: string, id: string | number) => void }
  /** Writes by key: begun is noted before they are sent, done with what came of them. */
  writes: {
    get: (key: string) => { done: boolean; result?: unknown } | undefined
    begin: (key: string) => void
    done: (key: string, result: unknown) => void
    forget: (key: string) => void
  }
  /** What is known of issues and of pull requests, by number. */
  issues: Numbered
  pulls: Numbered
  /** Notes by name: the time of the newest comment, and the like. */
  notes: {
    get: <T>(name: string) => T | undefined
    set: (name: string, value: unknown) => void
    /** Names that begin like this. */
    names: (beginning: string) => string[]
  }
  transaction: <R>(work: () => R) => R
}

/** Values by the number of an issue or pull request. */
export interface Numbered {
  get: <T>(number: number) => T | undefined
  set: (number: number, value: unknown) => void
  all: <T>() => { number: number; value: T }[]
}
