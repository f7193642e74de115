import type { Writable } from 'node:stream'
import type { BatonEvent } from '../../core/types.ts'
import { helloFrame } from './frame.ts'
import { type PlacesElsewhere, placeText } from './place.ts'
import type { Recent } from './recent.ts'
import type { RecentElsewhere } from './recent-elsewhere.ts'

/** More than this waits for no follower: the rest stays in the store until there is room. */
const HIGH_WATER_BYTES = 256 * 1_024

/** One connection that follows the stream. */
export interface Follower {
  /** There may be something new. */
  advance: () => void
  /** Something of the moment; left out for who lags behind. */
  passing: (frame: string) => void
  /** Since when it has not taken what was sent; undefined while it keeps up. */
  laggingSince: () => number | undefined
  close: () => void
}

export interface FollowerPorts {
  out: Writable
  after: number
  recent: Recent
  /** Every stored event after a place, until the returned function is called. */
  follow: (listener: (event: BatonEvent) => void, after: number) => () => void
  frame: (event: BatonEvent) => string
  /** What happens on other machines, and where the follower is in it; without places from now on. */
  elsewhere?: { recent: RecentElsewhere; places?: PlacesElsewhere }
  now: () => number
}

/**
 * Writes the stream from a place on, in order, each event once. It keeps its own place and takes from the memory of
 * frames, or from the store when it is further behind; while the connection is full it takes nothing at all. What happens on
 * other machines comes in between, and the id of each event says where the follower is in all of them.
 */
export function createFollower({ out, after, recent, follow, frame, elsewhere, now }: FollowerPorts): Follower {
  let place = after
  let places = elsewhere?.places && new Map(elsewhere.places)
  let lagging: number | undefined
  let unfollow: (() => void) | undefined
  let closed = false

  const stopReading = () => {
    unfollow?.()
    unfollow = undefined
  }
  const write = (text: string) => {
    out.write(text)
    if (out.writableLength > HIGH_WATER_BYTES && lagging === undefined) {
      lagging = now()
      stopReading()
      out.once('drain', () => {
        lagging = undefined
        advance()
      })
    }
  }
  const take = (seq: number, text: () => string) => {
    if (closed || lagging !== undefined || seq <= place) return
    place = seq
    const framed = text()
    // The frame is the same for all, and says where in this machine's own events it stands.
    write(places?.size ? `id: ${placeText(place, places)}${framed.slice(framed.indexOf('\n'))}` : framed)
  }
  const takeElsewhere = () => {
    const newest = elsewhere?.recent.newest()
    if (!elsewhere || !newest) return
    if (!places) {
      places = new Map(newest)
      // Whoever leaves before the first event comes back to this place.
      if (places.size > 0) write(helloFrame({ seq: place, elsewhere: places }))
    }
    for (const { machine, place: there, data } of elsewhere.recent.after(places)) {
      if (closed || lagging !== undefined) return
      places.set(machine, there)
      write(`id: ${placeText(place, places)}\ndata: ${data}\n\n`)
    }
  }
  const fromStore = () => {
    unfollow ??= follow((event) => {
      take(event.seq, () => frame(event))
      // Caught up: from here on the shared frames serve.
      if (place < recent.newest()) return
      stopReading()
      takeElsewhere()
    }, place)
  }
  const advance = () => {
    if (closed || lagging !== undefined || unfollow) return
    takeElsewhere()
    const frames = recent.after(place)
    if (!frames) return fromStore()
    for (const one of frames) take(one.seq, () => one.frame)
  }
  return {
    advance,
    passing: (text) => void (closed || lagging !== undefined || unfollow || write(text)),
    laggingSince: () => lagging,
    close() {
      closed = true
      stopReading()
    },
  }
}
