import type { Writable } from 'node:stream'
import type { BatonEvent } from '../../core/types.ts'
import type { Recent } from './recent.ts'

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
  now: () => number
}

/**
 * Writes the stream from a place on, in order, each event once. It keeps its own place and takes from the memory of
 * frames, or from the store when it is further behind; while the connection is full it takes nothing at all.
 */
export function createFollower({ out, after, recent, follow, frame, now }: FollowerPorts): Follower {
  let place = after
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
    write(text())
  }
  const fromStore = () => {
    unfollow ??= follow((event) => {
      take(event.seq, () => frame(event))
      // Caught up: from here on the shared frames serve.
      if (place >= recent.newest()) stopReading()
    }, place)
  }
  const advance = () => {
    if (closed || lagging !== undefined || unfollow) return
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
