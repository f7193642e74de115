import { KEPT_LISTENING } from '../core/elsewhere.ts'
import type { KeptValues } from '../core/kept-values.ts'
import { ListensElsewhere, type NotedWhere, type ShareSource, type SourceNotes } from '../core/source-lease.ts'
import { sha256 } from '../text/sha256.ts'
import { elapsedClock } from './clock.ts'
import { GIVE_UP_MS, LEASE_MS } from './machines.ts'
import type { PostgresMachines } from './postgres/runs.ts'
import type { SourceLeases } from './postgres/sources.ts'

/** Sources that this machine shares with others: which of them it listens to, and what it notes there. */
export interface SharedSources {
  share: ShareSource
  /** What a machine does every few seconds: keeps what it has, and takes what nobody has. `renewed`: for the runs of one. */
  round: (leases: SourceLeases, renewed: (id: string, askedAt: number) => void) => Promise<void>
  /** Another process is this machine by now. */
  lapse: () => void
  /** The database does not answer. */
  away: () => void
  /** Something that is said to all machines; false: it is not about a source. */
  heard: (word: string) => boolean
  /** When the lease of another machine is over, unless it is renewed. */
  nextExpiryMs: () => number | undefined
  /** In words. */
  whoListens: (id: string) => string
  /** What does not happen while nobody can say who listens; empty where there is nothing to share. */
  silence: () => string
}

interface Shared {
  id: string
  name: string
  notes: SourceNotes
  held?: { fence: number; renewedAt: number; isAfresh: boolean }
  holder?: string
  /** What the others know. */
  known: ReadonlyMap<string, string>
  /** Changes up to which they do. */
  told?: number
  telling: Promise<void>
  onHeld: Set<(how: { isAfresh: boolean }) => void>
  onHint: Set<(about: unknown) => void>
}

const HINT = 'hint '
/** Postgres refuses to say more at once. */
const LONGEST_WORD = 7_000
const FENCE = 'machines:source:'
const PREFIX = 'source-'

/** Whether a lease is one of a source, and of no offered run. */
export const isOfSource = (id: string): boolean => id.startsWith(PREFIX)

/** The runs of a source go with its lease: nobody offers them, and nobody waits for their end. */
export function withSources(machines: PostgresMachines, sources: SourceLeases): PostgresMachines {
  return {
    ...machines,
    renew: (lease) => (isOfSource(lease.id) ? sources.renew(lease) : machines.renew(lease)),
    // It is for nobody else while this machine listens, whoever is waited for.
    park: async (lease) => !isOfSource(lease.id) && machines.park(lease),
    finish: async (lease, result) => isOfSource(lease.id) || machines.finish(lease, result),
  }
}

/** What is kept in this state folder: what was noted, and up to which fence. */
export interface SharedSourcesPorts {
  kept: KeptValues
  notesOf: (where: NotedWhere) => SourceNotes
}

