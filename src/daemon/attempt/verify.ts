import { failedCheckText } from '../../core/proof/failed-check.ts'
import { PROVE } from '../../core/proof/findings.ts'
import { isFirstCheck } from '../../core/proof/first-check.ts'
import type { CheckResult, CriterionResult, Finding, Proof, Task } from '../../core/types.ts'
import type { OpenWorkspace } from '../../workspace/workspace.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'
import type { ActivityFeed } from './activity-feed.ts'
import type { WatchOwnFiles } from './watch-own-files.ts'

/** What checking a task needs from outside. */
export interface VerifyPorts {
  dispatcher: Dispatcher
  feed: ActivityFeed
  now: () => number
  /** Opens the folder that a task works in; throws with a message for people when there can be none. */
  open: (task: Task) => Promise<OpenWorkspace>
  /** Checks run what the agent wrote. */
  watchOwnFiles: WatchOwnFiles
  /** Runs the task's own and the configured checks that apply; in order, each with its limit. */
  runChecks: (
    task: Task,
    place: OpenWorkspace,
    signal: AbortSignal,
    onCheck: (name: string) => void,
  ) => Promise<CheckResult[]>
  /** Tries the task's new tests on the tree before it; undefined when that is not wanted. */
  proveNewTests: (
    task: Task,
    signal: AbortSignal,
    onCheck: (name: string) => void,
  ) => Promise<{ check?: CheckResult; finding?: Finding } | undefined>
  /** A fresh, read-only look at the acceptance criteria; undefined when the judge is off. */
  judge: (task: Task, place: OpenWorkspace, signal: AbortSignal) => Promise<CriterionResult[] | undefined>
}

/** Makes the effect that proves a task: a task is done when Baton has checked it, not when the agent says so. */
export function createVerify({
  dispatcher,
  feed,
  now,
  open,
  watchOwnFiles,
  runChecks,
  proveNewTests,
  judge,
}: VerifyPorts): (task: Task, signal: AbortSignal) => Promise<void> {
  return async (task, signal) => {
    const startedAt = now()
    const show = (activity: string) =>
      feed.set({
        runId: task.runId,
        taskId: task.id,
        task: task.number,
        title: task.spec.title,
        activity,
        startedAt,
        turns: task.turns,
        costUsd: task.costUsd,
        lastOutputAt: now(),
        checkedAt: now(),
      })
    /** The checks, and once they pass what must be proved beyond them: both run what the agent wrote. */
    const check = async (task: Task, place: OpenWorkspace) => {
      const checks = await runChecks(task, place, signal, (name) => show(`checking: ${name}`))
      // Before anybody has worked on it there is nothing to prove.
      const isFirst = task.phase === 'ready' || isFirstCheck(task)
      if (signal.aborted || isFirst || checks.some(({ ok }) => !ok)) return checks
      const proved = await proveNewTests(task, signal, (name) => show(`without the change: ${name}`))
      if (proved?.finding) findings.push(proved.finding)
      return proved?.check ? [...checks, proved.check] : checks
    }
    /** A folder that cannot be opened fails the task like a check, so that a person is asked. */
    const openOrFail = async (task: Task) => {
      try {
        return await open(task)
      } catch (error) {
        if (signal.aborted) return undefined
        const text = error instanceof Error ? error.message : String(error)
        if (task.phase === 'ready') await dispatcher.record({ type: 'checking', taskId: task.id })
        await dispatcher.record({ type: 'checked', taskId: task.id, ok: false, text, proof: { checks: [] } })
        return undefined
      }
    }
    let findings: Finding[] = []
    try {
      const place = await openOrFail(task)
      if (!place || signal.aborted) return
      if (task.phase === 'ready') await dispatcher.record({ type: 'checking', taskId: task.id })
      const own = watchOwnFiles(task, place.tree)
      await own.ready
      const checks = await check(task, place).finally(async () => {
        findings = [...findings, ...(await own.end())]
      })
      if (signal.aborted) return
      const failed = checks.filter((check) => !check.ok)
      const proof: Partial<Proof> = { checks, ...(findings.length > 0 && { findings }) }
      if (failed.length > 0) {
        await dispatcher.record({ type: 'checked', taskId: task.id, ok: false, text: failureText(failed), proof })
        return
      }
      show('judging the acceptance criteria')
      const criteria = await judge(task, place, signal)
      if (signal.aborted) return
      const missed = criteria?.filter((criterion) => !criterion.pass) ?? []
      if (criteria) proof.criteria = criteria
      const ok = missed.length === 0
      const text = ok ? `${checks.length} of ${checks.length} checks passed` : criteriaText(missed)
      await dispatcher.record({ type: 'checked', taskId: task.id, ok, text, proof, ...(!ok && { sendBack: true }) })
    } finally {
      feed.clear(task.id)
    }
  }
}

const criteriaText = (missed: CriterionResult[]) =>
  `These acceptance criteria are not met:\n${missed.map((c) => `- ${c.criterion}\n  ${c.evidence}`).join('\n')}`

function failureText(failed: CheckResult[]): string {
  return failed
    .map((check) => {
      if (check.command === PROVE) return check.output
      return `${failedCheckText(check)}\n${check.output}`.trim()
    })
    .join('\n\n')
}
