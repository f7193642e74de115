import type { EventElsewhere, MachinesPorts } from '../machines/ports.ts'

/** An ask of another machine, for a message about it. */
export interface AskedThere {
  id: string
  machine: string
  task: number
  title: string
  queue: string
}

/** Where somebody is in what the other machines tell, by their names. */
export type PlacesThere = Readonly<Record<string, number>>

const ASKS = new Set(['ask.opened', 'ask.reminded'])

/**
 * Which asks a batch of events of other machines tells of, as far as they are open, and where whoever hears them is then. Without
 * places what was asked before is known already.
 */
export function askedIn(
  events: readonly EventElsewhere[],
  { isBacklog, places, others }: { isBacklog: boolean; places: PlacesThere | undefined; others: Others },
): { asks: AskedThere[]; places: PlacesThere } {
  const isNew = ({ machine, place }: EventElsewhere) => (places ? place > (places[machine] ?? 0) : !isBacklog)
  const asks = events.filter(isNew).flatMap(({ machine, event }): AskedThere[] => {
    const { type, askId, task, text, queue } = event
    if (typeof type !== 'string' || !ASKS.has(type) || typeof askId !== 'string') return []
    if (!isOpen(others, machine, askId)) return []
    return [{ id: askId, machine, task: Number(task), title: String(text), queue: String(queue) }]
  })
  const reached: Record<string, number> = { ...places }
  for (const { machine, place } of events) reached[machine] = Math.max(place, reached[machine] ?? 0)
  return { asks, places: reached }
}

type Others = ReturnType<MachinesPorts['others']>

/** Its machine still shows it. */
function isOpen(others: Others, machine: string, askId: string): boolean {
  const { doing, silentSince } = others.find((one) => one.machine === machine) ?? {}
  const asks: unknown = doing?.asks
  return (
    silentSince === undefined &&
    Array.isArray(asks) &&
    asks.some((ask: unknown) => (ask as { id?: unknown } | null)?.id === askId)
  )
}
