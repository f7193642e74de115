import { grouped, plural, usd } from '../text/amounts.ts'
import { decisionText } from './asks/asks.ts'
import { findingLine } from './proof/findings.ts'
import { taskName, taskSubject } from './text.ts'
import type { Ask, Proof } from './types.ts'

/** A run's task, as far as its summary needs it. */
export interface SummaryTask {
  number: number
  title: string
  /** Its status, or its phase: ends are called the same. */
  status: string
  costUsd: number
  result?: string
  proof?: Proof
  /** The branch of its own that its work is on. */
  branch?: string
  commit?: string
  /** The user's own branch holds its work already. */
  followed?: boolean
  /** It deploys what was pushed. */
  isDeployment?: boolean
}

/** A part of what a person reads in a minute: plain lines, the most important first. */
export interface SummaryPart {
  heading: string
  lines: string[]
}

/** How a surface says what to do next. */
export interface SummaryCommands {
  retry: (number: number) => string
  resume: string
  land: string
}

const IN_CHATS: SummaryCommands = { retry: (number) => `/retry ${number}`, resume: '/resume', land: '/land' }

/** A change of more lines is hard to look through. */
const LARGE_LINES = 400
/** What breaks more than itself when it is wrong: secrets, access, data, delivery, dependencies. */
const SENSITIVE =
  /(^|\/)(\.env[^/]*|\.github|\.gitlab-ci[^/]*|\.ci|Dockerfile|compose\.ya?ml|package(-lock)?\.json|.*\.lock|migrations?|auth|login|security|payments?|secrets?|permissions?)(\/|$|\.)/i

/** What a run achieved, in the order in which a person wants to know: changed, decided, to look at, cost, next. */
export function runSummary(
  tasks: readonly SummaryTask[],
  asks: readonly Ask[],
  commands: SummaryCommands = IN_CHATS,
): SummaryPart[] {
  const parts = [
    { heading: 'Changed', lines: changed(tasks) },
    { heading: 'Decided', lines: decided(tasks, asks) },
    { heading: 'Look at', lines: risky(tasks) },
    { heading: 'Cost', lines: costs(tasks) },
    { heading: 'Next', lines: nextSteps(tasks, commands) },
  ]
  return parts.filter(({ lines }) => lines.length > 0)
}

function sizes({ proof }: SummaryTask) {
  const files = proof?.files ?? []
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0)
  return { files: files.length, added, deleted: files.reduce((sum, file) => sum + (file.deleted ?? 0), 0) }
}

const sizeText = ({ files, added, deleted }: ReturnType<typeof sizes>): string =>
  `${plural(files, 'file')} +${grouped(added)} -${grouped(deleted)}`

function changed(tasks: readonly SummaryTask[]): string[] {
  const own = tasks.filter((task) => task.status !== 'undone' && sizes(task).files > 0)
  // Outside of git nobody knows.
  if (own.length === 0) return tasks.some(({ proof }) => proof?.files !== undefined) ? ['No file was changed.'] : []
  return own.map((task) => `${task.number} · ${task.title}: ${sizeText(sizes(task))}`)
}

function decided(tasks: readonly SummaryTask[], asks: readonly Ask[]): string[] {
  return asks
    .filter(({ answer }) => answer !== undefined)
    .map((ask) => {
      const task = tasks.find(({ number }) => number === ask.task)
      return `${ask.task} · ${task ? withoutNumber(ask.title, task) : ask.title} → ${decisionText(ask)}`
    })
}

/** The number stands before the line already: `Start task 1: Login?` is `Login`, `Task 1 (Login) failed` is `Login failed`. */
function withoutNumber(title: string, { number, title: own }: SummaryTask): string {
  const task = { number, spec: { title: own } }
  if (title === `Start ${taskName(task)}?`) return own
  const subject = taskSubject(task)
  return title.startsWith(`${subject} `) ? own + title.slice(subject.length) : title
}

