/** What is remembered over restarts. */
export interface Meta {
  get: <T>(key: string) => T | undefined
  set: (key: string, value: unknown) => void
  /** What is stored inside is stored as a whole or not at all. */
  transaction: <R>(work: () => R) => R
}

/** Tells people something, once, through the stream of events. */
export type Note = (text: string, about: { queue: string; data?: Record<string, unknown> }) => void
