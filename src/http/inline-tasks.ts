import { shortened } from '../text/cut.ts'
import { HttpFailure } from './failure.ts'
import type { TaskInBody } from './schemas/orchestrate.ts'

const LONGEST_TITLE = 80

type InlineTask = Exclude<TaskInBody, string>

/**
 * Tasks of a request as the text of a task file. Nothing in them can become a field, a task or a command of its own. Throws
 * HttpFailure for a dependency that is none of them.
 */
export function taskFileOf(given: readonly TaskInBody[]): string {
  const tasks = given.map((task): InlineTask => (typeof task === 'string' ? { instruction: task } : task))
  const numbers = numbersOf(tasks)
  return `${tasks.map((task, index) => sectionOf(task, index + 1, numbers)).join('\n\n')}\n`
}

/** The places of the tasks in the list, by id and by name. */
function numbersOf(tasks: readonly InlineTask[]): Map<string, number> {
  const numbers = new Map<string, number>()
  tasks.forEach(({ id }, index) => {
    if (id === undefined || id === null) return
    if (numbers.has(String(id)))
      throw new HttpFailure(400, 'invalid', `body.tasks.${index}.id: another task has the same id.`)
    numbers.set(String(id), index + 1)
  })
  tasks.forEach(({ name, title }, index) => {
    for (const word of [name, title]) if (word && !numbers.has(word)) numbers.set(word, index + 1)
  })
  // Without ids a number is a place.
  tasks.forEach((_, index) => {
    if (!numbers.has(String(index + 1)) && tasks.every(({ id }) => id === undefined || id === null))
      numbers.set(String(index + 1), index + 1)
  })
  return numbers
}

function dependenciesOf(task: InlineTask, number: number, numbers: ReadonlyMap<string, number>): number[] {
  const named = (task.dependencies ?? []).map((word, index) => {
    const found = numbers.get(String(word))
    if (found === undefined)
      throw new HttpFailure(
        400,
        'invalid',
        `body.tasks.${number - 1}.dependencies.${index}: no task of this list has this id or name.`,
      )
    return found
  })
  return [...new Set([...(task.depends_on ?? []), ...named])]
}

function sectionOf(task: InlineTask, number: number, numbers: ReadonlyMap<string, number>): string {
  const { acceptance_criteria: criteria, verify = [] } = task
  const description = task.description ?? undefined
  const name = task.title ?? task.name ?? ''
  const instruction = [task.instruction, task.prompt, description, name].find((text) => text?.trim()) ?? ''
  const title = oneLine(name) || titleOf(instruction)
  const dependsOn = dependenciesOf(task, number, numbers)
  const lines = [
    field('Type', task.type),
    field('Priority', task.priority),
    field('Requires Approval', task.requires_approval),
    field('Depends On', dependsOn.length > 0 ? dependsOn.join(', ') : undefined),
    field('Branch', task.branch_name ?? undefined),
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

/** The first line, as a title. */
function titleOf(text: string): string {
  return shortened(oneLine(text.trim().split(/[\r\n]/)[0] ?? ''), LONGEST_TITLE) || 'Task'
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
