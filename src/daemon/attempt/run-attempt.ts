import { setTimeout as sleep } from 'node:timers/promises'
import { deferredAsk } from '../../core/asks/requests.ts'
import { findingLine } from '../../core/proof/findings.ts'
import type { Task } from '../../core/types.ts'
import { WorkspaceError } from '../../workspace/workspace.ts'
import type { AttemptPorts, Claim, FinishedProcess } from './attempt-ports.ts'
import { type AttemptPlan, planAttempt } from './plan-attempt.ts'
import { runClaude } from './run-claude.ts'
import type { TaskLog } from './task-log.ts'

/** What keeps a process from starting is looked at again after this. */
const LOOK_AGAIN_MS = 2_000

/** Makes the effect that runs one process of a task from its claim to its stored end. */
export function createRunAttempt(ports: AttemptPorts): (task: Task, isWanted: () => boolean) => Promise<void> {
  const { dispatcher } = ports

  /** Undefined when it was called off meanwhile. */
  const claim = async (task: Task, isWanted: () => boolean): Promise<Claim | undefined> => {
    const place = await ports.open(task)
    const isFirst = () => ![...dispatcher.state().attempts.values()].some(({ live }) => live)
    await waitWhile(task, isWanted, async () => ports.whyNoRoom(isFirst()))
    const state = dispatcher.state()
    const previous = task.attemptId === undefined ? undefined : state.attempts.get(task.attemptId)
    const deferred = deferredAsk({ ask: (id) => state.asks.get(id) }, task)
    const { logsDir, newId, newUuid, redact } = ports
    const where = { place, logsDir, newUuid, newId, redact }
    const warm = await ports.warmStart?.take(task)
    const plan = warm?.plan ?? planAttempt(task, previous, { deferred }, where)
    if (!plan.isNew || plan.resumes) await untilFree(task, plan, isWanted)
    // The look at the project runs in parallel with Claude's start-up; commands start at once, so they wait for it.
    const before = plan.isNew ? ports.evidence.before(task, plan) : undefined
    const known = task.spec.run ? await before : undefined
    if (!isWanted()) {
      await warm?.claude.discard()
      return undefined
    }
    try {
      await dispatcher.record({ type: 'claimed', taskId: task.id, attempt: { ...plan.attempt, ...known } })
    } catch (error) {
      await warm?.claude.discard()
      throw error
    }
    ports.reached('claimed')
    // Commands of a task are the user's own words.
    const own = task.spec.run ? undefined : ports.watchOwnFiles(task, place.tree)
    return { plan, before, ...(own && { own }), ...(warm && { warm: warm.claude }) }
  }

  /** Waits while another process has the session, as one that a person has opened by hand. */
  const untilFree = async (task: Task, { attempt }: AttemptPlan, isWanted: () => boolean): Promise<void> => {
    let told = false
    await waitWhile(task, isWanted, async () => {
      const pid = await ports.sessionInUse(attempt.sessionId)
      if (pid === undefined) return undefined
      const why = `waiting: its session is open in another Claude (process ${pid}); exit that one to continue`
      if (!told) {
        const log = ports.openLog(attempt)
        log.line(`! ${why}`)
        await log.close()
      }
      told = true
      return why
    })
  }

  /** Waits as long as there is a reason, and shows it as what the task is doing. */
  const waitWhile = async (
    task: Task,
    isWanted: () => boolean,
    reason: () => Promise<string | undefined>,
  ): Promise<void> => {
    while (isWanted()) {
      const activity = await reason()
      if (activity === undefined) return
      const startedAt = ports.now()
      ports.feed.set({
        ...{ runId: task.runId, taskId: task.id, task: task.number, title: task.spec.title, activity },
        ...{ startedAt, turns: task.turns, costUsd: task.costUsd, lastOutputAt: startedAt, checkedAt: startedAt },
      })
      await sleep(LOOK_AGAIN_MS)
    }
  }

  return async (task, isWanted) => {
    let claimed: Claim | undefined
    try {
      claimed = await claim(task, isWanted)
    } catch (error) {
      if (!isWanted()) return
      // What cannot even begin (a missing folder) fails like any other attempt, so that a person is asked.
      await failBeforeStart(ports, task, error)
      return
    }
    if (!claimed) return
    const { plan } = claimed
    const log = ports.openLog(plan.attempt)
    try {
      const { outcome, acted, findings = [] } = await processOf(task, claimed, log, isWanted)
      ports.reached('result')
      const found = [...findings, ...((await claimed.own?.end()) ?? [])]
      const { proof, checkpointAfter } = await ports.evidence.after(task, plan, outcome, acted)
      for (const finding of found) log.line(`! ${findingLine(finding)}`)
      log.line(`■ ${outcome.kind}: ${outcome.text}`)
      // While the end is stored; waited for below.
      void log.close()
      await dispatcher.record({
        type: 'ended',
        attemptId: plan.attempt.id,
        outcome,
        proof: found.length > 0 ? { ...proof, findings: [...(proof.findings ?? []), ...found] } : proof,
        ...(checkpointAfter !== undefined && { checkpointAfter }),
      })
      if (outcome.kind === 'done') ports.warmStart?.prepare(task)
    } finally {
      ports.feed.clear(task.id)
      await log.close()
    }
  }

  async function processOf(
    task: Task,
    claimed: Claim,
    log: TaskLog,
    isWanted: () => boolean,
  ): Promise<FinishedProcess> {
    try {
      if (task.spec.run)
        return { outcome: await ports.runCommands(task, claimed.plan, log, isWanted), acted: undefined }
      return await runClaude(ports, task, claimed, log, isWanted)
    } catch (error) {
      // A defect of ours must not take the queue down with it: the attempt fails, and a person is asked.
      ports.onError(error)
      const text = `Baton itself failed: ${error instanceof Error ? error.message : String(error)}`
      return { outcome: { kind: 'failed', text }, acted: undefined }
    }
  }
}

async function failBeforeStart(
  { dispatcher, newId, newUuid, now }: AttemptPorts,
  task: Task,
  error: unknown,
): Promise<void> {
  const text = error instanceof Error ? error.message : String(error)
  const concerns = error instanceof WorkspaceError && error.concerns === 'run' && { concerns: 'run' as const }
  const id = newId()
  const attempt = { id, sessionId: newUuid(), cwd: '', logFile: '', rawFile: '', startedAt: now() }
  await dispatcher.record({ type: 'claimed', taskId: task.id, attempt })
  await dispatcher.record({ type: 'ended', attemptId: id, outcome: { kind: 'failed', text, ...concerns } })
}
