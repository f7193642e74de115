import { originText } from '../../core/origin.ts'
import type { Task } from '../../core/types.ts'
import { bold, code, fold, italic, type Node, pre } from '../../text/document/nodes.ts'
import { mixedWords } from '../../text/scripts.ts'
import type { AskView } from '../views.ts'
import type { AskParts } from './ask-parts.ts'
import { oneLine, reveal } from './clean.ts'
import type { MessageSection } from './compose.ts'
import { aroundLines } from './lines-apart.ts'
import { bindingHeading, facts, heading, taskOfTotal } from './parts.ts'

/** Start this task? Raise the budget? */
export function approvalSections({ ask, task, total }: AskView): AskParts {
  const documentName = `task-${ask.task}.md`
  if (ask.about === 'undo')
    return { sections: [heading('⏪', ask.title), ...aroundLines(ask.text, ask.hunks ?? '')], documentName }
  if (ask.about !== undefined || !task) {
    const mark = ask.about === undefined ? '🚦' : ask.about === 'machine' ? '🖥️' : '💰'
    return {
      sections: [heading(mark, ask.title), { text: reveal(ask.text).text, as: (text) => [text], keep: 'ends' }],
      documentName,
    }
  }
  return { sections: taskSections(task, total), documentName }
}

/** Everything that goes to Claude, or is run, with nothing hidden in it. */
function taskSections({ number, spec }: Task, total: number): MessageSection[] {
  let hidden = false
  const show = (text: string): string => {
    const revealed = reveal(text)
    hidden ||= revealed.hidden
    return revealed.text
  }
  const place = oneLine(originText(spec.origin), Number.POSITIVE_INFINITY)
  const title = show(spec.title)
  const description = show(spec.description ?? '')
  const criteria = spec.criteria.map((criterion) => `• ${show(criterion)}`).join('\n')
  const instruction = show(spec.instruction)
  return [
    bindingHeading('🚦', `Start ${taskOfTotal(number, total).toLowerCase()}?`, title, [
      italic(facts(spec.type && oneLine(spec.type), spec.priority !== 'medium' && `${spec.priority} priority`, place)),
    ]),
    hidden && hiddenWarning(),
    mixedWarning(
      [spec.title, spec.description, spec.criteria, spec.instruction, spec.run, spec.verify].flat().join('\n'),
    ),
    { text: description, as: (text) => [text], keep: 'head' },
    { text: criteria, as: (text) => [bold('Acceptance criteria'), '\n', text], keep: 'head' },
    ...(spec.run
      ? commandSections('Runs these commands (no Claude)', spec.run.map(show), (text) => [pre(text, 'bash')])
      : [
          {
            text: instruction,
            as: (text: string) => [bold('Instruction'), '\n', fold(text)],
            keep: 'ends' as const,
          },
        ]),
    ...commandSections('Checks', spec.verify.map(show), codeLines),
  ]
}

/** One-line commands are grouped; each script is separate, so that one shell and several can be distinguished. */
function commandSections(label: string, commands: string[], plain: (text: string) => Node[]): MessageSection[] {
  const parts: { text: string; isScript: boolean }[] = []
  for (const command of commands) {
    const last = parts.at(-1)
    if (command.includes('\n')) parts.push({ text: command, isScript: true })
    else if (last && !last.isScript) last.text += `\n${command}`
    else parts.push({ text: command, isScript: false })
  }
  return parts.map(({ text, isScript }, index) => ({
    text,
    as: (shown) => [...(index === 0 ? [bold(label), '\n'] : []), ...(isScript ? [pre(shown, 'bash')] : plain(shown))],
    keep: 'ends',
  }))
}

function codeLines(text: string): Node[] {
  return text.split('\n').flatMap((line, i) => [...(i === 0 ? [] : ['\n']), code(line)])
}

/** Shown above a text in which something was made visible. */
export function hiddenWarning(): MessageSection {
  return ['⚠️ ', bold('It contains characters that are invisible or look like others'), '; they are shown as ⟦U+…⟧.']
}

/** Shown above a text in which a word mixes scripts: letters that look alike. */
export function mixedWarning(text: string): MessageSection {
  const words = mixedWords(text)
  return (
    words.length > 0 && ['⚠️ ', bold('Letters from several scripts in one word'), `: ${oneLine(words.join('; '), 400)}`]
  )
}
