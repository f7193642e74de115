import type { Question } from '../../core/types.ts'
import { cut } from '../../text/cut.ts'
import { unitsOf } from '../../text/document/layout.ts'
import { bold, italic, type Node } from '../../text/document/nodes.ts'
import type { Moment } from '../../text/times.ts'
import { encodeTap, type QuestionTap } from '../callback.ts'
import { answerOf, type Dialog, newDialog } from '../dialog.ts'
import type { Button, Message } from '../message.ts'
import type { AskView } from '../views.ts'
import { BUTTON_UNITS, inRows } from './buttons.ts'
import { oneLine, reveal } from './clean.ts'
import { CLOSED_UNITS, compose, composeWholeOrShort } from './compose.ts'
import { decisionLines, labelOf } from './decision.ts'
import { heading, messageOf, taskOfTotal } from './parts.ts'

/** The message of a question: one question at a time, each option with a button. */
export function questionMessage({ ask, task, total, dialog }: AskView, moment: Moment): Message {
  const questions = ask.questions ?? []
  const state = dialog ?? newDialog(questions)
  const question = questions[state.step]
  const about = task ? `${taskOfTotal(ask.task, total)} · ${task.spec.title}` : taskOfTotal(ask.task, total)
  const count = questions.length > 1 ? ` (${state.step + 1} of ${questions.length})` : ''
  const header = question?.header ? ` · ${oneLine(question.header, 40)}` : ''
  const open = ask.state === 'open'
  const decided = decisionLines(ask, moment)
  const documentName = `question-task-${ask.task}.txt`
  const whereAll = [italic(`All of it is in ${documentName}, above.`)]
  const asked = open && question ? [question] : questions
  const body = composeWholeOrShort(
    [
      heading('❓', `Claude asks${open ? count : ''}${open ? header : ''}`, about),
      open && earlier(questions, state),
      ...(asked.length === 0
        ? [{ text: reveal(ask.text).text, as: (text: string) => [text], keep: 'ends' as const }]
        : []),
      ...asked.map((one) => ({
        text: optionLines(one, open ? state : undefined),
        as: (text: string): Node[] => [
          bold(cut(reveal(one.question).text, 1500)),
          ...(text === '' ? [] : ['\n\n', ...boldLabels(text, one)]),
        ],
        keep: 'head' as const,
      })),
      open && question !== undefined && [italic(hint(question))],
    ],
    unitsOf(decided) + (open ? unitsOf(whereAll) + 2 : 0),
  )
  const below = open && !body.whole ? whereAll : decided
  const fitted = below.length > 0 ? compose([body.nodes, below], CLOSED_UNITS) : body
  if (!open) return messageOf(fitted, { silent: true })
  const document = body.whole
    ? undefined
    : {
        name: documentName,
        caption: `${taskOfTotal(ask.task, total)} · What Claude asks, whole`,
        content: `${ask.title}\n\n${ask.text}\n`,
      }
  return messageOf(fitted, {
    buttons: question ? buttonsOf(ask.id, questions, state) : [],
    ...(document && { document }),
  })
}

/** The message that opens the reply field for Other…. */
export function otherMessage(view: AskView): Message {
  const question = view.ask.questions?.[view.dialog?.step ?? 0]
  const nodes: Node[] = [
    '✏️ ',
    bold('Your own answer'),
    '\n',
    cut(reveal(question?.question ?? view.ask.title).text, 600),
  ]
  return messageOf({ nodes }, { silent: true, asksForReply: 'Your answer' })
}

function earlier(questions: Question[], { step, replies }: Dialog): Node[] {
  return questions
    .slice(0, step)
    .flatMap((question, i): Node[] => [
      ...(i === 0 ? [] : ['\n']),
      `✓ ${labelOf(question.header ?? question.question)}`,
      bold(oneLine(answerOf(question, replies[i]), 80)),
    ])
}

/** One option a line, so that a line's number is its option's. */
function optionLines({ options, multiSelect }: Question, dialog: Dialog | undefined): string {
  const picked = dialog?.replies[dialog.step]?.picked ?? []
  return options
    .map(({ label, description }, i) => {
      const tick = multiSelect && dialog && picked.includes(i) ? ' ☑️' : ''
      return `${i + 1}. ${oneLine(label, 300)}${description ? ` – ${oneLine(description, 300)}` : ''}${tick}`
    })
    .join('\n')
}

/** Emphasises the labels; after the cut, so that no mark is ever cut. */
function boldLabels(text: string, { options }: Question): Node[] {
  return text.split('\n').flatMap((line, i): Node[] => {
    const start = `${i + 1}. `
    const label = oneLine(options[i]?.label ?? '', 300)
    const gap = i === 0 ? [] : ['\n']
    if (label === '' || !line.startsWith(start + label)) return [...gap, line]
    return [...gap, start, bold(label), line.slice(start.length + label.length)]
  })
}

function hint(question: Question): string {
  if (question.multiSelect) return 'Select all that apply, then Done – or reply in your own words.'
  return question.options.length > 0 ? 'Tap one, or reply in your own words.' : 'Reply in your own words.'
}

function buttonsOf(askId: string, questions: Question[], { step, replies }: Dialog): Button[][] {
  const question = questions[step] as Question
  const button = (text: string, tap: QuestionTap, style?: Button['style']): Button => ({
    text,
    data: encodeTap({ kind: 'question', askId, tap }),
    ...(style && { style }),
  })
  const picked = replies[step]?.picked ?? []
  // One label too long for a button, and all of them are numbered, so that they still read as one list.
  const numbered = question.options.some((option) => oneLine(option.label, 400).length > BUTTON_UNITS)
  const options = question.options.map((option, i) => {
    const label = oneLine(option.label, 400) || String(i + 1)
    const words = numbered ? cut(`${i + 1} · ${label}`, BUTTON_UNITS) : label
    const isOption = { isOption: true as const }
    if (!question.multiSelect) return { ...button(words, { do: 'pick', question: step, option: i }), ...isOption }
    const tick: QuestionTap = { do: picked.includes(i) ? 'untick' : 'tick', question: step, option: i }
    return { ...button(`${picked.includes(i) ? '☑' : '☐'} ${words}`, tick), ...isOption }
  })
  const other = button('Other…', { do: 'other', question: step })
  const done = button('Done', { do: 'finish', question: step }, 'success')
  const back = button('← Back', { do: 'back', question: step })
  return [...inRows(options), [...(step > 0 ? [back] : []), other, ...(question.multiSelect ? [done] : [])]]
}
