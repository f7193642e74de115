import { advance } from './advance.ts'
import { asked, delivered, parked, withdrawn } from './asks/requests.ts'
import { undoConflict } from './asks/undo-asks.ts'
import { claimed, heard, spawned } from './attempts/attempts.ts'
import { boot, checked, continuationLost, ended, heldElsewhere } from './attempts/endings.ts'
import { applyCommand } from './commands/apply-command.ts'
import { handedBack } from './commands/takeover.ts'
import { undone } from './commands/undo.ts'
import { takeEnvironment } from './deploy/freeze.ts'
import { beginDeployment, deployedBefore, released, reported } from './deploy/gate.ts'
import { type Context, createDraft, type Draft, liveAttempt } from './draft.ts'
import { hooked } from './hooks.ts'
import type { Input, InputOf, Reply, Verdict } from './inputs.ts'
import { landed } from './lanes/landing.ts'
import { leased } from './lanes/lease.ts'
import { spendBeside } from './limits/budget.ts'
import { endTrial, moveTrial } from './limits/trial.ts'
import { checking, doneText } from './proof/first-check.ts'
import { type Decision, hasEnded, type State } from './state.ts'
import { endTask } from './tasks.ts'

/** A decision, and the reply to whoever caused it. */
export interface Decided extends Decision {
  reply?: Reply
  verdict?: Verdict
}

/**
 * What one input does to `state`. Pure: the state stays as it is, and the same arguments give the same result.
 * Throws only on inputs that a correct worker cannot send (a second live attempt, an attempt that does not exist).
 */
export function decide(state: State, input: Input, context: Context): Decided {
  const draft = createDraft(state, context)
  const answer = apply(draft, input)
  advance(draft)
  return { ...draft.finish(), ...answer }
}

function apply(draft: Draft, input: Input): { reply?: Reply; verdict?: Verdict } {
  switch (input.type) {
    case 'command':
      return { reply: applyCommand(draft, input.command, input.by) }
    case 'asked':
      return { verdict: asked(draft, input) }
    case 'boot':
      boot(draft)
      return {}
    case 'tick':
      return {}
    case 'claimed':
      claimed(draft, input)
      return {}
    case 'spawned':
      spawned(draft, input)
      return {}
    case 'heard':
      heard(draft, input)
      return {}
    case 'served':
      endTrial(draft, liveAttempt(draft, input.attemptId).taskId)
      return {}
    case 'held-elsewhere':
      heldElsewhere(draft, input)
      return {}
    case 'trial':
      moveTrial(draft, input)
      return {}
    case 'opened': {
      const { taskId, worktree, branch } = input
      const row = { ...draft.task(taskId), worktree, ...(branch !== undefined && { branch }) }
      draft.put({ table: 'tasks', row })
      return {}
    }
    case 'hooked':
      hooked(draft, input)
      return {}
    case 'discarded': {
      const { worktree, ...row } = draft.task(input.taskId)
      if (worktree !== undefined) draft.put({ table: 'tasks', row })
      return {}
    }
    case 'handed-back':
      handedBack(draft, input)
      return {}
    case 'landed':
      landed(draft, input)
      return {}
    case 'release':
      released(draft, input)
      return {}
    case 'deployed-before':
      deployedBefore(draft, input)
      return {}
    case 'environments':
      for (const environment of input.environments) takeEnvironment(draft, environment)
      return {}
    case 'deploying':
      beginDeployment(draft, input)
      return {}
    case 'deployment':
      reported(draft, input)
      return {}
    case 'withdrawn':
      withdrawn(draft, input)
      return {}
    case 'delivered':
      delivered(draft, input)
      return {}
    case 'parked':
      parked(draft, input)
      return {}
    case 'continuation-lost':
      continuationLost(draft, input)
      return {}
    case 'ended':
      ended(draft, input)
      return {}
    case 'checking':
      checking(draft, input)
      return {}
    case 'checked':
      checked(draft, input)
      return {}
    case 'said': {
      const task = draft.task(input.taskId)
      const { say, ...row } = task
      const rest = say?.slice(input.count) ?? []
      draft.put({ table: 'tasks', row: rest.length > 0 ? { ...row, say: rest } : row })
      return {}
    }
    case 'unheard': {
      const task = draft.task(input.taskId)
      if (!hasEnded(task)) draft.put({ table: 'tasks', row: { ...task, say: [...input.words, ...(task.say ?? [])] } })
      return {}
    }
    case 'lease':
      leased(draft, input)
      return {}
    case 'spent':
      spendBeside(draft, input.usd)
      return {}
    case 'undone':
      undone(draft, input)
      return {}
    case 'undo-conflict':
      return { reply: undoConflict(draft, input) }
    case 'marked':
      marked(draft, input)
      return {}
  }
}

function marked(draft: Draft, { taskId, problem, commit }: InputOf<'marked'>): void {
  const task = draft.task(taskId)
  if (task.phase !== 'marking') return
  if (problem) draft.emit('note', { task, text: `Task ${task.number} is done, but: ${problem}` })
  const proof = commit === undefined ? task.proof : { checks: [], ...task.proof, commit }
  endTask(draft, task, 'done', { ...(proof && { proof }) }, doneText(task))
}
