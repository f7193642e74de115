import type { EventElsewhere } from '../machines/ports.ts'
import type { PlacesElsewhere } from './place.ts'

/** An event of another machine, as text for the stream. */
interface FrameElsewhere {
  machine: string
  place: number
  data: string
}

/** The newest events of the other machines, for whoever follows here. What is older is no longer sent to anybody. */
export interface RecentElsewhere {
  /** `isBacklog`: all that is remembered, in place of what was here. */
  add: (events: readonly EventElsewhere[], isBacklog: boolean) => void
  /** Undefined: what is remembered has not been read yet. */
  newest: () => PlacesElsewhere | undefined
  after: (places: PlacesElsewhere) => FrameElsewhere[]
  /** Nobody follows any more. */
  forget: () => void
}

const MOST = 1_000
const MOST_CHARS = 4 * 1_024 * 1_024

/** Makes it; `dataOf` writes an event as JSON without secrets. */
export function createRecentElsewhere(dataOf: (event: Record<string, unknown>) => string): RecentElsewhere {
  let frames: FrameElsewhere[] = []
  let newest: Map<string, number> | undefined
  let chars = 0
  return {
    newest: () => newest,
    add(events, isBacklog) {
      if (isBacklog) {
        frames = []
        newest = new Map()
        chars = 0
      }
      for (const { machine, place, event } of events) {
        const data = dataOf({ ...event, machine })
        frames.push({ machine, place, data })
        newest?.set(machine, place)
        chars += data.length
        while (frames.length > MOST || (chars > MOST_CHARS && frames.length > 1))
          chars -= frames.shift()?.data.length ?? 0
      }
    },
    after: (places) => frames.filter(({ machine, place }) => place > (places.get(machine) ?? 0)),
    forget() {
      frames = []
      newest = undefined
      chars = 0
    },
  }
}
