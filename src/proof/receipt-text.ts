import { actorText } from '../core/actors.ts'
import { plural, usd } from '../text/amounts.ts'
import { fineDuration } from '../text/durations.ts'
import type { Receipt } from './receipt.ts'

/** The receipt as lines of plain text, for a terminal; `maxFiles` and `maxOutputLines` keep it readable. */
export function receiptText(receipt: Receipt, { maxFiles = 20, maxOutputLines = 20 } = {}): string[] {
  const { task, files, filesNote } = receipt
  const lines = [
    `Task ${task.number} ${receipt.result === 'open' ? 'is open' : receipt.result}: ${task.title}`,
    factsLine(receipt),
  ]
  if (receipt.summary) lines.push('', ...receipt.summary.trim().split('\n'))
  if (files) {
    const sum = (of: 'added' | 'deleted') => files.reduce((total, file) => total + (file[of] ?? 0), 0)
    lines.push(
      '',
      files.length === 0
        ? 'No files changed.'
        : `${plural(files.length, 'file')} changed, +${sum('added')} -${sum('deleted')}`,
    )
    for (const { change, path, from, added, deleted } of files.slice(0, maxFiles)) {
      lines.push(
        `  ${change} ${from ? `${from} → ` : ''}${path}${added === undefined ? '' : `  +${added} -${deleted ?? 0}`}`,
      )
    }
    if (files.length > maxFiles) lines.push(`  … and ${files.length - maxFiles} more`)
  }
  if (filesNote) lines.push(...(files ? [] : ['']), filesNote)
  if (receipt.checks.length > 0) lines.push('', 'Checks')
  for (const { name, ok, timedOut, exitCode, durationMs, output } of receipt.checks) {
    const how = timedOut ? ', out of time' : ok || exitCode === undefined ? '' : `, exit code ${exitCode}`
    lines.push(`  ${ok ? '✓' : '✗'} ${name} (${fineDuration(durationMs)}${how})`)
    if (!ok && output.trim())
      lines.push(
        ...output
          .trimEnd()
          .split('\n')
          .slice(-maxOutputLines)
          .map((line) => `      ${line}`),
      )
  }
  if (receipt.criteria.length > 0) lines.push('', 'Acceptance criteria')
  for (const { pass, criterion, evidence } of receipt.criteria)
    lines.push(`  ${pass ? '✓' : '✗'} ${criterion}`, `      ${evidence}`)
  for (const flag of receipt.flags) lines.push('', `! ${flag}`)
  if (receipt.gitWrites.length > 0)
    lines.push('', '! Written with git:', ...receipt.gitWrites.map((write) => `  ${write}`))
  if (receipt.commit) lines.push('', `Committed as ${receipt.commit.slice(0, 10)}`)
  if (receipt.answers.length > 0) lines.push('', 'Answers')
  for (const { asked, answer, by, waitedMs } of receipt.answers) {
    lines.push(`  ${asked}: ${answer}, by ${actorText(by)} after ${fineDuration(waitedMs)}`)
  }
  return lines
}

function factsLine({ tookMs, waitedMs, costUsd, turns, attempts }: Receipt): string {
  const facts = [
    tookMs !== undefined && fineDuration(tookMs),
    waitedMs >= 1000 && `${fineDuration(waitedMs)} of it waiting for an answer`,
    costUsd > 0 && usd(costUsd),
    turns > 0 && plural(turns, 'turn'),
    attempts.length > 1 && plural(attempts.length, 'attempt'),
  ]
  return facts.filter(Boolean).join(' · ')
}
