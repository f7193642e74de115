import { plural, times, usd } from '../../text/amounts.ts'
import type { Draft } from '../draft.ts'
import { originText } from '../origin.ts'
import { findingsText, toDecide } from '../proof/findings.ts'
import { checksFirst } from '../proof/first-check.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Ask, Policy, Release, Run, Task } from '../types.ts'
import { openAsk } from './asks.ts'

/** Does a person decide whether this task of the run may start? */
export function needsApproval({ approval: { mode, auto } }: Policy, run: Run, task: Task): boolean {
  if (task.spec.deploy !== undefined) return task.release?.isAsked === true && task.approvedFacts !== task.release.facts
  if (task.approvedBy) return false
  if (task.spec.outsider || task.spec.role !== undefined) return true
  if (mode === 'none' || run.autoApprove) return false
  if (task.spec.type !== undefined && includesType(auto, task.spec.type)) return false
  return mode === 'all' ? task.spec.requiresApproval !== false : task.spec.requiresApproval === true
}

/** Does a person look at the result before the queue continues? */
export function needsReview({ approval: { review, checkpointAfter } }: Policy, run: Run, task: Task): boolean {
  if (run.autoApprove) return false
  if (task.spec.type !== undefined && includesType(checkpointAfter, task.spec.type)) return true
  return review === 'always' || (review === 'marked' && task.spec.requiresApproval === true)
}

const includesType = (types: string[], type: string) => types.some((t) => t.toLowerCase() === type.toLowerCase())

/** Start this task? Shows everything that will be done, in full. */
export function openApproval(draft: Draft, task: Task): Ask {
  const { spec, release } = task
  if (release) return openDeploy(draft, task, release)
  const parts = [
    [
      spec.type && `Type: ${spec.type}`,
      spec.priority !== 'medium' && `Priority: ${spec.priority}`,
      `${spec.origin.file === undefined ? 'From' : 'File'}: ${originText(spec.origin)}`,
    ]
      .filter(Boolean)
      .join(' · '),
    spec.description,
    spec.criteria.length > 0 && `Acceptance criteria:\n${spec.criteria.map((c) => `- ${c}`).join('\n')}`,
    spec.role !== undefined && nobodyHas(draft.policy, spec.role),
    checksFirst(draft, task) && 'The checks run first: if they pass, there is nothing to do.',
    spec.verify.length > 0 && `Verify:\n${commandList(spec.verify)}`,
    spec.run ? `Run:\n${commandList(spec.run)}` : `Instruction:\n${spec.instruction}`,
  ]
  return openAsk(draft, task, {
    kind: 'approval',
    title: `Start ${taskName(task)}?`,
    text: parts.filter(Boolean).join('\n\n'),
    ...(spec.role !== undefined && { deciders: { roles: [spec.role], count: 1 } }),
    options: [
      { choice: 'approve', label: 'Approve' },
      { choice: 'reject', label: 'Reject' },
      { choice: 'skip', label: 'Skip' },
      { choice: 'stop', label: 'Stop' },
    ],
  })
}

/** It was taken out of config.yaml, or is empty there: without a word, this would wait for ever. */
const nobodyHas = ({ roles }: Policy, role: string): string | false =>
  (roles?.members[role] ?? []).length === 0 &&
  `Nobody has the role ${role}, so nobody can approve this: name its members under \`roles\` in config.yaml and restart Baton, or skip the task.`

/** Deploy this, as it is now? What is shown is all that it is bound to. */
function openDeploy(draft: Draft, task: Task, { title, text, deciders }: Release): Ask {
  return openAsk(draft, task, {
    kind: 'approval',
    about: 'deploy',
    title,
    text,
    ...(deciders && { deciders }),
    options: [
      { choice: 'approve', label: 'Approve' },
      { choice: 'reject', label: 'Reject' },
    ],
  })
}

