import { isOver, type TaskEnd } from '../core/status.ts'
import type {
  Actor,
  Ask,
  AskKind,
  Attempt,
  CheckResult,
  CriterionResult,
  FileChange,
  Finding,
  Origin,
  OutcomeKind,
  Run,
  Task,
} from '../core/types.ts'

/** What was done in a task and what proves it: one structure for terminal, chat, JSON and the report. */
export interface Receipt {
  run: string
  task: { number: number; title: string; type?: string; origin: Origin }
  /** `open`: it is not over. */
  result: TaskEnd | 'open'
  outcome?: OutcomeKind
  /** The agent's closing words, or the text of the failure, or why it was skipped, blocked or undone. */
  summary?: string
  /** Absent: not known, and `filesNote` says why. */
  files?: FileChange[]
  filesNote?: string
  checks: CheckResult[]
  criteria: CriterionResult[]
  /** What was found in the way it was done. */
  findings: Finding[]
  /** The agent's words against the facts. */
  flags: string[]
  /** Written with git although it was told not to. */
  gitWrites: string[]
  /** Commit made by Baton. */
  commit?: string
  approvedBy?: Actor
  answers: ReceiptAnswer[]
  /** Calls of tools that nobody was asked about, for the run was to go without asking. */
  granted: ReceiptGrant[]
  startedAt?: number
  endedAt?: number
  /** From the start to the end. */
  tookMs?: number
  /** Of that, time in which something waited for a person. */
  waitedMs: number
  costUsd: number
  turns: number
  attempts: ReceiptAttempt[]
  /** What its checks said before anybody worked on it, where they ran first. */
  firstCheck?: 'passed' | 'failed'
  /** Times that the review or the judge sent it back. */
  sentBack: number
}

/** Something a person decided. */
interface ReceiptAnswer {
  kind: AskKind
  asked: string
  answer: string
  by: Actor
  at: number
  waitedMs: number
}

export interface ReceiptGrant {
  at: number
  tool: string
  /** As Claude gave it, whole. */
  input: unknown
}

interface ReceiptAttempt {
  number: number
  outcome?: OutcomeKind
  startedAt: number
  endedAt?: number
  costUsd: number
  turns: number
  sessionId: string
}

export interface ReceiptParts {
  run: Pick<Run, 'id'>
  task: Task
  /** Of this task, in any order. */
  attempts: readonly Attempt[]
  asks: readonly Ask[]
  granted?: readonly ReceiptGrant[]
}

export function receiptOf({ run, task, attempts, asks, granted = [] }: ReceiptParts): Receipt {
  const { spec, proof, startedAt, endedAt } = task
  const given = <T extends object>(part: { [K in keyof T]: T[K] | undefined }) =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<T>
  return {
    run: run.id,
    task: { number: task.number, title: spec.title, origin: spec.origin, ...given({ type: spec.type }) },
    result: isOver(task.phase) ? task.phase : 'open',
    ...given({ outcome: task.outcome, summary: task.result, files: proof?.files, filesNote: proof?.filesNote }),
    checks: proof?.checks ?? [],
    criteria: proof?.criteria ?? [],
    findings: proof?.findings ?? [],
    flags: proof?.flags ?? [],
    gitWrites: proof?.gitWrites ?? [],
    ...given({ commit: proof?.commit, approvedBy: task.approvedBy, startedAt, endedAt }),
    answers: asks.flatMap(answerOf).sort((a, b) => a.at - b.at),
    granted: [...granted],
    ...given({ tookMs: startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined }),
    waitedMs: waited(asks, startedAt ?? 0),
    costUsd: task.costUsd,
    turns: task.turns,
    attempts: attempts
      .map(({ number, outcome, startedAt, endedAt, costUsd, turns, sessionId }) => ({
        ...{ number, startedAt, costUsd, turns, sessionId },
        ...given({ outcome, endedAt }),
      }))
      .sort((a, b) => a.number - b.number),
    ...given({ firstCheck: firstCheckOf(task) }),
    sentBack: task.sentBack ?? 0,
  }
}

function firstCheckOf({ firstCheck }: Task): Receipt['firstCheck'] {
  return firstCheck === 'passed' || firstCheck === 'failed' ? firstCheck : undefined
}

function answerOf({ kind, title, openedAt, options, answer }: Ask): ReceiptAnswer[] {
  if (!answer) return []
  const label = options.find(({ choice }) => choice === answer.choice)?.label ?? answer.choice
  const picked = Object.entries(answer.answers ?? {}).map(([question, words]) => `${question} ${words}`)
  const words = [...picked, ...(answer.text ? [answer.text] : [])]
  // The label of a question's answer ("Answer") says nothing beside the answer.
  const said = kind === 'question' && words.length > 0 ? words : [label, ...words]
  return [{ kind, asked: title, answer: said.join(': '), by: answer.by, at: answer.at, waitedMs: answer.at - openedAt }]
}

/** Time with an ask open, overlaps counted once, from `since` on. */
function waited(asks: readonly Ask[], since: number): number {
  const spans = asks.flatMap(({ openedAt, closedAt }) =>
    closedAt === undefined ? [] : [{ from: Math.max(openedAt, since), to: closedAt }],
  )
  let [sum, until] = [0, 0]
  for (const { from, to } of spans.sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return sum
}
