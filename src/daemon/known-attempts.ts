import { ownCeiling, USUAL_LIMIT } from '../claude/process/brand.ts'
import type { KnownAttempts } from '../claude/process/inside.ts'
import type { Reader } from '../store/read.ts'
import type { Store } from '../store/store.ts'
import { checkMarks } from './check-marks.ts'

const CEILING = 'brand-ceiling'

type Attempts = Pick<Reader, 'attempt' | 'task' | 'liveAttempts' | 'checkedAttempts' | 'meta'>

/** What a state knows of its attempts, to tell which processes belong to them. */
export function knownAttempts(read: Attempts): KnownAttempts {
  return {
    working: [...read.liveAttempts(), ...read.checkedAttempts().map((id) => ({ id }))],
    // A check that comes before the first attempt bears the mark of its task, one of merged work a mark of its own.
    isKnown: (id) =>
      read.attempt(id) !== undefined ||
      read.task(id) !== undefined ||
      checkMarks({ get: read.meta, set: () => undefined })
        .all()
        .includes(id),
    ceiling: read.meta<number>(CEILING) ?? USUAL_LIMIT,
  }
}

/** Notes below which limit this process brands, so that others know it; nothing where it is the usual one. */
export function noteCeiling({ read, setMeta }: Pick<Store<unknown>, 'read' | 'setMeta'>): void {
  const ceiling = ownCeiling() ?? USUAL_LIMIT
  if ((read.meta<number>(CEILING) ?? USUAL_LIMIT) !== ceiling) setMeta(CEILING, ceiling)
}
