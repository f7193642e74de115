import type { ScheduledStart } from '../config/types.ts'
import type { Reply } from '../core/inputs.ts'
import type { KeptValues } from '../core/kept-values.ts'
import { ListensElsewhere, type ShareSource } from '../core/source-lease.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { duration } from '../text/durations.ts'
import { datedName } from './dated-name.ts'
import { look, nextDue, ON_TIME_MS } from './due.ts'
import { type Entry, scheduleEntries } from './entries.ts'
import { createHandover } from './handover.ts'
import { type Passed, type PassedEntry, seenFirst } from './passed.ts'
import type { Note } from './ports.ts'
import { presentFiles } from './present-files.ts'
import { createTicker, type SetTimer } from './ticker.ts'

interface NextStart {
  /** Epoch milliseconds. */
  at: number
  /** Absent: the project's own task files. */
  files?: string[]
  project: string
}

export interface Schedule {
  start: () => void
  stop: () => Promise<void>
  /** The next start of each entry, soonest first. */
  next: () => NextStart[]
}

export interface SchedulePorts {
  entries: readonly ScheduledStart[]
  /** Absolute; names of files are seen from here. */
  home: string
  api: Pick<DaemonApi, 'submit'>
  meta: KeptValues
  note: Note
  now: () => number
  onError: (error: unknown) => void
  timer?: SetTimer
  /** For the schedules that other machines have, too; absent: there are none. */
  share?: ShareSource
  /** Parts those that an agent changed, and that nobody has started since, from what should start. */
  review?: Review
}

/** Looks at what should start; `names` absent: the project's own files. Undefined: nothing is held back. */
export type Review = (project: string, names: readonly string[] | undefined, id: string) => Promise<Held | undefined>

/** What is not started by the clock. */
interface Held {
  held: string[]
  /** What is left to be started. */
  rest: string[]
  /** Offers what is held back; called inside the transaction that notes the occurrence as passed. */
  offer: () => void
}

const KEY = 'schedule'
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 3_600_000

/**
 * Starts runs by the clock. Each occurrence is started under a key of its own and stored as started after that, so a crash
 * in between repeats the act and not the run. What was not accepted is tried again while it may still start.
 */