/** Makes it. */
export function createSharedSources({ kept, notesOf }: SharedSourcesPorts, elapsed = elapsedClock()): SharedSources {
  const sources = new Map<string, Shared>()
  let leases: SourceLeases | undefined
  let nextExpiryMs: number | undefined
  /** Since when the database answers. */
  let answersSince: number | undefined

  const isHeld = ({ held }: Shared) => held !== undefined && elapsed() - held.renewedAt <= GIVE_UP_MS
  const mustHold = (one: Shared) => {
    if (isHeld(one)) return
    throw new ListensElsewhere(
      one.holder === undefined || one.held
        ? `Nobody can say at the moment which machine listens to ${one.name}.`
        : `${one.holder} listens to ${one.name}.`,
    )
  }

  /** What changed since the others were told last. */
  async function tellOthers(one: Shared): Promise<void> {
    const { held, notes: noted, known, id } = one
    const changes = noted.changes()
    if (!held || !leases || one.told === changes) return
    const notes = noted.read()
    const changed = new Map<string, string | null>()
    for (const [key, value] of notes) if (known.get(key) !== value) changed.set(key, value)
    for (const key of known.keys()) if (!notes.has(key)) changed.set(key, null)
    if (changed.size > 0 && !(await leases.note({ id, fence: held.fence }, changed))) delete one.held
    else Object.assign(one, { known: notes, told: changes })
  }

  function telling(one: Shared): Promise<void> {
    one.telling = one.telling.catch(() => undefined).then(() => tellOthers(one))
    return one.telling
  }

  /** This machine has it now. What another one noted since is noted here first. */
  async function begin(one: Shared, fence: number, renewedAt: number, at: SourceLeases): Promise<void> {
    const { notes: theirs, forgotUpTo } = await at.notes(one.id)
    const before = kept.get<number>(FENCE + one.id)
    // The first one of all finds nothing there, and has nothing to learn.
    const isAfresh = fence > 1 && before !== fence
    kept.transaction(() => {
      if (isAfresh) {
        const learned = new Map([...theirs].map(([key, value]) => [key, value ?? undefined]))
        // It said all that it knew then: what is not there any more was forgotten longer ago than is kept.
        if (before !== undefined && before < forgotUpTo)
          for (const key of one.notes.read().keys()) if (!theirs.has(key)) learned.set(key, undefined)
        one.notes.write(learned)
      }
      kept.set(FENCE + one.id, fence)
    })
    one.known = new Map([...theirs].flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
    delete one.told
    one.held = { fence, renewedAt, isAfresh }
    for (const listener of one.onHeld) listener({ isAfresh })
  }

  return {
    share({ name, notes }) {
      const id = PREFIX + sha256(name).slice(0, 24)
      const one: Shared = sources.get(id) ?? {
        ...{ id, name, notes: notesOf(notes), known: new Map(), telling: Promise.resolve() },
        ...{ onHeld: new Set(), onHint: new Set() },
      }
      sources.set(id, one)
      return {
        isHeld: () => isHeld(one),
        holder: () => one.holder,
        async confirm() {
          mustHold(one)
          await telling(one).catch((error) => {
            throw new ListensElsewhere(`What was noted of ${name} is not known to the other machines.`, {
              cause: error,
            })
          })
          // The answer may have come late.
          mustHold(one)
        },
        forRun: () => one.held && { offer: id, fence: one.held.fence },
        onHeld(listener) {
          one.onHeld.add(listener)
          if (one.held) listener({ isAfresh: one.held.isAfresh })
        },
        hint(about) {
          const word = HINT + JSON.stringify({ id, about })
          const short = word.length < LONGEST_WORD ? word : HINT + JSON.stringify({ id })
          // Whoever listens looks again by itself.
          leases?.tell(short).catch(() => undefined)
        },
        onHint: (listener) => void one.onHint.add(listener),
      }
    },
    async round(at, renewed) {
      leases = at
      if (sources.size === 0) return
      const askedAt = elapsed()
      // Where it was away for all of them, whoever listened before and is back comes first: it knows what it finished meanwhile.
      answersSince ??= askedAt
      const mayInherit = askedAt - answersSince >= LEASE_MS
      const named = [...sources.values()].map(({ id, name }) => ({ id, name }))
      const rows = await at.claim(named, mayInherit)
      nextExpiryMs = undefined
      for (const { id, machine, fence, isMine, expiryMs } of rows) {
        const one = sources.get(id) as Shared
        one.holder = machine
        if (!isMine) {
          delete one.held
          const freeMs = Math.max(expiryMs, answersSince + LEASE_MS - askedAt)
          nextExpiryMs = Math.min(nextExpiryMs ?? freeMs, freeMs)
          continue
        }
        if (one.held?.fence === fence) one.held.renewedAt = askedAt
        else await begin(one, fence, askedAt, at)
        renewed(id, askedAt)
        await telling(one)
      }
      const listening = Object.fromEntries(rows.map(({ name, machine }) => [name, machine]).toSorted())
      if (JSON.stringify(listening) !== JSON.stringify(kept.get(KEPT_LISTENING))) kept.set(KEPT_LISTENING, listening)
    },
    lapse() {
      for (const one of sources.values()) delete one.held
    },
    away() {
      answersSince = undefined
    },
    heard(word) {
      if (!word.startsWith(HINT)) return false
      const { id, about } = JSON.parse(word.slice(HINT.length)) as { id: string; about?: unknown }
      const one = sources.get(id)
      if (one && isHeld(one)) for (const listener of one.onHint) listener(about)
      return true
    },
    nextExpiryMs: () => nextExpiryMs,
    whoListens(id) {
      const one = sources.get(id)
      return `${one?.holder ?? 'another machine'} listens to ${one?.name ?? 'what this came from'} now.`
    },
    silence: () =>
      sources.size === 0
        ? ''
        : ` Nothing new is started from ${[...sources.values()].map(({ name }) => name).join(', ')} until then.`,
  }
}
