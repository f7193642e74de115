import { asDrawn, type DrawnAs, unescapeHtml } from './as-drawn.ts'
import { MARK_LENGTH, MARKS, type Secret } from './kinds.ts'

/** Something that people or programs get to see. */
export interface Output {
  where: string
  text: string
  /** It is drawn for whoever reads it; else it is read as it stands. */
  as?: DrawnAs
}

/** Looks through outputs for secrets, also behind escapes, and also for halves of them. */
export function createLook(secrets: readonly Secret[]): (output: Output) => string[] {
  const owners = new Map<string, Secret>()
  for (const secret of secrets)
    for (const mark of MARKS) {
      const at = mark === MARKS[0] ? secret.value.indexOf(mark) : secret.value.lastIndexOf(mark)
      owners.set(secret.value.slice(at, at + MARK_LENGTH).toLowerCase(), secret)
    }
  return ({ where, text, as }) => {
    // One finding for each secret and place: the same text shows behind several escapes.
    const found = new Map<string, string>()
    const drawn: View = [' (drawn)', asDrawn(text, as)]
    for (const [how, seen] of [...viewsOf(text), drawn]) {
      // Names of files and the like are written small.
      const small = seen.toLowerCase()
      for (const mark of MARKS.map((one) => one.toLowerCase())) {
        for (let at = small.indexOf(mark); at !== -1; at = small.indexOf(mark, at + 1)) {
          const owner = owners.get(small.slice(at, at + MARK_LENGTH))
          // Taken apart by what an escaping would show as well, a secret counts where people see it.
          if (!owner || (owner.isSplit && how !== '' && how !== drawn[0])) continue
          const whole = seen.slice(Math.max(0, at - 2_200), at + 2_200).includes(owner.value)
          const around = JSON.stringify(seen.slice(Math.max(0, at - 60), at + 40))
          const what = `${whole ? 'the whole' : 'a part'} of ${owner.kind}`
          if (!found.has(what)) found.set(what, `${where}${how}: ${what}: ${around}`)
        }
      }
    }
    return [...found.values()]
  }
}

type View = readonly [how: string, text: string]

/** A text as it is, and as it reads once somebody has undone an escaping. */
function viewsOf(text: string): View[] {
  const json = unescapeJson(text)
  return [
    ['', text],
    [' (JSON)', json],
    [' (JSON twice)', unescapeJson(json)],
    [' (HTML)', unescapeHtml(text)],
    [' (an address)', text.replace(/(?:%[0-9a-f]{2})+/gi, decoded)],
    [' (base64)', runsIn(text, /[A-Za-z0-9+/_-]{14,}/g, 'base64')],
    [' (hexadecimal)', runsIn(text, /[0-9a-f]{24,}/gi, 'hex')],
  ]
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function decoded(codes: string): string {
  return Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8')
}

/** What runs of an encoding say, from each place where one could begin. */
function runsIn(text: string, run: RegExp, encoding: 'base64' | 'hex'): string {
  const shifts = encoding === 'base64' ? [0, 1, 2, 3] : [0, 1]
  return (text.match(run) ?? [])
    .flatMap((found) => shifts.map((shift) => Buffer.from(found.slice(shift), encoding).toString('latin1')))
    .join('\n')
}
