import type { Ask, Proof, TaskStatus } from '../../core/types.ts'
import { plural } from '../../text/amounts.ts'
import { cut } from '../../text/cut.ts'
import { hideIn } from '../../text/document/hide.ts'
import { fromMarkdown } from '../../text/document/markdown.ts'
import { bold, italic, link, type Node, paragraph, quote } from '../../text/document/nodes.ts'
import type { TicketRecord } from './record.ts'

/** What a task came to, as far as a ticket shows it. */
export interface ShownTask {
  status: TaskStatus
  result?: string | undefined
  proof?: Proof | undefined
  /** Why nothing is done about it, where nobody is asked. */
  waits?: string | undefined
}

const MOST_WORDS = 8_000

/** The one comment about a run: how the task stands, what it waits for, and what it came to. */
export function statusNodes(
  record: Pick<TicketRecord, 'runId' | 'isEdited' | 'endedBecause' | 'noStepTo'>,
  task: ShownTask | undefined,
  {
    asks,
    redact,
    pull,
  }: { asks: readonly Ask[]; redact: (text: string) => string; pull?: { number: number; url: string } | undefined },
): Node[] {
  const open = asks.filter(({ state }) => state === 'open')
  const nodes: Node[] = [
    paragraph(bold(headline(record, task))),
    ...open.map((ask) => paragraph(ask.title)),
    ...(open.length > 0 ? [paragraph('Decide on the phone, the dashboard or the terminal.')] : []),
    ...(pull ? [paragraph(...link(pull.url, `Pull request #${pull.number}`))] : []),
    ...outcome(task, record),
    ...(record.noStepTo !== undefined
      ? [paragraph(`The workflow has no step to “${record.noStepTo}” from where the ticket is now, so it stays there.`)]
      : []),
    ...(record.isEdited
      ? [
          paragraph(
            'The ticket was edited after it was taken up; the earlier text is what Baton works on. To start over with the new one, let this end and move the ticket to another open status.',
          ),
        ]
      : []),
    paragraph(italic(commentMarkOf(record))),
  ]
  return hideIn(nodes, redact)
}

/** The line by which a comment is found again when Jira's answer to it was lost. */
export const commentMarkOf = ({ runId }: Pick<TicketRecord, 'runId'>): string => `Baton, run ${runId}`

function headline({ endedBecause }: Pick<TicketRecord, 'endedBecause'>, task: ShownTask | undefined): string {
  if (endedBecause !== undefined) return `Baton has stopped: ${endedBecause}.`
  if (task?.waits !== undefined) return task.waits
  switch (task?.status) {
    case undefined:
    case 'queued':
      return 'Baton has taken this up; it is in the queue.'
    case 'running':
      return 'Baton is working on this.'
    case 'verifying':
      return 'Baton has finished the work and is running the checks.'
    case 'merging':
      return 'The checks passed; the work is being merged.'
    case 'waiting':
      return 'Baton is waiting for somebody to decide.'
    case 'taken_over':
      return 'Somebody has taken this over in their terminal; Baton continues when they hand it back.'
    case 'done':
      return 'Done.'
    case 'failed':
      return 'This failed.'
    case 'undone':
      return 'Undone: this is open again.'
    default:
      return `Baton has stopped working on this (${task?.status}).`
  }
}

function outcome(task: ShownTask | undefined, { endedBecause }: Pick<TicketRecord, 'endedBecause'>): Node[] {
  if (!task || endedBecause !== undefined || (task.status !== 'done' && task.status !== 'failed')) return []
  const { result, proof } = task
  const checks = proof?.checks ?? []
  const findings = [...(proof?.findings ?? []).map(({ text }) => text), ...(proof?.flags ?? [])]
  const files = proof?.files?.length ?? 0
  const nodes: Node[] = []
  if (result !== undefined && result.trim() !== '') nodes.push(quote(...fromMarkdown(cut(result, MOST_WORDS))))
  if (checks.length > 0)
    nodes.push({
      kind: 'list',
      items: checks.map(({ name, ok }) => ({ children: [paragraph(`${ok ? '✅' : '❌'} ${name}`)] })),
    })
  if (findings.length > 0)
    nodes.push(paragraph(bold('Look at')), {
      kind: 'list',
      items: findings.map((text) => ({ children: [paragraph(text)] })),
    })
  if (files > 0) nodes.push(paragraph(`${plural(files, 'file')} changed.`))
  return nodes
}
