import type { RunView } from '../../daemon/api/views.ts'
import { bold, type Node } from '../../text/document/nodes.ts'
import type { Attachment, Button, Message } from '../message.ts'
import { oneLine } from './clean.ts'
import type { Composed, Flexible } from './compose.ts'

interface More {
  buttons?: Button[][]
  silent?: boolean
  document?: Attachment
  asksForReply?: string
}

/** A message of fitted nodes. */
export function messageOf(
  { nodes }: Pick<Composed, 'nodes'>,
  { buttons, silent = false, document, asksForReply }: More = {},
): Message {
  const rows = buttons?.filter((row) => row.length > 0) ?? []
  return {
    body: nodes,
    silent,
    ...(rows.length > 0 && { buttons: rows }),
    ...(document && { document }),
    ...(asksForReply !== undefined && { asksForReply }),
  }
}

/** `🚦 **Start task 3 of 7?**` and the task's title below. */
export function heading(mark: string, headline: string, title?: string): Node[] {
  return [`${mark} `, bold(oneLine(headline, 200)), ...(title === undefined ? [] : ['\n', oneLine(title, 200)])]
}

/** The same where a person binds themselves to the title: it gives way only with a document that has it whole. */
export function bindingHeading(mark: string, headline: string, title: string, below: Node[] = []): Flexible {
  const after: Node[] = below.length > 0 ? ['\n', ...below] : []
  return {
    text: oneLine(title, Number.POSITIVE_INFINITY),
    as: (text) => [`${mark} `, bold(headline), '\n', text, ...after],
    keep: 'head',
  }
}

/** `Task 3 of 7`. */
export function taskOfTotal(number: number, total: number): string {
  // In a part of a file, the numbers go beyond the count.
  return total > 1 && number <= total ? `Task ${number} of ${total}` : `Task ${number}`
}

/** Facts on one line: `4 min 12 s · 14 turns · $0.42`. */
export function facts(...parts: (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ')
}

/** What a run is called: its files, and of a pipeline the commit that it is about. */
export function runTitle({ files, push }: Pick<RunView, 'files' | 'push'>): string {
  const about = push && [push.branch, push.sha.slice(0, 8)].filter((part) => part !== '').join(' ')
  return facts(files.join(', '), about)
}
