import type { Ask } from '../../core/types.ts'
import { pre } from '../../text/document/nodes.ts'
import type { AskView } from '../views.ts'
import { hiddenWarning, mixedWarning } from './approval.ts'
import type { AskParts } from './ask-parts.ts'
import { oneLine, reveal } from './clean.ts'
import type { MessageSection } from './compose.ts'
import { grantWords } from './grant.ts'
import { heading, taskOfTotal } from './parts.ts'

/** How the text of a tool's call is coloured, and what its document ends with. */
const LANGUAGES: Record<string, string> = {
  Bash: 'bash',
  Edit: 'diff',
  MultiEdit: 'diff',
  Write: 'diff',
  ExitPlanMode: 'markdown',
}
const ENDINGS: Record<string, string> = { bash: 'sh', diff: 'diff', markdown: 'md' }

/** Allow Claude to use this tool with exactly this input? */
export function permissionSections({ ask, task, total }: AskView): AskParts {
  const shown = reveal(ask.text)
  const language = LANGUAGES[ask.tool?.name ?? '']
  const about = task ? `${taskOfTotal(ask.task, total)} · ${task.spec.title}` : taskOfTotal(ask.task, total)
  return {
    sections: [
      {
        text: oneLine(`${ask.title}?`, Number.POSITIVE_INFINITY),
        as: (text) => heading('🔐', text, about),
        keep: 'head',
      },
      shown.hidden && hiddenWarning(),
      mixedWarning(`${ask.title}\n${ask.text}`),
      { text: shown.text, as: (text) => [pre(text, language)], keep: 'ends' },
      ask.state === 'open' && grantSection(ask),
    ],
    documentName: `permission-task-${ask.task}.${ENDINGS[language ?? ''] ?? 'txt'}`,
    hint: 'Reply to deny with a reason.',
  }
}

/** What "Allow for this task" would allow beyond this one call. */
function grantSection(ask: Ask): MessageSection {
  const words = ask.options.some((option) => option.choice === 'allow-task') && grantWords(ask)
  return words && ['“Allow for this task”: ', ...words, ', until the task ends.']
}
