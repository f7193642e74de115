import { BINDING } from '../../core/asks/choices.ts'
import type { Ask, Choice } from '../../core/types.ts'
import { encodeTap, type Snooze } from '../callback.ts'
import type { Button } from '../message.ts'

/** Characters of a label that a phone shows over the whole width. */
export const BUTTON_UNITS = 34

const STYLES: Partial<Record<Choice, Button['style']>> = {
  approve: 'success',
  allow: 'success',
  accept: 'success',
  retry: 'primary',
  reject: 'danger',
  deny: 'danger',
}

/** Of an ask about an undo the one that leaves all as it is does no harm. */
const UNDO_STYLES: typeof STYLES = { approve: 'success', undo: 'danger' }

/** The buttons of an ask, as its options say. `withoutBinding`: nothing can be approved here. */
export function choiceButtons(ask: Ask, options: { withoutBinding: boolean; needsDocument: boolean }): Button[][] {
  const { withoutBinding, needsDocument } = options
  const hint: Button = { text: 'Retry with a hint', data: encodeTap({ kind: 'hint', askId: ask.id }) }
  const buttons = ask.options
    .filter(({ choice }) => !(withoutBinding && BINDING.includes(choice)))
    // The two that decide are side by side.
    .sort((a, b) => Number(a.choice === 'allow-task') - Number(b.choice === 'allow-task'))
    .map(({ choice, label }): Button => {
      const style = (ask.about === 'undo' ? UNDO_STYLES : STYLES)[choice]
      return {
        text: label.trim() === '' ? choice : label,
        data: encodeTap({ kind: 'choice', askId: ask.id, choice }),
        ...(style && { style }),
        ...(needsDocument && BINDING.includes(choice) && { needsDocument: true as const }),
      }
    })
  const hasHint = ask.kind === 'failure' && ask.about === undefined
  return inRows(hasHint ? [...buttons, hint] : buttons)
}

/** Asks when to remind the person of an ask. */
export const snoozeButton = (askId: string): Button => ({ text: 'Snooze', data: encodeTap({ kind: 'snooze', askId }) })

/** When to remind the person of an ask. */
export const snoozeTimes = (askId: string): Button[] =>
  SNOOZE_TIMES.map(([text, until]) => ({ text, data: encodeTap({ kind: 'snooze', askId, until }) }))

/** When one can be reminded again, by what the button says. */
export const SNOOZE_TIMES: readonly (readonly [label: string, until: Snooze])[] = [
  ['30 min', '30m'],
  ['Tonight', 'tonight'],
  ['Tomorrow', 'tomorrow'],
]

/** The same in the place of an ask's own buttons, with a way back. */
export const snoozeRows = (askId: string): Button[][] => [
  snoozeTimes(askId),
  [{ text: '← Back', data: encodeTap({ kind: 'snooze', askId, until: 'back' }) }],
]

/** Labels of at most this many units share a row by three, by two. */
const THIRD_UNITS = 10
const HALF_UNITS = 15

/** Puts buttons into rows that leave none alone beside a gap: threes, pairs, or a list. */
export function inRows(buttons: Button[]): Button[][] {
  const short = buttons.filter((button) => button.text.length <= HALF_UNITS)
  const long = buttons.filter((button) => button.text.length > HALF_UNITS)
  if (long.length === 0 || short.length === buttons.length - 1) {
    const perRow =
      short.length === 3 && short.every((button) => button.text.length <= THIRD_UNITS)
        ? 3
        : short.length % 2 === 0
          ? 2
          : 1
    if (long.length === 0 || buttons.at(-1) === long[0]) return [...inGroups(short, perRow), ...inGroups(long, 1)]
  }
  return inGroups(buttons, 1)
}

function inGroups<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
