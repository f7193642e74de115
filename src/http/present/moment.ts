/** Epoch milliseconds as programs read them; null for a moment that has not come. */
export function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : iso(ms)
}

export function iso(ms: number): string {
  return new Date(ms).toISOString()
}
