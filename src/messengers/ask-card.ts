import type { Card, CardButton } from '../chat/cards/card.ts'
import type { Attachment } from '../chat/message.ts'
import { SNOOZE_TIMES } from '../chat/render/buttons.ts'
import { BINDING } from '../core/asks/choices.ts'
import type { AskedElsewhere, RunElsewhere } from '../core/elsewhere.ts'
import { plural } from '../text/amounts.ts'

/** More than this a message may not show whole on every platform. */
const MOST_SHOWN = 1_500
const MARKS: Record<AskedElsewhere['kind'], string> = {
  approval: '🚦',
  permission: '🔐',
  question: '❓',
  review: '👀',
  failure: '❌',
}

/** The card of an ask of another machine. */
export const cardIdOf = (ask: string) => `asked.${ask}`

/** The newest reminder of it. */
export const reminderIdOf = (ask: string) => `reminded.${ask}`

/** That another machine still waits for an answer. */
export function reminderCard({ ask, machine }: { ask: AskedElsewhere; machine: string }): Card {
  const to = { machine, ask: ask.id, hash: ask.hash }
  return {
    id: reminderIdOf(ask.id),
    reminds: cardIdOf(ask.id),
    mark: '⏰',
    title: `${machine}: Still waiting for you`,
    body: ask.shown.title,
    buttons: SNOOZE_TIMES.map(([label, until]) => ({ label, does: { type: 'snooze', to, until } })),
    exclusive: true,
    silent: false,
  }
}

/** What another machine asks, as a card: its options as buttons, and words as a reply. */
export function askCard(
  { ask, machine }: { ask: AskedElsewhere; machine: string },
  timeOf: (iso: string) => string,
): {
  card: Card
  document?: Attachment
} {
  const { id, hash, kind, options, questions = [], deciders, snoozed, shown } = ask
  const to = { machine, ask: id, hash }
  const whole = wordsOf(ask)
  const isLong = whole.length > MOST_SHOWN
  const [question, ...others] = questions
  const isPicked = question !== undefined && others.length === 0 && !question.multiSelect
  const buttons = options
    // Whatever needs words, or several picks, is said in words.
    .filter(({ choice, label }) =>
      choice === 'answer'
        ? isPicked && question.options.some((option) => option.label === label)
        : choice !== 'send-back',
    )
    .map(
      ({ choice, label }): CardButton => ({
        label,
        does: { type: 'answer', to, said: { answer: choice === 'answer' ? label : { choice } } },
        ...(isLong && BINDING.includes(choice) && { needsDocument: true }),
      }),
    )
  const hint = 'Or reply to this message in your own words.'
  const card: Card = {
    id: cardIdOf(id),
    asks: to,
    mark: MARKS[kind],
    title: `${machine}: ${shown.title}`,
    body: [
      whole,
      deciders && `👤 ${deciders}`,
      snoozed && `💤 Snoozed until ${timeOf(snoozed.until)} by ${snoozed.by}`,
      hint,
    ]
      .filter(Boolean)
      .join('\n\n'),
    buttons: [...buttons, { label: 'Snooze', does: { type: 'snooze-when' } }],
    exclusive: true,
    silent: false,
  }
  return {
    card,
    ...(isLong && { document: { name: `${kind}.txt`, caption: card.title, content: `${whole}\n` } }),
  }
}

/** That a run of another machine is over. */
export function endedCard({
  machine,
  project,
  status,
  session_id,
  completed_tasks,
  total_tasks,
  task_files,
}: RunElsewhere): Card {
  const done = `${completed_tasks} of ${plural(total_tasks, 'task')} done`
  return {
    id: `ended.${session_id}`,
    mark: status === 'done' ? '✅' : status === 'failed' ? '❌' : '⏹',
    title: `${machine}: ${project} ${status}`,
    body: `${done}: ${task_files.join(', ')}`,
    ...{ buttons: [], exclusive: true, silent: false },
  }
}

/** Everything that a person needs to decide. */
function wordsOf({ shown }: AskedElsewhere): string {
  const { text, description, remark, mixed, questions, grant } = shown
  const asked = questions.flatMap(({ question, options }) => [
    question,
    ...options.map(({ label, description }) => `• ${label}${description ? `: ${description}` : ''}`),
  ])
  const isMixed = mixed.length > 0 && `⚠️ Letters of several scripts: ${mixed.join(', ')}`
  const isGrant = grant && `“Allow for this task”: ${grant.before}${grant.kind ?? ''}${grant.after}`
  return [text, asked.join('\n'), description, remark, isMixed, isGrant].filter(Boolean).join('\n\n')
}
