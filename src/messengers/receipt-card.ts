import type { Card } from '../chat/cards/card.ts'
import { HOW_ENDED, TASK_MARK } from '../chat/render/marks.ts'
import type { RunElsewhere } from '../core/elsewhere.ts'
import type { TaskStatus } from '../core/types.ts'
import { grouped, plural, spent } from '../text/amounts.ts'
import { shortened } from '../text/cut.ts'
import { duration } from '../text/durations.ts'

/** What is read of a task of another machine; whatever a newer or an older one leaves out is not said. */
export interface EndedElsewhere {
  id: number
  title: string
  status: string
  started_at?: string | null
  completed_at?: string | null
  result?: string | null
  turns?: number
  attempts?: number
  cost_usd?: number
  proof?: {
    checks?: readonly { name: string; ok: boolean; durationMs: number }[]
    files?: readonly { added?: number; deleted?: number }[]
    findings?: readonly { weight: string; text: string }[]
    flags?: readonly string[]
    gitWrites?: readonly string[]
    commit?: string
  } | null
}

/** A task is over with these, and its person is told. */
export const RECEIPTS = ['done', 'failed', 'skipped'] as const satisfies readonly TaskStatus[]

const isReceipt = (status: string): status is (typeof RECEIPTS)[number] =>
  (RECEIPTS as readonly string[]).includes(status)
/** More than this a message may not show whole on every platform. */
const MOST_RESULT = 1_000
const MOST_LINES = 10
const COMMIT_DIGITS = 10

/** Whether a task has a receipt. */
export const hasReceipt = ({ status }: Pick<EndedElsewhere, 'status'>): boolean => isReceipt(status)

/** What a task of another machine came to, as its receipt: the words, the facts and what proves it. */
export function receiptCard(
  { machine, session_id, total_tasks }: Pick<RunElsewhere, 'machine' | 'session_id' | 'total_tasks'>,
  task: EndedElsewhere,
): Card {
  const { id, title, status, result, proof } = task
  const of = total_tasks > 1 ? `Task ${id} of ${total_tasks}` : `Task ${id}`
  return {
    id: `receipt.${session_id}.${id}`,
    mark: isReceipt(status) ? TASK_MARK[status] : 'ℹ️',
    title: `${machine}: ${of} ${isReceipt(status) ? HOW_ENDED[status] : status}: ${title}`,
    body: [factsOf(task), result && shortened(result, MOST_RESULT), proof && proofLines(proof)]
      .filter(Boolean)
      .join('\n\n'),
    ...{ buttons: [], exclusive: true, silent: true, isReceipt: true },
  }
}

function factsOf({ started_at, completed_at, turns = 0, cost_usd = 0, attempts = 0 }: EndedElsewhere): string {
  const took = started_at && completed_at ? Date.parse(completed_at) - Date.parse(started_at) : Number.NaN
  return [
    Number.isFinite(took) && duration(took),
    turns > 0 && plural(turns, 'turn'),
    spent(cost_usd),
    attempts > 1 && plural(attempts, 'attempt'),
  ]
    .filter(Boolean)
    .join(' · ')
}

function proofLines({
  checks = [],
  files,
  findings = [],
  flags = [],
  gitWrites = [],
  commit,
}: NonNullable<EndedElsewhere['proof']>) {
  const sum = (key: 'added' | 'deleted') => grouped((files ?? []).reduce((all, file) => all + (file[key] ?? 0), 0))
  const lines = [
    ...findings.map(({ weight, text }) => `${weight === 'ask' ? '⚠️' : '•'} ${text}`),
    ...flags.map((flag) => `⚠️ ${flag}`),
    ...gitWrites.map((write) => `⚠️ Wrote to git without being allowed to: ${write}`),
    ...checks.map(({ name, ok, durationMs }) => `${ok ? '✅' : '❌'} ${name} · ${duration(durationMs)}`),
  ]
  const left = lines.length - MOST_LINES
  return [
    ...lines.slice(0, MOST_LINES),
    left > 0 && `… and ${left} more`,
    files &&
      (files.length === 0
        ? 'No files changed.'
        : `${plural(files.length, 'file')} changed +${sum('added')} −${sum('deleted')}`),
    commit && `Committed as ${commit.slice(0, COMMIT_DIGITS)}`,
  ]
    .filter(Boolean)
    .join('\n')
}
