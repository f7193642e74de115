import type { MachineTarget } from '../core/machine-target.ts'
import type { Actor } from '../core/types.ts'

/** A task file that goes along with an offered run. */
export interface OfferedFile {
  /** As people know it where it was written. */
  name: string
  text: string
}

/** A run for whichever machine may take it. */
export interface NewOffer {
  project: string
  target: MachineTarget
  files: OfferedFile[]
  /** The commit that the work starts from: a machine that does not have it does not take the run. */
  base?: string
  options: { autoApprove?: boolean; all?: boolean; only?: number[] }
  by: Actor
  /** The machine that it was offered on. */
  from: string
}

/** A run that this machine may work on now. */
export interface TakenRun extends NewOffer {
  id: string
  /** Higher than that of every machine that had it before. */
  fence: number
}

/** How an offered run stands, for whoever wants to know. */
export interface OfferState {
  id: string
  project: string
  target: MachineTarget
  state: 'queued' | 'active' | 'parked' | 'done' | 'failed' | 'stopped'
  files: string[]
  from: string
  machine?: string
  fence: number
  at: number
  result?: RunResult
}

/** What came of a run. */
export interface RunResult {
  state: 'done' | 'failed' | 'stopped'
  text: string
  costUsd: number
  /** Tasks that are done: in which of the offered files, and how they are known there. */
  done: { file: number; ref: string; at: number }[]
}

/** What a machine wants to take. */
export interface WantedRuns {
  /** Projects in which it has nothing to do. */
  free: readonly string[]
  /** Projects in which it waits for a run that it had. */
  returning: readonly string[]
  /** Whether the work can begin here. */
  mayStart: (offer: NewOffer) => Promise<boolean>
}

/** What a machine still has of a run: `lapsed`: nobody else has it yet; `lost`: somebody else has, or had. */
export type Held = 'held' | 'lapsed' | 'lost'

/** Which lease is meant. */
export interface LeaseName {
  id: string
  fence: number
}

/**
 * Hands out runs among machines. `local` is the only machine there is; `postgres` asks a database that several share. Every
 * call may fail when that is away, and the same call again is the same as once.
 */
export interface Machines {
  /** `already`: exactly this is waited for or worked on. */
  offer: (offer: NewOffer) => Promise<{ id: string; already: boolean }>
  /** The next run that this machine may work on. */
  take: (wanted: WantedRuns) => Promise<TakenRun | undefined>
  renew: (lease: LeaseName) => Promise<Held>
  /** False: another machine has the run, and what happened here does not count. */
  finish: (lease: LeaseName, result: RunResult) => Promise<boolean>
  stop: () => Promise<void>
}

/** A lease is good for this long without being renewed, by the database's clock. */
export const LEASE_MS = 15_000
/** How often it is renewed. */
export const RENEW_MS = 5_000
/** Who could not renew for so long ends its work: before the lease is over, and with time to do it in. */
export const GIVE_UP_MS = 10_000

/** Why a database does not answer, in a few words: when several addresses were tried, only the code is given. */
export function whyAway(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || 'no answer'
}

/** What is wrong with machines, in words for people. */
export class MachinesError extends Error {
  override readonly name = 'MachinesError'
}
