/** What is kept over restarts; a value is written whole, at once and durably. */
export interface Meta {
  get: <T>(key: string) => T | undefined
  set: (key: string, value: unknown) => void
}
