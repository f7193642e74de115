import { wholeText } from '../../core/asks/asks.ts'
import { decidersText } from '../../core/asks/deciders.ts'
import type { Ask } from '../../core/types.ts'
import { wrapWhole } from '../../text/fit-columns.ts'
import { askTitle } from './ask-title.ts'
import { clean, mixedLine } from './clean.ts'
import type { Paint } from './paint.ts'

const KIND: Record<Ask['kind'], string> = {
  approval: 'Approval',
  permission: 'Permission',
  question: 'Question',
  review: 'Review',
  failure: 'Failure',
}

/**
 * An ask as it is printed for the person who decides: whole, never cut, and nothing in it can hide. On a terminal of so many
 * `columns` words stay whole; a command is left to the terminal, so that it is copied as it is.
 */
export function askLines(ask: Ask, paint: Paint, columns?: number): string[] {
  const text = clean(ask.text)
  const wraps = columns !== undefined && ask.kind !== 'permission' && !isDiff(text)
  const fitted = (line: string) => (wraps ? wrapWhole(line, Math.max(20, columns - 3)) : [line])
  const mixed = mixedLine(wholeText(ask))
  const who = decidersText(ask)
  const body =
    ask.kind === 'question'
      ? []
      : [
          ...saidBy('Claude', ask.description, paint),
          ...text.split('\n').flatMap((line) => (isDiff(text) ? [diffLine(line, paint)] : fitted(line))),
          ...saidBy('Claude Code', ask.remark, paint),
        ]
  return [
    `${paint('yellow', '?')} ${paint('bold', heading(ask))}`,
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    ...(mixed === undefined ? [] : [`  ${paint('yellow', mixed)}`]),
    ...(who === undefined ? [] : [`  ${paint('bold', clean(who))}`]),
    ...questionLines(ask, paint).map((line) => (line === '' ? '' : `  ${line}`)),
  ]
}

/** `Approval · Start task 3: Login?`; a single question is below it and is not said twice. */
function heading(ask: Ask): string {
  const [question, ...others] = ask.questions ?? []
  const isBelow = ask.kind === 'question' && others.length === 0 && question?.question === ask.title
  return `${KIND[ask.kind]} · ${isBelow ? `task ${ask.task}` : askTitle(ask)}`
}

/** Remarks on a call are kept apart from it, so that nobody takes them for part of a command. */
function saidBy(speaker: 'Claude' | 'Claude Code', words: string | undefined, paint: Paint): string[] {
  if (words === undefined || words === '') return []
  const lines = clean(`${speaker}: ${words}`)
    .split('\n')
    .map((line) => paint('dim', line))
  return speaker === 'Claude' ? [...lines, ''] : ['', ...lines]
}

/** All questions with their options; a question without this form is shown as its text. */
function questionLines(ask: Ask, paint: Paint): string[] {
  if (ask.kind !== 'question') return []
  const questions = ask.questions ?? []
  if (questions.length === 0) return clean(ask.text).split('\n')
  return questions.flatMap((question, i) => {
    const number = questions.length > 1 ? `${i + 1}) ` : ''
    const several = question.multiSelect ? paint('dim', ' (several can be chosen)') : ''
    const [first = '', ...rest] = clean(question.question).split('\n')
    const options = question.options.flatMap((option, j) => {
      const [label = '', ...more] = clean(option.label).split('\n')
      const about =
        option.description && option.description !== option.label
          ? clean(option.description)
              .split('\n')
              .map((line) => paint('dim', `     ${line}`))
          : []
      return [`  ${j + 1}. ${[label, ...more].join(' ')}`, ...about]
    })
    return [...(i > 0 ? [''] : []), `${number}${first}${several}`, ...rest, ...options]
  })
}

const isDiff = (text: string) => /^--- .*\n\+\+\+ /m.test(text)

export function diffLine(line: string, paint: Paint): string {
  if (line.startsWith('+++ ') || line.startsWith('--- ')) return paint('bold', line)
  if (line.startsWith('@@')) return paint('cyan', line)
  if (line.startsWith('+')) return paint('green', line)
  return line.startsWith('-') ? paint('red', line) : line
}
