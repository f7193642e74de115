import type { WordsForm } from '../chat/transport.ts'
import { cut } from '../text/cut.ts'
import { toPlain } from '../text/document/layout.ts'

/** How a form of ours is known again when it comes back. */
export const FORM_ID = 'baton-words'
/** Of the one field, and of what holds it. */
export const FIELD = 'words'

const TITLE_UNITS = 24
const BODY_UNITS = 2_900
const INPUT_UNITS = 3_000

/** What a form carries with it: Slack gives it back as it was. */
export interface FormPlace {
  data: string
  channel: string
  messageId: string
  thread?: string
}

/** A view with one field for own words. */
export function wordsView({ data, title, body }: WordsForm, place: Omit<FormPlace, 'data'>): object {
  const asked = cut(toPlain(body), BODY_UNITS)
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })
  return {
    type: 'modal',
    callback_id: FORM_ID,
    private_metadata: JSON.stringify({ data, ...place }),
    title: plain(cut(title, TITLE_UNITS)),
    submit: plain('Send'),
    close: plain('Cancel'),
    blocks: [
      ...(asked.trim() === '' ? [] : [{ type: 'section', text: plain(asked) }]),
      {
        type: 'input',
        block_id: FIELD,
        label: plain('Your words'),
        element: { type: 'plain_text_input', action_id: FIELD, multiline: true, max_length: INPUT_UNITS },
      },
    ],
  }
}

/** Reads what a form of ours carried; undefined for any other. */
export function formPlaceOf(metadata: string): FormPlace | undefined {
  try {
    const { data, channel, messageId, thread } = JSON.parse(metadata) as Record<string, unknown>
    if (typeof data !== 'string' || typeof channel !== 'string' || typeof messageId !== 'string') return undefined
    return { data, channel, messageId, ...(typeof thread === 'string' && { thread }) }
  } catch {
    return undefined
  }
}
