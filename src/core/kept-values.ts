/** Values by name that outlive a restart. */
export interface KeptValues {
  get: <T>(key: string) => T | undefined
  set: (key: string, value: unknown) => void
  /** What is stored inside is stored as a whole or not at all. */
  transaction: <R>(work: () => R) => R
}

/** The same for those who store one value at a time. */
export type SingleValues = Pick<KeptValues, 'get' | 'set'>
