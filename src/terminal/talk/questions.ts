import type { Question } from '../../core/types.ts'
import { clean, cleanLine } from '../show/clean.ts'

/** A question with its options in short; all of it is above. */
export function questionPrompt(question: Question, index: number, count: number): string[] {
  const place = count > 1 ? `Question ${index + 1} of ${count}: ` : ''
  const options = question.options.map(({ label }, i) => `${i + 1} ${cleanLine(label)}`)
  const how =
    question.options.length === 0
      ? 'type the answer'
      : question.multiSelect
        ? 'one or several (1,3), or your own words'
        : 'or your own words'
  return [`${place}${cleanLine(question.question)}`, [...options, how].join(' · ')]
}

/**
 * Reads an answer to one question: numbers and labels choose options (several, with commas, where the question allows
 * it), anything else is the answer in words. `=` before it takes it as it is.
 */
export function readReply(question: Question, line: string): { answer: string } | { remark: string } {
  if (line === '') return { remark: 'Please answer; Enter alone decides nothing.' }
  if (line.startsWith('=')) {
    const words = line.slice(1).trim()
    return words === '' ? { remark: 'Please type your answer after the =.' } : { answer: words }
  }
  const labelled = question.options.find(({ label }) => label.toLowerCase() === line.toLowerCase())
  if (labelled) return { answer: labelled.label }
  const parts = line
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (!parts.some((part) => /^\d+$/.test(part)) || question.options.length === 0) {
    return { answer: question.multiSelect ? labelsAndWords(question, parts, line) : line }
  }
  if (!parts.every((part) => /^\d+$/.test(part) || question.multiSelect)) return { answer: line }
  const numbers = parts.filter((part) => /^\d+$/.test(part)).map(Number)
  const unknown = numbers.find((number) => number < 1 || number > question.options.length)
  if (unknown !== undefined) {
    const range = question.options.length === 1 ? 'only option 1' : `options 1 to ${question.options.length}`
    return {
      remark: `There is no option ${unknown}, ${range}. To answer “${clean(line)}” itself, type =${clean(line)}`,
    }
  }
  if (parts.length > 1 && !question.multiSelect)
    return { remark: `Only one can be chosen. To answer “${clean(line)}” itself, type =${clean(line)}` }
  return { answer: labelsAndWords(question, parts, line) }
}

/** Labels joined as Claude reads several choices; each once. */
function labelsAndWords({ options }: Question, parts: string[], line: string): string {
  const named = parts.map((part) => {
    const byNumber = /^\d+$/.test(part) ? options[Number(part) - 1] : undefined
    return (byNumber ?? options.find(({ label }) => label.toLowerCase() === part.toLowerCase()))?.label
  })
  // A sentence with a comma in it is not a list.
  if (named.every((label) => label === undefined)) return line
  return [...new Set(named.map((label, i) => label ?? (parts[i] as string)))].join(', ')
}
