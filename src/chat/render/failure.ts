import { cutStart } from '../../text/cut.ts'
import { bold, pre } from '../../text/document/nodes.ts'
import type { AskView } from '../views.ts'
import type { AskParts } from './ask-parts.ts'
import { readable } from './clean.ts'
import { heading, taskOfTotal } from './parts.ts'

/** The log is only a help here; the whole of it is a tap away. */
const LOG_UNITS = 900

/** Retry, skip or stop? */
export function failureSections({ ask, task, total, logTail }: AskView): AskParts {
  const body = { text: readable(ask.text), as: (text: string) => [text], keep: 'ends' as const }
  const documentName = `task-${ask.task}-failure.txt`
  if (ask.about === 'credentials') return { sections: [heading('🔑', ask.title), body], documentName }
  return {
    sections: [
      heading('🔴', `${taskOfTotal(ask.task, total)} failed`, task?.spec.title),
      body,
      logTail !== undefined && {
        text: cutStart(readable(logTail), LOG_UNITS),
        as: (text) => [bold('Last log lines'), '\n', pre(text)],
        keep: 'tail',
      },
    ],
    documentName,
    hint: 'Reply with a hint, and Claude gets it with the retry.',
  }
}
