import { wholeText } from '../../core/asks/asks.ts'
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
  const description = reveal(ask.description ?? '')
  const remark = reveal(ask.remark ?? '')
  const language = LANGUAGES[ask.tool?.name ?? '']
  const about = task ? `${taskOfTotal(ask.task, total)} · ${task.spec.title}` : taskOfTotal(ask.task, total)
  return {
    sections: [
      {
        text: oneLine(`${ask.title}?`, Number.POSITIVE_INFINITY),
        as: (text) => heading('🔐', text, about),
        keep: 'head',
      },
      (shown.hidden || description.hidden || remark.hidden) && hiddenWarning(),
      mixedWarning(wholeText(ask)),
      { text: description.text, as: (text) => ['Claude: ', text], keep: 'head' },
      { text: shown.text, as: (text) => [pre(text, language)], keep: 'ends' },
      { text: remark.text, as: (text) => ['Claude Code: ', text], keep: 'head' },
      ask.state === 'open' && grantSection(ask),
    ],
    documentName: `permission-task-${ask.task}.${ENDINGS[language ?? ''] ?? 'txt'}`,
    // What is said of the call is short nearly always; then the document, too, is the call byte for byte.
    ...(isBrief(ask) && { whole: ask.text }),
    hint: 'Reply to deny with a reason.',
  }
}

/** Units of what is said of a call, within which none of it is ever cut. */
const BRIEF_UNITS = 400

const isBrief = ({ description = '', remark = '' }: Ask) => description.length + remark.length <= BRIEF_UNITS

/** What "Allow for this task" would allow beyond this one call. */
function grantSection(ask: Ask): MessageSection {
  const words = ask.options.some((option) => option.choice === 'allow-task') && grantWords(ask)
  return words && ['“Allow for this task”: ', ...words, ', until the task ends.']
}
