import { plural } from '../../text/amounts.ts'
import { codeBlock, harmless, harmlessLine, indented } from '../text/harmless.ts'
import type { KnownFinding } from './finding.ts'
import type { ShownDiff } from './shown-diff.ts'

/** What the review comment is made of. Words of others must have gone through redaction before. */
export interface ReviewReport {
  head: string
  known: readonly KnownFinding[]
  left: ShownDiff['left']
  /** Where the files of a commit are shown: `https://github.com/acme/app/blob`. */
  blobUrl: string
}

/** The one comment of a pull request's reviews, rewritten for each head. */
export function reviewReport({ head, known, left, blobUrl }: ReviewReport): string {
  const open = known.filter(({ state }) => state === 'open')
  const resolved = known.length - open.length
  const unseen = left.filter(({ why }) => why === 'large')
  const of = `Reviewed \`${short(head)}\``
  const note = unseen.length > 0 ? ` ${notShown(unseen)}` : ''
  if (open.length === 0)
    return `✓ ${of}: nothing found${resolved > 0 ? `; ${resolved === 1 ? 'the earlier finding is' : `all ${resolved} earlier findings are`} resolved` : ''}.${note}`
  const bugs = open.filter(({ demonstration }) => demonstration).length
  const counts = [bugs > 0 && plural(bugs, 'bug'), open.length > bugs && plural(open.length - bugs, 'remark')]
  const head1 = `${of}: ${counts.filter(Boolean).join(', ')} open${resolved > 0 ? `, ${resolved} resolved` : ''}.${note}`
  const items = open.map((one) => {
    const details = one.isInline ? '' : `\n\n${indented(detailsOf(one))}`
    return `- ${nameOf(one)} · ${linkTo(one, blobUrl)} · ${harmlessLine(one.title)}${details}`
  })
  return [head1, ...items].join('\n\n')
}

/** A comment at the line of a finding. */
export function inlineComment(finding: KnownFinding): string {
  return `${nameOf(finding)} · ${harmlessLine(finding.title)}\n\n${detailsOf(finding)}`
}

function detailsOf({ reason, demonstration }: KnownFinding): string {
  if (!demonstration) return harmless(reason, { max: 4_000 })
  const { command, exitCode, output } = demonstration
  return [
    harmless(reason, { max: 4_000 }),
    `Baton ran this on the pull request, in a sandbox; it failed with exit code ${exitCode}:`,
    codeBlock(command, { max: 2_000 }),
    codeBlock(output.trim() === '' ? '(no output)' : output, { max: 4_000 }),
  ].join('\n\n')
}

const nameOf = ({ demonstration }: KnownFinding): string => (demonstration ? '**Bug**' : '**Remark**')
const short = (head: string): string => head.slice(0, 8)

function linkTo({ path, line, head, side }: KnownFinding, blobUrl: string): string {
  const name = `${harmlessLine(path)}:${line}`
  // A removed line is not there in the commit.
  if (side === 'LEFT') return `${name} (before)`
  const address = path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()).replace(/[()'!*]/g, percent))
    .join('/')
  return `[${name}](${blobUrl}/${head}/${address}#L${line})`
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

function notShown(files: ShownDiff['left']): string {
  const names = files.slice(0, 5).map(({ path }) => harmlessLine(path, { max: 80 }))
  const more = files.length - names.length
  return `Too large to be shown to the reviewer line by line: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}
