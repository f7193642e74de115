import type { Random } from '../random.ts'

/** A question as the agent asks it. */
export interface AskedQuestion {
  question: string
  labels: string[]
  isMulti: boolean
}

/** Something in a task that a person has to decide. */
export type JobStep =
  /** The same command `times` times; each time that it runs it adds a line to its file. */
  | { kind: 'permission'; command: string; file: string; times: number }
  | { kind: 'questions'; questions: AskedQuestion[] }
  | { kind: 'failure' }
  | { kind: 'budget' }

/** A task in which people are asked; every text of it occurs nowhere else. */
export interface Job {
  title: string
  project: string
  needsApproval: boolean
  steps: JobStep[]
}

const WORDS = [
  'Red',
  'Blue',
  'A & B',
  '<b>bold</b>',
  '“quoted”',
  'Grün 🌱',
  'as it is now, and nothing more than that please',
]

/** Makes `count` jobs for a project. */
export function createJobs(random: Random, project: string, count: number): Job[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${project}-${i + 1}`
    const steps = Array.from({ length: random.int(1, 3) }, (_, j) => stepOf(random, `${name}-${j + 1}`))
    // What is spent is booked at the end of a process, so a budget is used up at the end of a task.
    if (random.chance(0.2)) steps.push({ kind: 'budget' })
    return { title: `Job ${name}`, project, needsApproval: random.chance(0.5), steps }
  })
}

function stepOf(random: Random, name: string): JobStep {
  const kind = random.pick(['permission', 'permission', 'questions', 'questions', 'failure'] as const)
  if (kind === 'failure') return { kind }
  if (kind === 'permission') {
    const file = `did-${name}.txt`
    return { kind, command: `echo ${name} >> ${file}`, file, times: random.chance(0.25) ? 2 : 1 }
  }
  const questions = Array.from({ length: random.pick([1, 1, 2, 3]) }, (_, i) => ({
    question: `Which one for ${name}, part ${i + 1}?`,
    labels: Array.from({ length: random.int(2, 4) }, (_, j) => `${random.pick(WORDS)} ${j + 1}`),
    isMulti: random.chance(0.35),
  }))
  return { kind, questions }
}

/** The task file of these jobs, for the rehearsal agent. */
export function taskFileOf(jobs: readonly Job[]): string {
  const sections = jobs.map(({ title, needsApproval, steps }, i) => {
    const fields = [
      needsApproval && '**Requires Approval:** yes\n',
      steps.some(({ kind }) => kind === 'budget') && '**Budget:** 0.001\n',
    ].filter((field) => field !== false)
    const lines = steps.flatMap(linesOf)
    return `## Task ${i + 1}: ${title}\n${fields.join('')}**Claude Instruction:**\n${lines.join('\n')}\n`
  })
  return `# Jobs\n\n${sections.join('\n')}`
}

function linesOf(step: JobStep): string[] {
  switch (step.kind) {
    case 'permission':
      return Array.from({ length: step.times }, () => `rehearse: bash ${step.command}`)
    case 'questions':
      return [
        ...step.questions.map(
          ({ question, labels, isMulti }) =>
            `rehearse: ask "${question}" ${labels.join('|')}${isMulti ? ' (multi)' : ''}`,
        ),
        // Questions in a row are one call.
        'rehearse: say so far',
      ]
    case 'failure':
      return ['rehearse: fail-once']
    case 'budget':
      return ['rehearse: say much', 'rehearse: budget']
  }
}
