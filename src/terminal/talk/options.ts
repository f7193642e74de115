import { NO, YES } from '../../core/asks/choices.ts'
import { grantOfRule } from '../../core/asks/grant.ts'
import type { Ask, Choice } from '../../core/types.ts'
import { clean, cleanLine } from '../show/clean.ts'

/** The options as they may be typed: `1 Approve · 2 Reject · 3 Skip · 4 Stop · l log`. */
export function choicePrompt(ask: Ask): string {
  return [...ask.options.map(({ label }, i) => `${i + 1} ${label}`), 'l log'].join(' · ')
}

/** What “Allow for this task” would allow; on a line of its own, so that it pushes no option out of sight. */
export function grantLine({ options, rule }: Ask): string | undefined {
  const option = options.find(({ choice }) => choice === 'allow-task')
  if (!option || rule === undefined) return undefined
  const { before, kind = '', after } = grantOfRule(rule)
  return `“${option.label}” allows ${before}${cleanLine(kind)}${after}`
}

const AGREE: readonly Choice[] = ['approve', 'allow', 'accept']
const REFUSE: readonly Choice[] = ['reject', 'deny', 'send-back']

/**
 * Reads an option by its number, its label, the beginning of it, or yes and no; words behind it go along. Where several
 * fit, nothing is chosen.
 */
export function readChoice(ask: Ask, line: string): { choice: Choice; words: string } | { remark: string } {
  if (line === '') return { remark: 'Please choose; Enter alone decides nothing.' }
  const { options } = ask
  const lower = line.toLowerCase()
  const whole = options.find(({ label, choice }) => label.toLowerCase() === lower || choice === lower)
  if (whole) return { choice: whole.choice, words: '' }
  const [, first = '', words = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? []
  const byNumber = /^\d+$/.test(first) ? options[Number(first) - 1] : undefined
  if (byNumber) return { choice: byNumber.choice, words }
  const agreed = YES.test(first) ? AGREE : NO.test(first) ? REFUSE : undefined
  const meant = agreed && options.find(({ choice }) => agreed.includes(choice))
  if (meant) return { choice: meant.choice, words }
  const word = first.toLowerCase().replace(/[:,.!]$/, '')
  const exact = options.filter(({ label, choice }) => label.toLowerCase() === word || choice === word)
  const begun = /^[a-z-]+$/.test(word)
    ? options.filter(({ label, choice }) => begins(label, word) || choice.startsWith(word))
    : []
  // "a" means Allow, not Allow for this task: the smaller grant.
  const found = exact[0] ?? (begun.length === 1 || begun[0]?.choice === 'allow' ? begun[0] : undefined)
  if (found) return { choice: found.choice, words }
  const which = begun.length > 1 ? begun : options
  return { remark: `“${clean(line)}” is not an option. ${which.map(({ label }) => label).join(' or ')}?` }
}

const begins = (label: string, word: string) => label.toLowerCase().startsWith(word)
