import { closedReply } from '../../core/asks/asks.ts'
import { type Decided, decide } from '../../core/decide.ts'
import { type Context, createDraft } from '../../core/draft.ts'
import type { Input, Reply } from '../../core/inputs.ts'
import { remainingUsd } from '../../core/limits/budget.ts'
import { notPossible } from '../../core/reply.ts'
import { applyChanges, forgetEndedRuns, type State } from '../../core/state.ts'
import type { BatonEvent, Policy } from '../../core/types.ts'
import type { Store } from '../../store/store.ts'
import { jsonHash } from '../../store/write.ts'
import { localDay } from '../../text/times.ts'
import type { CommandRequest, ResolveCommand } from '../api/command-request.ts'
import type { PassCrashPoint } from '../crash-points.ts'

/** What the dispatcher of one queue is built from. */
export interface DispatchPorts {
  store: Store<CommandRequest>
  queue: string
  policy: Policy
  /** Epoch milliseconds. */
  now: () => number
  newId: () => string
  resolve: ResolveCommand
  reached: PassCrashPoint
  /** Why no more decisions are made; undefined: they are. */
  refusal?: () => string | undefined
  /** Storing failed (disk full, I/O error) or works again; reported once each. */
  onTrouble: (error: Error | undefined) => void
  onError: (error: unknown) => void
}

/** The one writer of a queue. */
export interface Dispatcher {
  /** The state as last committed; read only. */
  state: () => State
  /** Decides and commits one input at once; throws when it cannot be stored. */
  apply: (input: Input) => Decided
  /** The same for what has already happened and must not be lost: tries again until it is stored. */
  record: (input: Input) => Promise<Decided>
  /** Brings an older run of the queue into memory, so that something can be decided about it; false when it is gone. */
  recall: (runId: string) => boolean
  /** Handles everything that waits in the inbox for this queue, in order. */
  drain: () => Promise<void>
  /** What may still be spent on a task before some ceiling is reached, USD; undefined without ceilings. */
  remainingUsd: (taskId: string) => number | undefined
  /** From now on, what cannot be stored is given up: this process ends, and the next one finds it interrupted. */
  giveUp: () => void
  /** Called after every commit, with its events. */
  onCommit: (listener: (events: BatonEvent[]) => void) => () => void
}

/** Storing is tried again after this long when the disk is full. */
const RETRY_MS = 2_000

/** Loads the queue's state and makes its writer. */
export function createDispatcher(ports: DispatchPorts): Dispatcher {
  const { store, queue, now } = ports
  const state = store.read.state(queue)
  const listeners = new Set<(events: BatonEvent[]) => void>()
  let inTrouble = false
  let draining: Promise<void> = Promise.resolve()
  let givenUp = false

  const context = (): Context => ({
    now: now(),
    id: ports.newId,
    hash: jsonHash,
    day: localDay(now()),
    policy: ports.policy,
  })

  const commit = (decided: Decided, also?: () => void) => {
    const events = store.commit(decided, also)
    // Memory follows the disk, never the other way round.
    applyChanges(state, decided.changes)
    if (decided.events.some((event) => event.type === 'run.ended')) forgetEndedRuns(state)
    if (inTrouble) {
      inTrouble = false
      ports.onTrouble(undefined)
    }
    for (const listener of listeners) listener(events)
  }

  const apply = (input: Input): Decided => {
    const decided = decide(state, input, context())
    if (decided.changes.length > 0 || decided.events.length > 0) commit(decided)
    return decided
  }

  const troubled = (error: unknown) => {
    if (!isStorageTrouble(error)) throw error
    if (!inTrouble) ports.onTrouble(error as Error)
    inTrouble = true
  }

  const record = async (input: Input): Promise<Decided> => {
    for (;;) {
      try {
        return apply(input)
      } catch (error) {
        troubled(error)
        if (givenUp) throw error
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  const recall = (runId: string) => store.read.recall(state, runId)

  const handle = async (item: { id: number; content: CommandRequest }) => {
    const { by } = item.content
    const refused = ports.refusal?.()
    const resolved =
      refused === undefined
        ? await ports.resolve(item.content, item.id).catch((error: unknown) => ({ reply: failure(error) }))
        : { reply: failure(new Error(refused)) }
    // A command about an older run; the id of a start is that of a run to be made.
    if (
      'command' in resolved &&
      resolved.command.type !== 'start' &&
      'runId' in resolved.command &&
      resolved.command.runId !== undefined
    )
      recall(resolved.command.runId)
    const decided: Decided =
      'reply' in resolved
        ? { changes: [], events: [], reply: resolved.reply }
        : decide(state, { type: 'command', command: resolved.command, by }, context())
    const reply = answerFor(item.content, decided.reply)
    commit(decided, () => store.inbox.handled(item.id, reply, now()))
    ports.reached('answered')
  }

  /** A defect of ours ends one command: it must not block all others for ever. */
  const refuse = ({ id, key }: { id: number; key: string }, error: unknown) => {
    if (isStorageTrouble(error)) throw error
    ports.onError(error)
    if (store.inbox.reply(key) === undefined) store.inbox.handled(id, failure(error), now())
  }

  /** An ask that is long over is no longer in memory; somebody who answers it late still learns how it was decided. */
  const answerFor = ({ command }: CommandRequest, reply: Reply | undefined): Reply => {
    const fallback = reply ?? { ok: true, text: 'Done.' }
    if (fallback.code !== 'unknown-ask' || !('target' in command) || command.target.askId === undefined) return fallback
    const ask = store.read.ask(command.target.askId)
    return ask ? closedReply(ask) : fallback
  }

  const drainOnce = async () => {
    for (;;) {
      const items = store.inbox.pending({ queue })
      if (items.length === 0) return
      for (const item of items) {
        try {
          await handle(item).catch((error: unknown) => refuse(item, error))
        } catch (error) {
          troubled(error)
          // What is in the inbox was promised: nobody has to ask for it again.
          setTimeout(() => void drain().catch(ports.onError), RETRY_MS).unref()
          return
        }
      }
    }
  }

  /** One after the other: a call that comes while one is on looks again after it. */
  const drain = (): Promise<void> => {
    draining = draining.then(drainOnce, drainOnce)
    return draining
  }

  return {
    state: () => state,
    apply,
    record,
    recall,
    drain,
    remainingUsd: (taskId) => {
      // A live process keeps the budget it was given.
      const live = [...state.attempts.values()].find((one) => one.live && one.taskId === taskId)
      if (live) return live.givenUsd
      const draft = createDraft(state, context())
      return remainingUsd(draft, draft.task(taskId))
    },
    giveUp: () => {
      givenUp = true
    },
    onCommit: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const failure = (error: unknown): Reply => notPossible(error instanceof Error ? error.message : String(error))

/** Full disks and I/O errors pass; everything else is a defect and must be seen. */
export function isStorageTrouble(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${String((error as { errstr?: string }).errstr ?? '')}` : ''
  return /disk is full|disk I\/O|database is locked|readonly database|ENOSPC|EIO|EDQUOT/i.test(text)
}
