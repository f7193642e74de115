import { isDeferred } from '../../claude/outcome/outcome.ts'
import type { StreamMessage } from '../../claude/stream/messages.ts'
import type { ClaudeHandlers, EndReason } from '../../claude/types.ts'
import { decisionText } from '../../core/asks/asks.ts'
import { mayWorkOn } from '../../core/lanes/lease.ts'
import type { Task } from '../../core/types.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'
import type { AttemptPorts, Claim, FinishedProcess } from './attempt-ports.ts'
import { createHeldRequests } from './held-requests.ts'
import { processFindings, type StopHook } from './stop-hook.ts'
import type { TaskLog } from './task-log.ts'
import { seeWork } from './work-seen.ts'

const SECOND_MS = 1_000
/** The pid is stored after this at the latest; a crash before is covered by the attempt's mark in the environment. */
const SPAWN_NOTE_MS = 100

/** One process of Claude, with everything that comes and goes while it lives. */
export async function runClaude(
  ports: AttemptPorts,
  task: Task,
  { plan, before, own = ports.watchOwnFiles(task, plan.place.tree), warm }: Claim,
  log: TaskLog,
  isWanted: () => boolean,
): Promise<FinishedProcess> {
  const { dispatcher, feed, now } = ports
  const attemptId = plan.attempt.id
  const attempt = dispatcher.state().attempts.get(attemptId)
  const follower = ports.follow(plan.attempt.cwd)
  const startedAt = now()
  let activity = plan.isNew ? 'starting' : 'resuming'
  let isTrying = false
  let lastOutputAt = now()
  let heard = false
  let stopHook: StopHook | undefined
  let found: { pid: number; pidStartedAt: string } | undefined
  let spawnTimer: NodeJS.Timeout | undefined
  let ending: EndReason | undefined
  const work = seeWork()
  const pending = new Set<Promise<unknown>>()
  const later = (work: Promise<unknown>) => {
    const guarded = work.catch(ports.onError).finally(() => pending.delete(guarded))
    pending.add(guarded)
  }

  const show = () => {
    const { costUsd } = dispatcher.state().tasks.get(task.id) ?? task
    feed.set({
      runId: task.runId,
      taskId: task.id,
      task: task.number,
      title: task.spec.title,
      activity: asking.isOpen() ? 'waiting for an answer' : activity,
      ...(isTrying && { trouble: activity }),
      startedAt,
      turns: task.turns + follower.turns(),
      costUsd,
      lastOutputAt,
      checkedAt: now(),
    })
  }

  const asking = createHeldRequests({
    dispatcher,
    attemptId,
    process: () => process,
    describe: (ask) => {
      const { cwd } = plan.attempt
      const request = ports.describe(ask, dispatcher.state().tasks.get(task.id) ?? task, cwd)
      if (ask.kind !== 'permission' || !own.judge({ tool: ask.tool, input: ask.input, cwd })) return request
      // Baton's own files are asked about each time: no grant for a kind of call covers them.
      const { rule: _, matchingRules: __, ...alone } = request
      return alone
    },
    holdMs: ports.holdMs,
    reached: ports.reached,
    isEnding: () => ending !== undefined,
    onVerdict: (request, verdict, decided) =>
      log.line(
        `? ${request.title}: ${decided ?? `${verdict.do}${'message' in verdict ? ` (${verdict.message})` : ''}`}`,
      ),
    onError: ports.onError,
  })

  const noteSpawn = () => {
    clearTimeout(spawnTimer)
    spawnTimer = undefined
    if (found) later(dispatcher.record({ type: 'spawned', attemptId, ...found }).then(() => ports.reached('spawned')))
  }
  const noteHeard = () => {
    if (heard) return
    heard = true
    const isNoted = spawnTimer === undefined
    clearTimeout(spawnTimer)
    const store = async () => {
      const seen = { ...(isNoted ? {} : found), ...(await before) }
      await dispatcher.record({ type: 'heard', attemptId, ...(Object.keys(seen).length > 0 && { found: seen }) })
      if (!isNoted) ports.reached('spawned')
    }
    later(store())
  }

  const handlers: ClaudeHandlers = {
    onSpawn(pid, pidStartedAt) {
      found = { pid, pidStartedAt }
      ports.spawned?.(task.runId, pid)
      // One commit for both if Claude speaks soon; otherwise the pid must not wait for it.
      spawnTimer = setTimeout(noteSpawn, SPAWN_NOTE_MS)
    },
    onRaw: (line) => log.raw(line),
    onMessage(message) {
      lastOutputAt = now()
      if (message.type === 'assistant' || message.type === 'result' || message.type === 'tool_results') noteHeard()
      if (isService(message) && dispatcher.state().queue.trial) later(dispatcher.record({ type: 'served', attemptId }))
      work.see(message)
      if (message.type === 'result' && !message.isError && !isDeferred(message)) {
        const worked = work.soFar()
        // Not before stdin is closed, which a process that starts would delay by some milliseconds.
        setImmediate(() => ports.warmStart?.prepare(task, worked))
      }
      const told = follower.take(message)
      if (message.type === 'assistant')
        for (const block of message.blocks)
          if (block.type === 'tool_use') own.heard({ tool: block.name, input: block.input, cwd: plan.attempt.cwd })
      for (const line of told.log ?? []) log.line(line)
      if (message.type === 'stop_hook') {
        const { blocked = 0, words = '', overridden = false } = stopHook ?? {}
        stopHook = {
          blocked: blocked + (message.overridden ? 0 : 1),
          overridden: overridden || message.overridden,
          words: message.words || words,
        }
        log.line(`! ${message.overridden ? 'a Stop hook was overridden' : `a Stop hook: ${message.words}`}`)
      }
      if (told.activity !== undefined) {
        activity = told.activity
        isTrying = message.type === 'api_retry'
      }
      for (const useId of told.finishedToolUseIds) markDelivered(useId)
      show()
    },
    onAsk(ask) {
      // A session that asks exists, whatever else it has said.
      noteHeard()
      const verdict = ask.kind === 'permission' ? own.judge({ ...ask, cwd: plan.attempt.cwd }) : undefined
      // An agent that does not know hooks announces its calls here at the latest.
      if (verdict?.do === 'deny' && process.answer(ask.requestId, { behavior: 'deny', message: verdict.why }))
        return handlers.onGuarded?.(ask, verdict)
      asking.open(ask)
      show()
    },
    onGuarded: ({ tool, input }, verdict) =>
      log.line(
        `! ${verdict.do === 'deny' ? 'refused' : 'will be asked for'}: ${tool} ${JSON.stringify(input)}: ${verdict.why}`,
      ),
    onAskWithdrawn: (requestId) => asking.withdrawn(requestId),
  }

  const markDelivered = (useId: string) => {
    for (const ask of dispatcher.state().asks.values()) {
      if (ask.taskId !== task.id || ask.tool?.useId !== useId || ask.state === 'open' || ask.delivered) continue
      later(dispatcher.record({ type: 'delivered', askId: ask.id }))
    }
  }

  const planned = ports.startOf(task, plan, own)
  // A session that continues without a prompt of ours starts at once.
  if (planned.prompt === undefined) await own.ready
  const start = { ...planned, ready: Promise.all([before, own.ready]) }
  const process = warm ? warm.begin(start, handlers) : ports.startClaude(start, handlers)
  // After the prompt: what may start at once takes milliseconds, and would have it wait.
  let isOver = false
  let stopExpecting: (() => void) | undefined
  void start.ready.then(() => {
    if (!isOver) stopExpecting = ports.warmStart?.expect(task)
  })
  log.line(
    plan.isNew
      ? `▶ ${task.spec.title} (session ${plan.attempt.sessionId})`
      : `▶ resuming (${plan.continuation?.reason ?? 'interrupted'})`,
  )
  for (const id of plan.continuation?.askIds ?? []) {
    const ask = dispatcher.state().asks.get(id)
    if (ask) log.line(`? ${ask.title}: ${decisionText(ask)}`)
  }

  /** Brings the process in line with what the state says now. */
  const sync = () => {
    asking.deliver()
    if (!isWanted() && ending === undefined) {
      ending = ports.isStopping() ? 'shutdown' : (endReasonOf(dispatcher, task) ?? 'stop')
      later(asking.parkAll().then(() => process.end(ending as EndReason)))
      return
    }
    const words = dispatcher.state().tasks.get(task.id)?.say ?? []
    if (words.length === 0 || !heard) return
    let taken = 0
    for (const text of words) {
      if (!process.say(text)) break
      log.line(`« ${text}`)
      taken++
    }
    if (taken > 0) later(dispatcher.record({ type: 'said', taskId: task.id, count: taken }))
  }
  const unsubscribe = dispatcher.onCommit(() => queueMicrotask(sync))
  const clock = setInterval(() => {
    show()
    sync()
  }, SECOND_MS)
  sync()
  show()

  const ended = await process.finished
  isOver = true
  stopExpecting?.()
  clearInterval(clock)
  clearTimeout(spawnTimer)
  unsubscribe()
  asking.close()
  while (pending.size > 0) await Promise.all(pending)
  const outcome = ports.classify(ended, { turns: attempt?.turns ?? 0, costUsd: attempt?.costUsd ?? 0 })
  for (const note of ended.notes) log.line(note)
  if (ended.unheard.length > 0) await dispatcher.record({ type: 'unheard', taskId: task.id, words: ended.unheard })
  if (ended.survivors.length > 0)
    ports.onError(new Error(`Could not end: ${ended.survivors.map((s) => `${s.pid} ${s.command}`).join(', ')}`))
  // What an earlier process of the same session did is not known here.
  const acted = plan.isNew ? follower.acted() : undefined
  // A process that Baton ended, or that crashed, had no chance to end what it had started.
  const findings =
    outcome.kind === 'done'
      ? processFindings({ ...ended, stopHook })
      : processFindings({ ...ended, stopHook, leftovers: [] })
  if (!outcome.session) return { outcome, acted, findings }
  await dispatcher.record({ type: 'continuation-lost', attemptId, fresh: outcome.session !== 'not-deferred' })
  const text = 'the session could not be continued like that; trying another way'
  return { outcome: { ...outcome, kind: 'interrupted', text }, acted }
}

/** Claude's service has answered, and not with an outage. */
function isService(message: StreamMessage): boolean {
  if (message.type === 'assistant') return message.error === undefined
  return message.type === 'result' && !message.isError
}

function endReasonOf(dispatcher: Dispatcher, task: Task): EndReason | undefined {
  const run = dispatcher.state().runs.get(task.runId)
  // Another machine may begin with it in seconds.
  if (run && !mayWorkOn(run)) return 'shutdown'
  if (dispatcher.state().queue.paused) return 'pause'
  return dispatcher.state().tasks.get(task.id)?.phase === 'skipped' ? 'skip' : undefined
}
