import { usd } from '../../text/amounts.ts'
import { PHONE_COLUMNS } from '../../text/document/layout.ts'
import { bold, pre } from '../../text/document/nodes.ts'
import type { Message } from '../message.ts'
import type { CostView } from '../views.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { bar } from './marks.ts'
import { heading, messageOf } from './parts.ts'
import { cell } from './table.ts'

/** The answer to /cost. */
export function renderCost({ todayUsd, dayBudgetUsd, run, runBudgetUsd, tasks }: CostView): Message {
  const rows = tasks
    .filter((task) => task.costUsd > 0)
    .map((task) => row(`${task.number} ${oneLine(task.title, 100)}`, usd(task.costUsd)))
  const fitted = compose([
    heading('💰', 'Cost'),
    [bold('Today '), spent(todayUsd, dayBudgetUsd)],
    run !== undefined && [bold('This run '), spent(run.costUsd, runBudgetUsd)],
    { text: rows.join('\n'), as: (text) => [pre(text)], keep: 'tail' },
  ])
  return messageOf(fitted, { silent: true })
}

function spent(amount: number, budget: number | undefined): string {
  if (budget === undefined || budget <= 0) return usd(amount)
  const percent = Math.round((amount / budget) * 100)
  return `${usd(amount)} of ${usd(budget)}\n${bar(Math.min(amount, budget) * 100, budget * 100)} ${percent}%`
}

function row(title: string, cost: string): string {
  return `${cell(title, PHONE_COLUMNS - cost.length - 1)} ${cost}`
}
