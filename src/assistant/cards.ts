import type { Card, CardAct, CardButton } from '../chat/cards/card.ts'
import type { Attachment } from '../chat/message.ts'
import type { DayButton, DayMessage } from '../planner/day-message.ts'
import type { OpenPlan } from '../planner/plan.ts'
import { plural } from '../text/amounts.ts'
import type { Broken, FoundTasks } from '../watch/watch.ts'

/** What the phone shows of a plan: the file as a document, and what can be done with it. */
export function planCard(plan: OpenPlan, titles: readonly string[]): { card: Card; document?: Attachment } {
  const { id, project, version, state, text, problems, error, name, by } = plan
  const does = (type: 'plan-start' | 'plan-change' | 'plan-drop'): CardAct => ({ type, plan: id, version })
  const isReady = state === 'ready' && text !== undefined
  const canStart = isReady && problems.length === 0
  const buttons: CardButton[] = [
    ...(canStart
      ? [{ label: 'Start', does: does('plan-start'), style: 'success' as const, needsDocument: true as const }]
      : []),
    { label: 'Change', does: does('plan-change') },
    { label: 'Discard', does: does('plan-drop'), style: 'danger' },
  ]
  const which = version > 1 ? ` (version ${version})` : ''
  const title = canStart
    ? `A plan of ${plural(titles.length, 'task')}${which}`
    : isReady
      ? `A plan that cannot run as it is${which}`
      : `There is no plan${which}`
  const lines = canStart ? titles.map((one) => `• ${one}`) : isReady ? problems : [error ?? 'Claude did not write one.']
  const path = name === undefined || !isReady ? [] : [canStart ? `Start writes ${name}` : `Meant for ${name}`, '']
  const fileName = name?.split('/').at(-1) ?? 'plan.md'
  const card = {
    project,
    askedBy: by,
    id: `${id}.${version}`,
    mark: canStart ? '📋' : '⚠️',
    title,
    body: [...path, ...lines].join('\n'),
    buttons,
  }
  return {
    card: { ...card, exclusive: true, silent: false },
    ...(isReady && { document: { name: fileName, caption: `Draft ${version}: ${name ?? fileName}`, content: text } }),
  }
}

const LATER: CardButton = { label: 'Later', does: { type: 'later' } }

/** New tasks in a file, to be started or left. */
export function foundCard(id: string, { project, file, newTasks, titles }: FoundTasks): Card {
  return {
    project,
    id,
    mark: '🆕',
    title: `${plural(newTasks, 'new task')} in ${file}`,
    body: titles.map((title) => `• ${title}`).join('\n'),
    buttons: [{ label: 'Start', does: { type: 'start', project, files: [file] }, style: 'success' }, LATER],
    exclusive: true,
    silent: false,
  }
}

/** A file that cannot be run. */
export function brokenCard(id: string, { project, file, problems }: Broken): Card {
  const title = `${file} cannot run as it is`
  return { project, id, mark: '⚠️', title, body: problems.join('\n\n'), buttons: [], exclusive: true, silent: false }
}

/** A note that a plan can be made from. */
export function noteCard(id: string, { project, file }: { project: string; file: string }): Card {
  return {
    project,
    id,
    mark: '🗒',
    title: `New note: ${file}. Turn it into tasks?`,
    body: '',
    buttons: [{ label: 'Plan', does: { type: 'plan', project, note: file }, style: 'success' }, LATER],
    exclusive: true,
    silent: false,
  }
}

/** The morning's or the evening's message. */
export function dayCard(id: string, { kind, title, sections, buttons }: DayMessage): Card {
  const body = sections.map(({ heading, lines }) => [...(heading === undefined ? [] : [heading]), ...lines].join('\n'))
  return {
    id,
    mark: kind === 'morning' ? '🌅' : '🌙',
    title,
    body: body.join('\n\n'),
    buttons: buttons.map(dayButton),
    exclusive: false,
    silent: false,
  }
}

function dayButton({ label, does }: DayButton): CardButton {
  return { label, does, ...(does.type === 'start' && { style: 'success' as const }) }
}
