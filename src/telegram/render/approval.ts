import type { Task } from '../../core/types.ts'
import type { AskView } from '../views.ts'
import type { AskParts } from './ask-parts.ts'
import { oneLine, reveal, tidy } from './clean.ts'
import type { Section } from './compose.ts'
import { bindingHeading, facts, heading, taskOf } from './parts.ts'
import { bold, code, fold, italic, type Node, pre } from './rich.ts'

/** May this task start, may the budget be raised? */
export function approvalSections({ ask, task, total }: AskView): AskParts {
  const documentName = `task-${ask.task}.md`
  if (ask.about !== undefined || !task) {
    const mark = ask.about === undefined ? '🚦' : '💰'
    return {
      sections: [heading(mark, ask.title), { text: tidy(ask.text), as: (text) => [text], keep: 'ends' }],
      documentName,
    }
  }
  return { sections: taskSections(task, total), documentName }
}

function taskSections({ number, spec }: Task, total: number): Section[] {
  const instruction = reveal(spec.instruction)
  const commands = reveal((spec.run ?? []).join('\n'))
  const verify = reveal(spec.verify.join('\n'))
  const place = oneLine(`${spec.file}:${spec.line}`, Number.POSITIVE_INFINITY)
  return [
    bindingHeading('🚦', `May ${taskOf(number, total).toLowerCase()} start?`, spec.title, [
      italic(facts(spec.type && oneLine(spec.type), `${spec.priority} priority`, place)),
    ]),
    (instruction.hidden || commands.hidden || verify.hidden) && hiddenWarning(),
    spec.description !== undefined && { text: tidy(spec.description), as: (text) => [text], keep: 'head' },
    spec.criteria.length > 0 && {
      text: spec.criteria.map((criterion) => `• ${tidy(criterion)}`).join('\n'),
      as: (text) => [bold('Done when'), '\n', text],
      keep: 'head',
    },
    spec.run
      ? { text: commands.text, as: (text) => [bold('Runs, without Claude'), '\n', pre(text, 'bash')], keep: 'ends' }
      : { text: instruction.text, as: (text) => [bold('Claude is told'), '\n', fold(text)], keep: 'ends' },
    spec.verify.length > 0 && {
      text: verify.text,
      as: (text) => [bold('Then checked by'), '\n', ...codeLines(text)],
      keep: 'ends',
    },
  ]
}

function codeLines(text: string): Node[] {
  return text.split('\n').flatMap((line, i) => [...(i === 0 ? [] : ['\n']), code(line)])
}

/** Said above a text in which something was made visible. */
export function hiddenWarning(): Section {
  return ['⚠️ ', bold('It contains characters that cannot be seen'), '; they are shown as ⟦U+…⟧.']
}
