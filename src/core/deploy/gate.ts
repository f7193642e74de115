import { actorText } from '../actors.ts'
import { withdrawAsk } from '../asks/asks.ts'
import type { Draft } from '../draft.ts'
import type { InputOf, Reply } from '../inputs.ts'
import { notPossible } from '../reply.ts'
import { rolesOf, rolesText } from '../roles.ts'
import { endTask } from '../tasks.ts'
import { taskSubject } from '../text.ts'
import type { Actor, Policy, PushedCommit, Run, Task } from '../types.ts'
import {
  advanceDeployment,
  type Deployment,
  environmentId,
  type KnownEnvironment,
  newEnvironment,
  settleEnvironment,
} from './deployment.ts'
import { endedText, releaseName, stepText } from './words.ts'

/** What is known of the environment that a task deploys to. */
export function environmentOf(draft: Draft, name: string): KnownEnvironment {
  const queue = draft.queue().name
  return draft.environment(environmentId(queue, name)) ?? newEnvironment(queue, name)
}

/** Why nothing may begin in an environment now; undefined: it may. A freeze can be broken with a reason, a lock cannot. */
function whyNot(draft: Draft, task: Task): string | undefined {
  const { release } = task
  if (!release) return 'what it would do is not known yet'
  const environment = environmentOf(draft, release.environment)
  if (environment.holder !== undefined) return 'another deployment is under way'
  if (environment.epoch !== release.epoch) return 'something else was deployed meanwhile'
  if (environment.locked && draft.run(task.runId).push?.how !== 'rollback') return 'the environment is locked'
  return isFrozen(draft, task) ? 'the environment is frozen' : undefined
}

function isFrozen(draft: Draft, task: Task): boolean {
  const push = draft.run(task.runId).push
  const { release } = task
  // A way back is no change that a freeze is there to prevent.
  if (!release || push?.how === 'rollback' || push?.breakGlass !== undefined) return false
  const { frozen } = environmentOf(draft, release.environment)
  const isOrdered = frozen !== undefined && (frozen.until === undefined || frozen.until > draft.now)
  return isOrdered || (release.frozenUntil !== undefined && release.frozenUntil > draft.now)
}

/** A task that deploys waits for its environment; others never do. */
export function mayDeploy(draft: Draft, task: Task): boolean {
  if (task.spec.deploy === undefined || draft.deploymentOf(task.id)) return true
  return whyNot(draft, task) === undefined
}

/** People are asked only for what could begin once they approve, and for what they can be shown as it is. */
export function mayAskToDeploy(draft: Draft, task: Task): boolean {
  return task.spec.deploy === undefined || mayDeploy(draft, task)
}

/** What a deployment would do is other than what was shown: what was asked or approved is void. */
export function released(draft: Draft, { taskId, release }: InputOf<'release'>): void {
  const task = draft.task(taskId)
  if (task.spec.deploy === undefined || !isWaiting(task) || draft.deploymentOf(taskId)) return
  if (JSON.stringify(task.release) === JSON.stringify(release)) return
  const isChanged = task.release !== undefined && task.release.facts !== release.facts
  const row: Task = { ...task, release }
  if (!isChanged) {
    draft.put({ table: 'tasks', row })
    return
  }
  for (const ask of draft.asksOf(taskId))
    if (ask.state === 'open') withdrawAsk(draft, ask, 'what it would deploy has changed')
  if (task.approvedFacts !== undefined)
    draft.emit('note', {
      task,
      text: `${taskSubject(task)}: the approval is void, because what it would deploy has changed`,
    })
  draft.put({ table: 'tasks', row: backInQueue(row) })
}

/**
 * Another push brought the same commit to the same environment, from another branch or by another pipeline: it goes out once. What
 * waits for this step continues only where the commit is what runs there.
 */
export function deployedBefore(draft: Draft, { taskId, deployment }: InputOf<'deployed-before'>): void {
  const task = draft.task(taskId)
  if ((task.phase !== 'queued' && task.phase !== 'approval') || draft.deploymentOf(taskId)) return
  const { environment, sha, step, runId } = deployment
  const result = `${releaseName({ sha })} was deployed to ${environment} before (${step}, run ${runId}); to repeat it, deploy by hand`
  const { runs, isRed } = environmentOf(draft, environment)
  endTask(draft, task, runs?.sha === sha && !isRed ? 'done' : 'skipped', { result }, `${taskSubject(task)}: ${result}`)
}

/** It waits for its turn again, and for its approval. */
function backInQueue(task: Task): Task {
  const { approvedFacts: _f, approvedBy: _b, lane: _l, ...row } = task
  return { ...row, phase: 'queued' }
}

/** It was taken up, and what was approved had changed just before: it is prepared again, and people are asked again. */
export function deployLater(draft: Draft, task: Task): void {
  const { release: _r, attemptId: _a, continuation: _c, ...row } = backInQueue(task)
  draft.put({ table: 'tasks', row })
}

/**
 * Begins the deployment of a task, if everything that was approved still holds; else the task waits for its turn again. The
 * environment is taken in the same transaction: of two that begin at once, one finds it taken.
 */