/** Is the result good? */
export function openReview(draft: Draft, task: Task): Ask {
  const proof = task.proof
  const checks = proof?.checks ?? []
  const found = toDecide(draft, task)
  const told = (proof?.findings ?? []).filter((finding) => !found.includes(finding))
  const lines = [
    found.length > 0 && `Findings to decide:\n${findingsText(found)}`,
    task.result,
    proof?.files &&
      `${plural(proof.files.length, 'file')} changed:\n${proof.files.map((f) => `${f.change} ${f.path}`).join('\n')}`,
    proof?.filesNote,
    checks.length > 0 && checks.map((c) => `${c.ok ? '✓' : '✗'} ${c.name}`).join('\n'),
    proof?.criteria?.map((c) => `${c.pass ? '✓' : '✗'} ${c.criterion}: ${c.evidence}`).join('\n'),
    proof?.flags && proof.flags.length > 0 && `Look at:\n${proof.flags.map((f) => `- ${f}`).join('\n')}`,
    told.length > 0 && `Also found:\n${findingsText(told)}`,
    proof?.gitWrites &&
      proof.gitWrites.length > 0 &&
      `Written with git:\n${proof.gitWrites.map((write) => `- ${write}`).join('\n')}`,
  ]
  return openAsk(draft, task, {
    kind: 'review',
    ...(found.length > 0 && { about: 'guard' as const }),
    ...(task.attemptId !== undefined && { attemptId: task.attemptId }),
    title:
      found.length > 0
        ? `Accept task ${task.number} (${task.spec.title}) despite ${plural(found.length, 'finding')}?`
        : `Accept ${taskName(task)}?`,
    text: lines.filter(Boolean).join('\n\n'),
    options: [
      { choice: 'accept', label: 'Accept' },
      { choice: 'send-back', label: 'Send back' },
      { choice: 'undo', label: 'Undo' },
    ],
  })
}

/** Both sides of lines, below a heading of their own. */
export const linesInConflict = (hunks: string): string => `In conflict:\n${hunks}`

/** Retry, skip or stop? */
export function openFailure(draft: Draft, task: Task): Ask {
  const { hunks } = task
  return openAsk(draft, task, {
    kind: 'failure',
    ...(task.returns && task.phase === 'failure' && { about: 'landing' as const }),
    ...(task.attemptId !== undefined && { attemptId: task.attemptId }),
    ...(hunks !== undefined && { hunks }),
    title: `${taskSubject(task)} failed`,
    text: [
      task.result ?? 'It failed.',
      hunks !== undefined && linesInConflict(hunks),
      task.lastWords && `Claude’s last words:\n${task.lastWords}`,
      `${task.failures > 0 ? `Failed ${times(task.failures)}. ` : ''}Retry continues the same session, with the words that you add as a hint.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    options: FAILURE_OPTIONS,
  })
}

/** The login or the credit is gone; the queue waits until somebody has fixed it. */
export function openCredentials(draft: Draft, task: Task, text: string): Ask {
  return openAsk(draft, task, {
    kind: 'failure',
    about: 'credentials',
    title: 'Claude cannot log in',
    text: `${text}\n\nThe queue is waiting; nothing is lost. Fix it on the machine (run "claude" there and /login, or check the key and your credit), then Retry.`,
    options: FAILURE_OPTIONS.filter(({ choice }) => choice === 'retry' || choice === 'stop'),
  })
}

/** No task of the run can be worked on, whichever comes first. */
export function openWorkspace(draft: Draft, task: Task, words: string): Ask {
  return openAsk(draft, task, {
    kind: 'failure',
    about: 'workspace',
    title: 'Tasks cannot start',
    text: `${words}\n\nNo task of this run starts meanwhile, and nothing is lost.`,
    options: FAILURE_OPTIONS.filter(({ choice }) => choice === 'retry' || choice === 'stop'),
  })
}

/** The merge line is stuck, and no task in it is to blame. */
export function openMergeLine(draft: Draft, task: Task, words: string): Ask {
  return openAsk(draft, task, {
    kind: 'failure',
    about: 'merge-line',
    title: 'Finished tasks cannot land',
    text: `${words}\n\nThe merge line is on hold and nothing is lost; tasks continue meanwhile. Fix it, then Retry.`,
    options: FAILURE_OPTIONS.filter((o) => o.choice !== 'skip'),
  })
}

/** A ceiling is reached: continue? */
export function openBudget(
  draft: Draft,
  task: Task,
  about: 'run-budget' | 'day-budget' | 'task-budget',
  spent: number,
  ceiling: number,
): Ask {
  const whose = about === 'run-budget' ? 'This run' : about === 'day-budget' ? 'Today' : `Task ${task.number}`
  return openAsk(draft, task, {
    kind: 'approval',
    about,
    title: `${whose}'s budget is used up: ${usd(spent)} of ${usd(ceiling)}`,
    text: `Approve raises the budget to ${usd(spent + ceiling)} and continues from here.`,
    options: [
      { choice: 'approve', label: 'Approve' },
      { choice: 'reject', label: 'Reject' },
      { choice: 'stop', label: 'Stop' },
    ],
  })
}

const FAILURE_OPTIONS: Ask['options'] = [
  { choice: 'retry', label: 'Retry' },
  { choice: 'skip', label: 'Skip' },
  { choice: 'undo', label: 'Undo' },
  { choice: 'stop', label: 'Stop' },
]

/** An item each; the further lines of a script are indented, so that none looks like a command of its own. */
function commandList(commands: readonly string[]): string {
  return commands.map((command) => `- ${command.replaceAll('\n', '\n  ')}`).join('\n')
}
