/** Any value as JSON that a `jsonb` takes: that has neither NUL nor half a character, which may stand in what people and tools write. */
export function jsonbOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' ? one.toWellFormed().replaceAll('\0', '\uFFFD') : one,
  )
}
