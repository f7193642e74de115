/** Where a source keeps what it knows, so that several machines can know the same of it. */
export interface SourceNotes {
  /** Every note by its key, as JSON. */
  read: () => Map<string, string>
  /** Takes over what another machine noted; undefined: it was forgotten there. */
  write: (notes: ReadonlyMap<string, string | undefined>) => void
  /** Counts up whenever something may have changed. */
  changes: () => number
}

/** Which notes belong to a source: those of these names, and all that is kept of a repository. */
export interface NotedWhere {
  /** Whole names. */
  names?: readonly string[]
  /** Beginnings of names. */
  kept: readonly string[]
  /** How the same are called on all machines, one for each: people spell one place in several ways. Absent: as here. */
  keptAs?: readonly string[]
  /** `acme/app` */
  repo?: string
}

/** A source that several machines may be set up for: a repository, a project of tickets, a schedule. */
export interface SharedPlace {
  /** The same on each of them, and for people: `github:acme/app`. */
  name: string
  notes: NotedWhere
}

/** Another machine listens to a source, or nobody can say who does. */
export class ListensElsewhere extends Error {
  override readonly name = 'ListensElsewhere'
}

/**
 * The right to listen to a source, to begin what comes of it and to write there. One machine has it at a time. What it notes is
 * known to the next one, and before anything follows from it.
 */
export interface SourceLease {
  /** At this very moment. */
  isHeld: () => boolean
  /** Who has it, in words; undefined: nobody knows. */
  holder: () => string | undefined
  /** Lets the others know what was noted. Throws ListensElsewhere where this machine has no right to it any more. */
  confirm: () => Promise<void>
  /** For a run that begins now: it is worked on for as long as the right is held. */
  forRun: () => { offer: string; fence: number } | undefined
  /**
   * Called each time that this machine gets the right, and at once where it has it; `isAfresh`: others may have had it in
   * between, and what they noted is noted here by now.
   */
  onHeld: (listener: (how: { isAfresh: boolean }) => void) => void
  /** Something happened there: whoever listens is to look. */
  hint: (about?: unknown) => void
  /** What other machines heard of it. */
  onHint: (listener: (about: unknown) => void) => void
}

/** Makes it for a source; the same name twice is the same. */
export type ShareSource = (place: SharedPlace) => SourceLease

/** The only machine there is. */
export const LISTENS_ALONE: SourceLease = {
  isHeld: () => true,
  holder: () => undefined,
  confirm: async () => undefined,
  forRun: () => undefined,
  onHeld: () => undefined,
  hint: () => undefined,
  onHint: () => undefined,
}
