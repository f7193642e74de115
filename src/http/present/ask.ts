import type { z } from 'zod'
import { actorText } from '../../core/actors.ts'
import { decisionText, wholeText } from '../../core/asks/asks.ts'
import { choicesOf } from '../../core/asks/choices.ts'
import { decidersText } from '../../core/asks/deciders.ts'
import { type GrantWords, grantOfRule } from '../../core/asks/grant.ts'
import type { Ask } from '../../core/types.ts'
import { mixedWords } from '../../text/scripts.ts'
import { showUnseen } from '../../text/unseen.ts'
import type { ask, askBrief } from '../schemas/ask.ts'
import { iso, isoOrNull } from './moment.ts'

/** What distinguishes one ask from another. */
export function askBriefOf(row: Ask): z.output<typeof askBrief> {
  const { id, hash, kind, task, title, openedAt } = row
  return { id, hash, kind, task, title, openedAt: iso(openedAt), snoozed: snoozedOf(row) }
}

const snoozedOf = ({ snoozed }: Ask): z.output<typeof askBrief>['snoozed'] =>
  snoozed ? { until: iso(snoozed.until), by: showUnseen(actorText(snoozed.by)).text } : null

/** An ask with everything needed to decide. */
export function askOf(row: Ask, taskTitle: string): z.output<typeof ask> {
  return {
    id: row.id,
    kind: row.kind,
    task: row.task,
    title: row.title,
    text: row.text,
    ...(row.description !== undefined && { description: row.description }),
    ...(row.remark !== undefined && { remark: row.remark }),
    options: choicesOf(row),
    ...(row.deciders && row.state === 'open' && { deciders: showUnseen(decidersText(row) ?? '').text }),
    openedAt: iso(row.openedAt),
    session_id: row.runId,
    task_title: taskTitle,
    project: row.queue,
    hash: row.hash,
    state: row.state,
    closedAt: isoOrNull(row.closedAt),
    snoozed: snoozedOf(row),
    ...(row.remindedAt !== undefined && { remindedAt: iso(row.remindedAt) }),
    decision: row.state === 'open' ? null : decisionText(row),
    shown: shownOf(row, taskTitle),
    ...(row.about !== undefined && { about: row.about }),
    ...(row.questions && { questions: row.questions }),
    ...(row.tool && { tool: row.tool.name }),
    ...(row.rule !== undefined && { rule: row.rule }),
  }
}

/** What “Allow for this task” allows. */
function grantShown({ before, kind, after }: GrantWords, see: (words: string) => string) {
  return { before, ...(kind !== undefined && { kind: see(kind) }), after }
}

/** The words as a person must see them: what cannot be seen is made visible, and mixed scripts are named. */
function shownOf(row: Ask, taskTitle: string): z.output<typeof ask>['shown'] {
  const { title, text, description, remark, rule, questions = [] } = row
  const see = (words: string) => showUnseen(words).text
  return {
    title: see(title),
    text: see(text),
    ...(description !== undefined && { description: see(description) }),
    ...(remark !== undefined && { remark: see(remark) }),
    task_title: see(taskTitle),
    ...(rule !== undefined && { rule: see(rule), grant: grantShown(grantOfRule(rule), see) }),
    mixed: mixedWords(wholeText(row)).map(see),
    questions: questions.map(({ question, options }) => ({
      question: see(question),
      options: options.map(({ label, description }) => ({
        label: see(label),
        ...(description !== undefined && { description: see(description) }),
      })),
    })),
  }
}
