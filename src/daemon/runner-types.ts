import type { InputOf } from '../core/inputs.ts'
import type { Step } from '../core/next.ts'
import type { Holder } from '../store/lock.ts'
import type { DaemonApi } from './api/api.ts'

/** What another process may do with a state folder: submit commands, look, follow. Commands are stored at once and wait for a runner. */
export interface CrossProcessApi {
  api: DaemonApi
  /** The process that runs tasks, if there is one. */
  holder: () => Holder | undefined
  close: () => void
}

/** The one process that runs the tasks of a state folder: the daemon, or a run from the terminal. */
export interface Runner {
  api: DaemonApi
  /** Starts the workers, all or those of the named queues; commands are accepted before, too. */
  begin: (queues?: readonly string[]) => void
  /** Settles when there is nothing to do but wait (rest, asks, paused, held), now or later. */
  idle: (queue?: string) => Promise<Step>
  /** Lets the running process finish (its session can be continued), stores everything, releases the lock. Once. */
  stop: () => Promise<void>
  /** Ends what is left at once: the second Ctrl-C. What is stored stays valid. */
  stopNow: () => void
  /** Puts a note into the stream of events that no decision caused. */
  note: (queue: string, text: string, data?: Record<string, unknown>) => void
  /** Books what Claude cost beside the tasks of a queue on its day, USD. */
  spent: (queue: string, usd: number) => Promise<void>
  /** Stores what became of the right to work on an offered run; its work ends or continues with that. */
  leased: (queue: string, input: Omit<InputOf<'lease'>, 'type'>) => Promise<void>
  /** Tells of each process of Claude that begins to work on a run, at once, until the returned function is called. */
  onSpawn: (listener: (runId: string, pid: number) => void) => () => void
  /** From now on nothing begins on a run for which this says no: what is stored may be out of date. */
  bar: (mayBegin: (runId: string) => boolean) => void
  /** Alive: the worker loops run. `why` may be shown to everybody. */
  health: () => { worker: 'ok' | 'dead'; error?: string; why?: string }
}

export type Opened = { runner: Runner } | { holder: Holder }
