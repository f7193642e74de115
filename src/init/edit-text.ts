/**
 * The text of a `.env` file with these values: a line that sets the name (or, with nothing behind the `=`, waits for
 * it) is replaced, all others stay as they are, new names come at the end.
 */
export function withEnvValues(text: string, values: Readonly<Record<string, string>>): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${quoted(value)}`
    const at = lines.findLastIndex((existing) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(existing))
    if (at >= 0) lines[at] = line
    else lines.push(line)
  }
  return lines.join(end) + end
}

function quoted(value: string): string {
  if (/^[\w:/.,@+-]*$/.test(value)) return value
  return value.includes('"') ? `'${value}'` : `"${value}"`
}

/** The text of a `.gitignore` with these lines; those that are already there are not repeated. */
export function withIgnored(text: string, wanted: readonly string[]): string {
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')))
  const missing = wanted.filter((line) => !present.has(line.replace(/\/$/, '')))
  if (missing.length === 0) return text
  const separator = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${separator}${missing.join('\n')}\n`
}
