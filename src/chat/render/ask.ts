import { wholeText } from '../../core/asks/asks.ts'
import { decidersText } from '../../core/asks/deciders.ts'
import { italic } from '../../text/document/nodes.ts'
import type { Moment } from '../../text/times.ts'
import type { Message } from '../message.ts'
import type { AskView } from '../views.ts'
import { approvalSections } from './approval.ts'
import type { AskParts } from './ask-parts.ts'
import { choiceButtons } from './buttons.ts'
import { oneLine } from './clean.ts'
import { CLOSED_UNITS, compose, composeWholeOrShort, type MessageSection, OPEN_UNITS } from './compose.ts'
import { decisionLines } from './decision.ts'
import { failureSections } from './failure.ts'
import { messageOf, taskOfTotal } from './parts.ts'
import { permissionSections } from './permission.ts'
import { questionMessage } from './question.ts'
import { reviewSections } from './review.ts'

/** For the line that says who may decide. */
const MAX_DECIDERS_UNITS = 400

/** Larger texts are decided where they can be read. */
const MAX_DOCUMENT_UNITS = 12_000_000

/**
 * The message of an ask: open, with everything needed to decide and its buttons; closed, the same without buttons and with
 * what was decided. What cannot be shown whole, here or as a document, cannot be approved here.
 */
export function renderAsk(view: AskView, moment: Moment): Message {
  const { ask } = view
  if (ask.kind === 'question') return questionMessage(view, moment)
  const parts = partsOf(view)
  const open = ask.state === 'open'
  const body = composeWholeOrShort(parts.sections)
  const content = parts.document ?? (body.whole ? undefined : (parts.whole ?? `${wholeText(ask)}\n`))
  const tooLarge = content !== undefined && content.length > MAX_DOCUMENT_UNITS
  const note = tooLarge
    ? '⚠️ Too large to show here: decide in the terminal or on the dashboard.'
    : open &&
      [content !== undefined && `All of it is in ${parts.documentName}, above.`, parts.hint].filter(Boolean).join(' ')
  const decided = decisionLines(ask, moment)
  const who = decidersText(ask)
  const sections: MessageSection[] = [
    body.nodes,
    who !== undefined && ['👤 ', oneLine(who, MAX_DECIDERS_UNITS)],
    note ? [italic(note)] : false,
    decided.length > 0 && decided,
  ]
  const fitted = compose(sections, open ? OPEN_UNITS : CLOSED_UNITS)
  if (!open) return messageOf(fitted, { silent: true })
  const caption = `${taskOfTotal(ask.task, view.total)} · ${ask.title}`
  const document = content === undefined || tooLarge ? undefined : { name: parts.documentName, caption, content }
  const buttons = choiceButtons(ask, { withoutBinding: tooLarge, needsDocument: document !== undefined })
  return messageOf(fitted, { buttons, ...(document && { document }) })
}

function partsOf(view: AskView): AskParts {
  switch (view.ask.kind) {
    case 'approval':
    case 'question':
      return approvalSections(view)
    case 'permission':
      return permissionSections(view)
    case 'review':
      return reviewSections(view)
    case 'failure':
      return failureSections(view)
  }
}