export function createSchedule(ports: SchedulePorts): Schedule {
  const { home, api, meta, note, now, onError } = ports
  const entries = scheduleEntries(ports.entries)
  const stored = new Map<string, PassedEntry>()
  const handover = createHandover({ meta, ...(ports.share && { share: ports.share }) })
  const tries = new Map<string, { due: number; count: number; at: number }>()

  const save = (
    entry: Entry,
    state: PassedEntry,
    told?: { text: string; level: 'info' | 'warning' | 'error' },
    also?: () => void,
  ) => {
    meta.transaction(() => {
      also?.()
      meta.set(KEY, { ...Object.fromEntries(stored), [entry.id]: state })
      handover.noted(entry, state)
      const { level, text } = told ?? {}
      if (text !== undefined) note(text, { queue: entry.project, data: { level, schedule: entry.cron } })
    })
    // Memory follows the disk: what could not be stored is looked at again.
    stored.set(entry.id, state)
  }
  const stateOf = ({ id }: Entry): PassedEntry => stored.get(id) ?? { passed: seenFirst(now()) }

  const visit = async (entry: Entry) => {
    if (!handover.mayStart(entry)) return
    const state = stateOf(entry)
    const { passed, due, missed } = look(state.passed, entry.occurrences, now(), entry.catchUpMs)
    if (due === undefined) {
      // A refusal has already been reported.
      const isTold = missed === undefined || state.told === missed
      if (passed !== state.passed) save(entry, { ...state, passed }, isTold ? undefined : missedText(entry, missed))
    } else if (!isTooSoon(entry, due)) await begin(entry, due, passed)
  }

  const missedText = (entry: Entry, at: number) => ({
    text: `The start of ${timeText(at, entry)} (${entry.cron}) did not happen: it was missed by ${duration(now() - at)}, too late to be made up for (catch_up).`,
    level: 'warning' as const,
  })

  const isTooSoon = ({ id }: Entry, due: number): boolean => {
    const tried = tries.get(id)
    if (tried?.due !== due) return false
    const sinceMs = now() - tried.at
    return sinceMs >= 0 && sinceMs < Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tried.count - 1))
  }

  const begin = async (entry: Entry, due: number, passed: Passed) => {
    const { id, project, cron, files, timezone, autoApprove } = entry
    const names = files?.map((name) => datedName(name, due, timezone))
    const { found, missing } = await presentFiles(home, names ?? [])
    const review =
      names && found.length === 0 ? undefined : await ports.review?.(project, names && found, `${id}.${due}`)
    const settle = (text?: string) =>
      save(entry, { passed }, text === undefined ? undefined : { text, level: 'info' }, review?.offer)
    if (names && found.length === 0)
      return settle(`There is no ${missing.join(', ')}, so nothing is started (${cron}).`)
    const heldText =
      review &&
      `${review.held.join(', ')} was changed while a task ran, and is not started by the schedule (${cron}). Start it yourself once you have looked at it: /start ${review.held[0]}`
    if (review && review.rest.length === 0) return settle(heldText)
    const key = `schedule:${id}:${new Date(due).toISOString()}`
    const command = {
      type: 'start' as const,
      ...(names && { files: found }),
      ...(review && { files: review.rest }),
      autoApprove,
    }
    await handover.begins(entry, { ...stateOf(entry), passed }, due)
    const reply = await api
      .submit(command, { surface: 'schedule', id: cron, name: cron }, { key, queue: project })
      .catch((error: unknown): Reply => ({ ok: false, text: error instanceof Error ? error.message : String(error) }))
    if (!reply.ok) return refused(entry, due, reply)
    const isLate = now() - due > ON_TIME_MS && reply.code !== 'nothing-to-do'
    const words = [
      ...(heldText === undefined ? [] : [heldText]),
      ...(isLate ? [`The start at ${timeText(due, entry)} was missed; starting now (${cron}).`] : []),
      ...(missing.length > 0 ? [`There is no ${missing.join(', ')} (${cron}).`] : []),
    ]
    settle(words.length > 0 ? words.join(' ') : undefined)
  }

  /** It may be that it could not be stored, so it is tried again; a refusal that was stored comes back unchanged. */
  const refused = (entry: Entry, due: number, reply: Reply) => {
    const count = tries.get(entry.id)?.due === due ? (tries.get(entry.id)?.count ?? 0) + 1 : 1
    tries.set(entry.id, { due, count, at: now() })
    const state = stateOf(entry)
    if (state.told === due) return
    const text = `The start at ${timeText(due, entry)} (${entry.cron}) was refused: ${reply.text}`
    save(entry, { ...state, told: due }, { text, level: 'error' })
  }

  const soonest = () =>
    entries
      .flatMap((entry) => {
        const at = nextDue(stateOf(entry).passed, entry.occurrences, now())
        return at === undefined ? [] : [{ at, entry }]
      })
      .sort((a, b) => a.at - b.at)

  const ticker = createTicker({
    now,
    nextAt: () => soonest()[0]?.at,
    onError,
    ...(ports.timer && { timer: ports.timer }),
    async work() {
      // Where another machine starts them, it does.
      const failed = (error: unknown) => (error instanceof ListensElsewhere ? undefined : onError(error))
      for (const entry of entries) await visit(entry).catch(failed)
    },
  })

  return {
    start() {
      const before = meta.get<Record<string, PassedEntry>>(KEY) ?? {}
      for (const entry of entries) stored.set(entry.id, before[entry.id] ?? stateOf(entry))
      if (entries.length > 0 || Object.keys(before).length > 0) meta.set(KEY, Object.fromEntries(stored))
      if (entries.length === 0) return
      ticker.start()
      handover.follow(entries, stateOf, (entry, state, before) => {
        save(entry, state, before && { text: inDoubt(entry, before), level: 'warning' })
        ticker.soon()
      })
    },
    stop: ticker.stop,
    next: () =>
      soonest().map(({ at, entry: { files, project, timezone } }) => ({
        at,
        ...(files && { files: files.map((name) => datedName(name, at, timezone)) }),
        project,
      })),
  }
}

const inDoubt = (entry: Entry, { at, by = 'the machine' }: { at: number; by?: string }): string =>
  `Nobody knows whether the start of ${timeText(at, entry)} (${entry.cron}) happened: ${by}, which was about to start it, is gone. Start it yourself where it did not.`

const timeText = (at: number, { timezone }: Entry): string => datedName('{yyyy-MM-dd HH:mm}', at, timezone)
