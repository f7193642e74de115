import { join } from 'node:path'
import { runSummary } from '../core/run-summary.ts'
import type { Artifacts } from '../daemon/api/artifacts.ts'
import { privateFolder, writePrivate } from '../files/private.ts'
import { type ReceiptGrant, receiptOf } from '../proof/receipt.ts'
import { reportOf } from '../proof/report.ts'
import { redactValue } from '../redact/redact-value.ts'
import type { Reader } from '../store/read.ts'

/** What a report is made from. */
export interface ReportPorts {
  read: Reader
  artifacts: Artifacts
  logsDir: string
  redact: (text: string) => string
  timeZone?: string
}

/** More patches than this would bury what a report is read for. */
const MAX_PATCHES = 50

/** The report of a run as Markdown; undefined when there is no such run. */
export async function reportText(
  { read, artifacts, redact, timeZone }: ReportPorts,
  runId: string,
): Promise<string | undefined> {
  const run = read.run(runId)
  if (!run) return undefined
  const asks = read.asksOfRun(runId)
  const tasks = read.tasks(runId).sort((a, b) => a.number - b.number)
  const granted: ReadonlyMap<string, ReceiptGrant[]> = run.autoApprove ? grantsOf(read, runId) : new Map()
  const receipts = tasks.map((task) =>
    receiptOf({
      run,
      task,
      attempts: read.attempts(task.id),
      asks: asks.filter((ask) => ask.taskId === task.id),
      granted: granted.get(task.id) ?? [],
    }),
  )
  const changed = tasks.filter(({ proof }) => (proof?.files?.length ?? 0) > 0).slice(0, MAX_PATCHES)
  const found = await artifacts.patches(changed.map(({ id }) => id))
  const patches = new Map<number, string>()
  for (const { id, number } of changed) {
    const patch = found.get(id)
    if (patch) patches.set(number, redact(patch.toString('utf8')))
  }
  // Before anything is written as Markdown: behind its escapes and cuts a secret would not be known any more.
  const safe = <T>(value: T) => redactValue(redact, value) as T
  const shown = tasks.map(({ spec, phase, ...task }) => ({
    ...{ ...task, title: spec.title, status: phase, isDeployment: spec.deploy !== undefined },
  }))
  const summary = runSummary(safe(shown), safe(asks))
  return redact(
    reportOf({
      ...{ run: safe(run), receipts: safe(receipts), summary, patches, hide: redact },
      ...(timeZone !== undefined && { timeZone }),
    }),
  )
}

const EVENTS_AT_ONCE = 1_000

/** What was allowed without asking in a run, by the task. Only the events know. */
function grantsOf(read: Reader, runId: string): Map<string, ReceiptGrant[]> {
  const grants = new Map<string, ReceiptGrant[]>()
  for (let after = 0; ; ) {
    const events = read.events({ runId, after, limit: EVENTS_AT_ONCE })
    for (const { type, taskId, at, data } of events) {
      if (type !== 'grant.given' || taskId === undefined) continue
      const given = { at, tool: String(data?.tool), input: data?.input }
      grants.set(taskId, [...(grants.get(taskId) ?? []), given])
    }
    if (events.length < EVENTS_AT_ONCE) return grants
    after = events.at(-1)?.seq ?? after
  }
}

/** Writes `logs/<run>/report.md`. */
export async function writeReport(ports: ReportPorts, runId: string): Promise<string | undefined> {
  const text = await reportText(ports, runId)
  if (text === undefined) return undefined
  const dir = join(ports.logsDir, runId)
  privateFolder(dir)
  const file = join(dir, 'report.md')
  writePrivate(file, text)
  return file
}
