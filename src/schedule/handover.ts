import type { SingleValues } from '../core/kept-values.ts'
import { LISTENS_ALONE, type ShareSource, type SourceLease } from '../core/source-lease.ts'
import type { Entry } from './entries.ts'
import type { PassedEntry } from './passed.ts'

/** A start that was about to happen, and on which machine. */
interface Begun {
  at: number
  by?: string
}

/** An entry as other machines know it. */
type Noted = PassedEntry & { begins?: Begun }

export interface HandoverPorts {
  meta: SingleValues
  /** Absent: no other machine has this schedule. */
  share?: ShareSource
}

/** Hands the schedule of a project over between machines that all have it: one of them starts what is due. */
export interface Handover {
  mayStart: (entry: Entry) => boolean
  /** What became of an entry, for whoever is next. */
  noted: (entry: Entry, state: PassedEntry) => void
  /** The others know that this occurrence is started here, before it is. Throws ListensElsewhere. */
  begins: (entry: Entry, state: PassedEntry, at: number) => Promise<void>
  /** Takes over what others noted, when it is this machine's turn; `before`: a start of which nobody knows whether it happened. */
  follow: (
    entries: readonly Entry[],
    stateOf: (entry: Entry) => PassedEntry,
    take: (entry: Entry, state: PassedEntry, before: Begun | undefined) => void,
  ) => void
}

export function createHandover({ meta, share }: HandoverPorts): Handover {
  const leases = new Map<string, SourceLease>()
  const nameOf = (project: string) => `schedule:${project}`
  const keyOf = ({ project, id }: Entry) => `${nameOf(project)}:${id}`
  const note = (entry: Entry, noted: Noted) => {
    if (share) meta.set(keyOf(entry), noted)
  }

  function leaseOf({ project }: Entry): SourceLease {
    const name = nameOf(project)
    const lease = leases.get(project) ?? share?.({ name, notes: { kept: [`${name}:`] } }) ?? LISTENS_ALONE
    leases.set(project, lease)
    return lease
  }

  return {
    mayStart: (entry) => leaseOf(entry).isHeld(),
    noted(entry, state) {
      note(entry, state)
      // Otherwise in a few seconds.
      if (share)
        setImmediate(() =>
          leaseOf(entry)
            .confirm()
            .catch(() => undefined),
        )
    },
    async begins(entry, state, at) {
      const by = leaseOf(entry).holder()
      note(entry, { ...state, begins: { at, ...(by !== undefined && { by }) } })
      await leaseOf(entry).confirm()
    },
    follow(entries, stateOf, take) {
      for (const entry of entries)
        leaseOf(entry).onHeld(({ isAfresh }) => {
          const known = isAfresh ? meta.get<Noted>(keyOf(entry)) : undefined
          const { begins, ...state }: Noted = known ?? stateOf(entry)
          take(entry, state, begins)
        })
    },
  }
}
