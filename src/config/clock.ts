/** `07:30` as minutes after midnight; undefined for anything else. */
export function parseClock(written: string): number | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(written.trim())
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}
