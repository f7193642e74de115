import type { TaskInBody } from './schemas/orchestrate.ts'

const LONGEST_TITLE = 80

/** Tasks of a request as the text of a task file. Nothing in them can become a field, a task or a command of its own. */
export function taskFileOf(tasks: readonly TaskInBody[]): string {
  return `${tasks.map((task, index) => sectionOf(task, index + 1)).join('\n\n')}\n`
}

function sectionOf(given: TaskInBody, number: number): string {
  const task = typeof given === 'string' ? { instruction: given } : given
  const { description, acceptance_criteria: criteria, verify = [] } = task
  const instruction = [task.instruction, description, task.title].find((text) => text?.trim()) ?? ''
  const title = oneLine(task.title ?? '') || shortened(instruction)
  const lines = [
    field('Type', task.type),
    field('Priority', task.priority),
    field('Requires Approval', task.requires_approval),
    field('Depends On', task.depends_on?.length ? task.depends_on.join(', ') : undefined),
    field('Model', task.model),
    field('Effort', task.effort),
    field('Max Turns', task.max_turns),
    field('Budget', task.budget_usd),
    field('Timeout', task.timeout),
    field('Retries', task.retries),
    field('Description', description && oneLine(description)),
  ].filter((text) => text !== '')
  const wanted = (typeof criteria === 'string' ? [criteria] : (criteria ?? [])).map(oneLine).filter(Boolean)
  return [
    `## Task ${number}: ${title}\n${lines.join('\n')}`.trimEnd(),
    wanted.length > 0 && `**Acceptance Criteria:**\n${wanted.map((text) => `- ${text}`).join('\n')}`,
    verify.length > 0 && `**Verify:**\n${verify.map((command) => fenced(command, 'sh')).join('\n')}`,
    `**Claude Instruction:**\n${contained(wholeOf(instruction, description))}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

const field = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined || value === '' ? '' : `**${name}:** ${value}`

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim()

/** The description stands on one line of the file; one that is more than that goes along whole. */
function wholeOf(instruction: string, description: string | undefined): string {
  const isWritten =
    description === undefined || description === instruction || oneLine(description) === description.trim()
  return isWritten ? instruction : `${description}\n\n${instruction}`
}

function shortened(text: string): string {
  const first = oneLine(text.trim().split(/[\r\n]/)[0] ?? '')
  return first.length <= LONGEST_TITLE ? first || 'Task' : `${first.slice(0, LONGEST_TITLE - 1).trimEnd()}…`
}

/** What a line could begin that is more than text, a list or a quotation. */
const STRUCTURE = /(^|[\r\n\u2028\u2029])[ \t]*(#|=|-[-\s]*(?=$|[\r\n])|`{3}|~{3}|<|\*\*|__|\[)/u

/**
 * An instruction as it stands when it is plain prose; otherwise in a code fence that nothing inside can close, so that a
 * heading in it begins no task and an open fence or comment swallows none.
 */
const contained = (text: string): string => (STRUCTURE.test(text) ? fenced(text, 'markdown') : text)

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}${language}\n${text}\n${marks}`
}
