/** One thing that the rehearsal agent acts out: `rehearse: edit notes.txt "Hello"`. */
export interface Directive {
  name: string
  /** Everything after the name, as written. */
  rest: string
  /** Happens in every process; without it a fault happens once and is over when the session is resumed. */
  always: boolean
}

/** A line of a prompt; list marks and code marks around it are allowed. */
const LINE = /^\s*(?:[-*]\s+)?`?rehearse:\s*([a-z][a-z0-9-]*)(?:[ \t]+(.*?))?`?\s*$/

/** The directives of a prompt, in the order of its lines. */
export function readDirectives(prompt: string): Directive[] {
  return prompt.split('\n').flatMap((line): Directive[] => {
    const [, name, rest = ''] = LINE.exec(line.replace(/\r$/, '')) ?? []
    if (name === undefined) return []
    const always = /(?:^|\s)always$/.test(rest)
    return [{ name, rest: always ? rest.replace(/\s*always$/, '') : rest, always }]
  })
}

/** What the agent calls the task: the first heading of the prompt, else its first line. */
export function readTitle(prompt: string): string {
  const lines = prompt.split('\n').map((line) => line.trim())
  const line = lines.find((one) => one.startsWith('#')) ?? lines.find((one) => one !== '') ?? ''
  return line.replace(/^#+\s*/, '')
}

/** `"one\ntwo" and more` → the first quoted text and what follows it; without quotes all of it is the text. */
export function readQuoted(rest: string): { text: string; after: string } {
  const [whole] = /^"(?:[^"\\]|\\.)*"/.exec(rest) ?? []
  if (whole === undefined) return { text: rest, after: '' }
  return { text: unescaped(whole), after: rest.slice(whole.length).trim() }
}

/** Escapes as in JSON; text whose escapes are not JSON's stays as it is. */
function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}

/** `500ms`, `5s`, `2m` in milliseconds; 1000 when it says nothing. */
export function readMs(rest: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?/.exec(rest.trim()) ?? []
  if (amount === undefined) return 1_000
  return Number(amount) * (unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1_000)
}

/** `100MB`, `64KB`, `10` in bytes. */
export function readBytes(rest: string): number {
  const [, amount = '1', unit = ''] = /^(\d+)\s*([KMG]?)B?/i.exec(rest.trim()) ?? []
  return Number(amount) * ({ K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit.toUpperCase()] ?? 1)
}

export interface RehearsedQuestion {
  question: string
  header: string
  options: { label: string; description: string }[]
  multiSelect: boolean
}

/** `"Which color?" Red|Blue (multi)` as AskUserQuestion takes it. */
export function readQuestion(rest: string): RehearsedQuestion {
  const { text, after } = readQuoted(rest)
  const multiSelect = /\(multi\)\s*$/.test(after)
  const labels = after
    .replace(/\(multi\)\s*$/, '')
    .split('|')
    .map((label) => label.trim())
    .filter((label) => label !== '')
  const options = (labels.length > 0 ? labels : ['Yes', 'No']).map((label) => ({ label, description: label }))
  return { question: text, header: text.split(/\s+/).slice(0, 2).join(' ').slice(0, 12), options, multiSelect }
}
