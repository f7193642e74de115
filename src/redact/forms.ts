/** Shorter ones cannot be told from ordinary words; config warns about them. */
export const SHORTEST_SECRET = 8

/**
 * The ways in which a secret turns up in texts: as it is, inside JSON, HTML or an address, read as Markdown, as base64 (also of a longer
 * text around it, as in Basic authorization) and in hexadecimal.
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const inUrl = encodeSafely(secret)
  const forms = [
    secret,
    inJson(secret),
    inJson(inJson(secret)),
    // A line of a log, with a text in it that holds JSON within JSON.
    inJson(inJson(inJson(secret))),
    inShell(secret),
    inJson(inShell(secret)),
    inUrl,
    inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    inForm(secret),
    inHtml(secret),
    readAsMarkdown(secret),
    ...insideBase64(bytes),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ]
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_SECRET)
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Inside of single quotes, as commands are written. */
const inShell = (text: string): string => text.replaceAll("'", String.raw`'\''`)

/** A lone surrogate has no place in an address. */
function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** As a posted form writes it: other characters are escaped, and a space is a plus. */
const inForm = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

const inHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** Without the signs that are markup in a heading: titles are read from one. */
const readAsMarkdown = (text: string): string =>
  text
    .replace(/(\*{1,3}|`+|~~|(?<![A-Za-z0-9])_{1,3}(?=.*_(?![A-Za-z0-9])))(.+?)\1/g, '$2')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')

/**
 * Base64 writes three bytes as four characters, so a secret inside a longer text has three possible spellings. The
 * characters at its edges also hold bits of its neighbours and are left out.
 */
function insideBase64(bytes: Buffer): string[] {
  const spellings: string[] = []
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes])
    const whole = padded.toString('base64').replace(/=+$/, '')
    const first = shift === 0 ? 0 : shift + 1
    const afterLast = Math.floor((padded.length * 8) / 6)
    const inner = whole.slice(first, afterLast)
    spellings.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return spellings
}