function risky(tasks: readonly SummaryTask[]): string[] {
  // What a pipeline builds is checked by its other steps, and where it was deployed.
  const isPipeline = tasks.some(({ isDeployment }) => isDeployment)
  const told = tasks
    .filter(({ status }) => status === 'done')
    .flatMap((task) => {
      const { proof, number } = task
      const { added, deleted } = sizes(task)
      const sensitive = (proof?.files ?? []).map(({ path }) => path).filter((path) => SENSITIVE.test(path))
      const isUnchecked =
        !isPipeline && sizes(task).files > 0 && (proof?.checks ?? []).length === 0 && proof?.criteria === undefined
      return [
        ...(proof?.findings ?? []).map((finding) => ({
          rank: finding.weight === 'ask' ? 0 : 3,
          text: findingLine(finding),
        })),
        ...(proof?.gitWrites ?? []).map((text) => ({ rank: 1, text: `written to git: ${text}` })),
        ...(sensitive.length > 0
          ? [
              {
                rank: 1,
                text: `${sensitive.length === 1 ? 'a sensitive file' : 'sensitive files'}: ${sensitive.join(', ')}`,
              },
            ]
          : []),
        ...(proof?.flags ?? []).map((text) => ({ rank: 2, text })),
        ...(added + deleted > LARGE_LINES ? [{ rank: 2, text: `a large change: ${sizeText(sizes(task))}` }] : []),
        ...(isUnchecked ? [{ rank: 4, text: 'no checks were run' }] : []),
      ].map(({ rank, text }) => ({ rank, text, number }))
    })
    .sort((a, b) => a.rank - b.rank)
  const numbers = new Map<string, Set<number>>()
  for (const { text, number } of told) numbers.set(text, (numbers.get(text) ?? new Set()).add(number))
  // What holds for several tasks is one line.
  return [...numbers].map(([text, own]) => `${[...own].join(', ')} · ${text}`)
}

function costs(tasks: readonly SummaryTask[]): string[] {
  const total = tasks.reduce((sum, { costUsd }) => sum + costUsd, 0)
  if (total === 0) return []
  const [most, next] = tasks.toSorted((a, b) => b.costUsd - a.costUsd)
  // As shown: where two cost the same, neither cost the most.
  const isOne = most && next && usd(most.costUsd) !== usd(next.costUsd)
  return [`${usd(total)}${isOne ? `; task ${most.number} cost the most: ${usd(most.costUsd)}` : ''}`]
}

const STEPS: Readonly<Record<string, (task: SummaryTask, commands: SummaryCommands) => string>> = {
  failed: ({ number, title, result }, { retry }) =>
    `${retry(number)} · ${title} failed${result ? ` (${firstLine(result)})` : ''}`,
  skipped: ({ number, title }, { retry }) => `${retry(number)} · ${title} was skipped`,
  undone: ({ number, title }, { retry }) => `${retry(number)} · ${title} was undone`,
  blocked: ({ number, title, result }) => `${number} · ${title}: ${firstLine(result ?? 'blocked')}`,
}

function nextSteps(tasks: readonly SummaryTask[], commands: SummaryCommands): string[] {
  const steps = tasks.flatMap((task) => STEPS[task.status]?.(task, commands) ?? [])
  const left = tasks.filter(({ status }) => status !== 'done' && STEPS[status] === undefined).length
  if (left > 0) steps.push(`${plural(left, 'task')} left: ${commands.resume}`)
  const landed = tasks.filter(hasLanded).length
  if (landed > 0) steps.push(`${commands.land} brings the merged work of ${plural(landed, 'task')} to your branch`)
  if (steps.length > 0) return steps
  // What a pipeline builds is not the user's work: there is nothing to commit.
  if (tasks.some(({ isDeployment }) => isDeployment) || tasks.every(({ proof }) => proof?.files?.length === 0))
    return ['Everything is done.']
  return tasks.some(({ followed }) => followed)
    ? ['Everything is done, and on your branch.']
    : ['Everything is done. Look through the changes, then commit them.']
}

/** Work that was merged from a branch of its own is not in the user's checkout. */
export const hasLanded = ({
  status,
  branch,
  commit,
  followed,
}: Pick<SummaryTask, 'status' | 'branch' | 'commit' | 'followed'>): boolean =>
  status === 'done' && branch !== undefined && commit !== undefined && !followed

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? ''
