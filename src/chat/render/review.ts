import type { AskView } from '../views.ts'
import type { AskParts } from './ask-parts.ts'
import { readable } from './clean.ts'
import { bindingHeading, taskOfTotal } from './parts.ts'
import { shortPatch } from './patch.ts'
import { isShownWhole, resultSections } from './receipt.ts'

/** Is the result good? */
export function reviewSections({ ask, task, total, result, patch }: AskView): AskParts {
  const changes = shortPatch(patch ?? '')
  const document = `${ask.title}\n\n${ask.text}\n${patch ? `\n${patch}` : ''}`
  return {
    sections: [
      bindingHeading(
        ask.about === 'guard' ? '⚠️' : '👀',
        ask.about === 'guard'
          ? `Accept ${taskOfTotal(ask.task, total).toLowerCase()} despite the findings?`
          : `Accept ${taskOfTotal(ask.task, total).toLowerCase()}?`,
        task?.spec.title ?? result?.title ?? ask.title,
      ),
      ...(result
        ? resultSections(result)
        : [{ text: readable(ask.text), as: (text: string) => [text], keep: 'ends' as const }]),
      changes,
    ],
    documentName: patch ? `task-${ask.task}.diff` : `task-${ask.task}-review.txt`,
    whole: document,
    // Where the chat shows the result in short, the whole of it comes along.
    ...((changes === undefined || !isShownWhole(result ?? {})) && { document }),
    hint: 'Reply with what should be different to send it back.',
  }
}