export function beginDeployment(draft: Draft, { taskId }: InputOf<'deploying'>): void {
  const task = draft.task(taskId)
  const { release } = task
  if (draft.deploymentOf(taskId) || task.phase !== 'ready') return
  const isApproved = !release?.isAsked || task.approvedFacts === release.facts
  const run = draft.run(task.runId)
  if (!release || !isApproved || whyNot(draft, task) !== undefined || !run.push) {
    const { release: _, ...row } = backInQueue(task)
    draft.put({ table: 'tasks', row })
    return
  }
  const environment = environmentOf(draft, release.environment)
  const epoch = environment.epoch + 1
  const deployment: Deployment = {
    id: `${run.id}-${task.number}-${epoch}`,
    queue: draft.queue().name,
    ...{ runId: run.id, taskId, task: task.number, environment: release.environment },
    ...aimOf(run.push),
    by: run.push.by,
    approvedBy: approversOf(draft, task),
    step: 'naming',
    steps: [{ step: 'naming', at: draft.now }],
    epoch,
    onRed: release.onRed,
    ...(run.push.breakGlass !== undefined && { breakGlass: { by: run.startedBy, why: run.push.breakGlass } }),
    startedAt: draft.now,
  }
  draft.put({ table: 'deployments', row: deployment })
  draft.put({ table: 'environments', row: { ...environment, epoch, holder: deployment.id } })
  const why = deployment.breakGlass ? `, in a freeze: ${deployment.breakGlass.why}` : ''
  const text = `${stepText(deployment)}${why}`
  draft.emit('deployment.started', {
    task,
    text,
    data: { deployment, environment: environmentOf(draft, environment.name) },
  })
}

function aimOf({ how, sha, branch, release }: PushedCommit): Pick<Deployment, 'kind' | 'sha' | 'branch' | 'previous'> {
  if (how !== 'rollback') return { kind: 'deploy', sha, branch }
  return { kind: 'rollback', sha, branch, previous: { sha, ...(release !== undefined && { release }) } }
}

/** Everybody whose approval led here. */
function approversOf(draft: Draft, task: Task): Actor[] {
  if (task.approvedFacts === undefined) return []
  const ask = draft.asksOf(task.id).findLast(({ about, answer }) => about === 'deploy' && answer?.choice === 'approve')
  const all = ask?.approvals?.map(({ by }) => by) ?? []
  return all.length > 0 ? all : task.approvedBy ? [task.approvedBy] : []
}

/** A command of a deployment has ended, or its process is gone. */
export function reported(draft: Draft, { deploymentId, report }: InputOf<'deployment'>): void {
  const before = draft.deployment(deploymentId)
  if (!before) return
  const after = advanceDeployment(before, report, draft.now)
  if (after === before) return
  draft.put({ table: 'deployments', row: after })
  const task = draft.task(after.taskId)
  const environment = settleEnvironment(environmentOf(draft, after.environment), after, draft.now)
  const isOver = after.endedAt !== undefined
  if (isOver) draft.put({ table: 'environments', row: environment })
  const data = { deployment: after, environment }
  const text = isOver ? endedText(after, environment) : stepText(after)
  draft.emit(isOver ? 'deployment.ended' : 'deployment.changed', { task, text, data })
}

/** The refusal of somebody who has no say in an environment; undefined: they have. */
export function refusedInEnvironment(policy: Policy, name: string, by: Actor): Reply | undefined {
  const environment = policy.environments?.[name]
  if (!environment) {
    const known = Object.keys(policy.environments ?? {})
    const which = known.length > 0 ? `There are: ${known.join(', ')}.` : 'config.yaml names none under `environments`.'
    return notPossible(`There is no environment ${name}. ${which}`)
  }
  // Baton asks before it does anything of its own accord.
  if (by.surface === 'baton') return undefined
  const { roles } = environment
  const book = policy.roles ?? { members: {}, people: [] }
  if (roles.length === 0 || rolesOf(book, by).some((role) => roles.includes(role))) return undefined
  const text = `Only ${rolesText(book, roles)} may do that in ${name}. You are ${actorText(by)}.`
  return { ok: false, code: 'not-allowed', text, data: { roles } }
}

/** A newer push takes the place of what waits of an older one, and of nothing that has begun. */
export function supersede(draft: Draft, push: PushedCommit): void {
  if (push.how !== 'push') return
  const isOlder = ({ push: other }: Run) =>
    other?.how === 'push' && other.file === push.file && other.branch === push.branch
  for (const run of draft.openRuns().filter(isOlder)) {
    const waiting = () => [...draft.openTasks(run.id)].filter((task) => isWaiting(task) && !draft.deploymentOf(task.id))
    // What nothing else waits for comes first: so nothing is blocked, and the run is not called failed.
    for (let left = waiting(); left.length > 0; left = waiting()) {
      const last = left.find(({ number }) => !left.some(({ dependsOn }) => dependsOn.includes(number))) ?? left[0]
      if (!last) break
      const result = `superseded by ${push.sha.slice(0, 8)}`
      endTask(draft, last, 'skipped', { result }, `${taskSubject(last)} was ${result}`)
    }
  }
}

/** Nobody works on it; also when it was worked on before, and starts again. */
const isWaiting = ({ phase }: Task): boolean => phase === 'queued' || phase === 'approval' || phase === 'ready'
