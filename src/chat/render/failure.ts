import { failedChecks, failedCheckText } from '../../core/proof/failed-check.ts'
import { cutStart } from '../../text/cut.ts'
import { fromMarkdown } from '../../text/document/markdown.ts'
import { bold, pre, quote } from '../../text/document/nodes.ts'
import type { AskView } from '../views.ts'
import type { AskParts } from './ask-parts.ts'
import { readable } from './clean.ts'
import type { MessageSection } from './compose.ts'
import { aroundLines } from './lines-apart.ts'
import { heading, taskOfTotal } from './parts.ts'
import { failedCheck } from './receipt.ts'

/** The log is only a help here; the whole of it is a tap away. */
const LOG_UNITS = 900

/** What failed, Claude's last words, what the check printed: each once. Retry, skip, undo or stop? */
export function failureSections({ ask, task, total, logTail }: AskView): AskParts {
  const body = { text: readable(ask.text), as: (text: string) => [text], keep: 'ends' as const }
  const documentName = `task-${ask.task}-failure.txt`
  if (ask.about === 'credentials') return { sections: [heading('🔑', ask.title), body], documentName }
  if (ask.hunks !== undefined && ask.text.includes(ask.hunks))
    return {
      sections: [
        heading('🔴', `${taskOfTotal(ask.task, total)} failed`, task?.spec.title),
        ...aroundLines(ask.text, ask.hunks),
      ],
      documentName,
    }
  // What the ask was opened with; the task may have continued since.
  const checks = failedChecks({ result: ask.text, ...(task?.proof && { proof: task.proof }) })
  const { lastWords } = task ?? {}
  const isSaid = lastWords !== undefined && ask.text.includes(lastWords)
  const parts: MessageSection[] =
    checks.length === 0
      ? [body]
      : [
          ...(isSaid
            ? [
                {
                  text: readable(lastWords),
                  as: (text: string) => [quote(...fromMarkdown(text))],
                  keep: 'ends' as const,
                },
              ]
            : []),
          ...checks.flatMap((check): MessageSection[] => [[readable(failedCheckText(check))], failedCheck(check)]),
          [lastLineOf(ask.text)],
        ]
  return {
    sections: [
      heading('🔴', `${taskOfTotal(ask.task, total)} failed`, task?.spec.title),
      ...parts,
      // Where nothing else says what went wrong.
      logTail !== undefined &&
        checks.length === 0 && {
          text: cutStart(readable(logTail), LOG_UNITS),
          as: (text) => [bold('Last log lines'), '\n', pre(text)],
          keep: 'tail',
        },
    ],
    documentName,
  }
}

const lastLineOf = (text: string): string => readable(text.trimEnd().split('\n').at(-1) ?? '')
