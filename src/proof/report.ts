import { actorText } from '../core/actors.ts'
import type { SummaryPart } from '../core/run-summary.ts'
import type { Run } from '../core/types.ts'
import { plural, usd } from '../text/amounts.ts'
import { fineDuration } from '../text/durations.ts'
import { minuteInZone } from '../text/times.ts'
import { type Hide, inline, shownCode } from './markdown.ts'
import type { Receipt } from './receipt.ts'
import { RESULTS, taskSection } from './report-task.ts'

export interface ReportParts {
  run: Run
  /** Of its tasks, in the order of their numbers. */
  receipts: readonly Receipt[]
  /** What is read in a minute. */
  summary?: readonly SummaryPart[]
  /** Patches for reading, by task number; each is cut at `maxPatchChars`. */
  patches?: ReadonlyMap<number, string>
  maxPatchChars?: number
  /** For every time in the report. Default UTC. */
  timeZone?: string
  /** Takes out of a text what must not be shown. */
  hide: Hide
}

/** A run as Markdown for a pull request: a table of the tasks, then each with its proof. */
export function reportOf({
  run,
  receipts,
  summary = [],
  patches,
  maxPatchChars = 15_000,
  timeZone = 'UTC',
  hide,
}: ReportParts): string {
  const sections = receipts.map((receipt) =>
    taskSection(receipt, { patch: patches?.get(receipt.task.number), maxPatchChars, timeZone, hide }),
  )
  const top = [heading(run), facts(run, receipts, timeZone), ...summary.map(summaryPart)]
  return `${[...top, table(receipts), ...sections].join('\n\n')}\n`
}

const summaryPart = ({ heading, lines }: SummaryPart): string =>
  [`## ${heading}`, lines.map((line) => `- ${inline(line)}`).join('\n')].join('\n\n')

function heading(run: Run): string {
  const end = run.state === 'open' ? 'still open' : run.state
  return `# Baton, run ${shownCode(run.id)}: ${end}`
}

function facts(run: Run, receipts: readonly Receipt[], timeZone: string): string {
  const done = receipts.filter(({ result }) => result === 'done').length
  const waitedMs = receipts.reduce((sum, receipt) => sum + receipt.waitedMs, 0)
  const began = run.startedAt ?? run.createdAt
  const lines = [
    `- **${done} of ${plural(receipts.length, 'task')}** done`,
    `- Started ${minuteInZone(began, timeZone)} by ${inline(actorText(run.startedBy))}${run.autoApprove ? ', without asking for approvals' : ''}`,
    run.endedAt === undefined
      ? ''
      : `- Ended ${minuteInZone(run.endedAt, timeZone)}, after ${fineDuration(run.endedAt - began)}${waitedMs >= 1000 ? `, ${fineDuration(waitedMs)} of it waiting for an answer` : ''}`,
    `- Cost ${usd(run.costUsd)}`,
    `- From ${run.files.map((file) => shownCode(file)).join(', ')}`,
    run.reason ? `- ${inline(run.reason)}` : '',
    run.accepted ? `- Whole run accepted by ${inline(actorText(run.accepted))}` : '',
  ]
  return `${lines.filter(Boolean).join('\n')}\n\nTimes are in ${timeZone}.`
}

function table(receipts: readonly Receipt[]): string {
  const rows = receipts.map((receipt) => {
    const { task, result, checks, files, tookMs, costUsd } = receipt
    const link = `[${inline(task.title)}](#task-${task.number})`
    const passed = checks.length === 0 ? '' : `${checks.filter(({ ok }) => ok).length} of ${checks.length}`
    return [
      task.number,
      link,
      `${RESULTS[result]}${isFlagged(receipt) ? ' ⚠️' : ''}`,
      passed,
      files ? sizes(receipt) : '',
      tookMs === undefined ? '' : fineDuration(tookMs),
      usd(costUsd),
    ]
  })
  const sum = (of: (receipt: Receipt) => number | undefined) =>
    receipts.reduce((total, receipt) => total + (of(receipt) ?? 0), 0)
  const total = [
    '',
    '**Together**',
    '',
    '',
    '',
    `**${fineDuration(sum(({ tookMs }) => tookMs))}**`,
    `**${usd(sum(({ costUsd }) => costUsd))}**`,
  ]
  const head = ['| # | Task | Result | Checks | Files | Time | Cost |', '| --: | --- | --- | --- | --- | --: | --: |']
  return [...head, ...[...rows, total].map((row) => `| ${row.join(' | ')} |`)].join('\n')
}

function isFlagged({ findings, flags, gitWrites, criteria }: Receipt): boolean {
  return findings.length + flags.length + gitWrites.length > 0 || criteria.some(({ pass }) => !pass)
}

function sizes({ files = [] }: Receipt): string {
  const sum = (of: 'added' | 'deleted') => files.reduce((total, file) => total + (file[of] ?? 0), 0)
  return files.length === 0 ? 'none' : `${files.length} (+${sum('added')} −${sum('deleted')})`
}
