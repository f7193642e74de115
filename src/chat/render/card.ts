import { bold, type Node } from '../../text/document/nodes.ts'
import type { Moment } from '../../text/times.ts'
import { encodeTap } from '../callback.ts'
import type { Card, CardButton, CardOutcome, KeptCard } from '../cards/card.ts'
import type { Message } from '../message.ts'
import { inRows } from './buttons.ts'
import { oneLine, readable } from './clean.ts'
import { compose } from './compose.ts'
import { byWhom } from './decision.ts'
import { heading, messageOf } from './parts.ts'

/** Longest line about what became of it, in UTF-16 units. */
const MAX_TEXT = 300

/** A card with the buttons that still do something, and what became of the others. */
export function renderCard(
  card: Pick<KeptCard, keyof Card | 'outcomes'>,
  open: { button: CardButton; place: number }[],
  moment: Moment,
): Message {
  const outcomes = card.outcomes.flatMap((outcome, i): Node[] => [i === 0 ? '' : '\n', ...outcomeLine(outcome, moment)])
  const buttons = open.map(({ button: { label, style, needsDocument }, place }) => ({
    text: oneLine(label, 60) || 'OK',
    data: encodeTap({ kind: 'card', cardId: card.id, button: place }),
    ...(style && { style }),
    ...(needsDocument && { needsDocument }),
  }))
  const fitted = compose([
    heading(card.mark, card.title),
    { text: readable(card.body), as: (text) => [text], keep: 'ends' },
    outcomes,
  ])
  return messageOf(fitted, { silent: card.silent, buttons: inRows(buttons) })
}

function outcomeLine({ mark, word, by, at, text }: CardOutcome, moment: Moment): Node[] {
  return [
    `${mark} `,
    bold(word),
    ...(by ? [` by ${byWhom({ by, at }, moment)}`] : []),
    ...(text === undefined ? [] : [`: ${oneLine(text, MAX_TEXT)}`]),
  ]
}
