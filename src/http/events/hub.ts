import type { ServerResponse } from 'node:http'
import type { BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { Live } from '../../daemon/api/views.ts'
import type { Redact } from '../../redact/redact.ts'
import type { HttpDeps } from '../deps.ts'
import { healthOf } from '../health.ts'
import { safeJson } from '../present/body.ts'
import { liveOf } from '../present/live.ts'
import { iso } from '../present/moment.ts'
import { createFollower, type Follower } from './follower.ts'
import { BEAT, eventFrame, helloFrame, passingFrame } from './frame.ts'
import type { StreamPlace } from './place.ts'
import { createRecent } from './recent.ts'
import { createRecentElsewhere } from './recent-elsewhere.ts'

const BEAT_MS = 15_000
/** A follower that takes nothing for this long is gone, whatever its connection says. */
const STUCK_MS = 30_000
const LIVE_MS = 250
const MOMENT_MS = 500
const MOST_FOLLOWERS = 256

/** Hands the stream to everybody who follows it; each event is read and written as text once. */
export interface Hub {
  /** Streams into a response from a place on (absent: from now on); false when there are too many already. */
  add: (res: ServerResponse, after: StreamPlace | undefined, session?: string) => boolean
  /** Ends the streams of a log-in that has ended. */
  endOf: (session: string) => void
  count: () => number
  /** To be called before anybody is shown the moment: what one follower has seen is sent to all, and so is its end. */
  tellMoment: () => void
  close: () => void
}

export interface HubPorts extends Pick<HttpDeps, 'health' | 'chatHealth' | 'machines' | 'version'> {
  api: DaemonApi
  redact: Redact
  now: () => number
}

export function createHub(ports: HubPorts): Hub {
  const { api, redact, now } = ports
  const recent = createRecent(api.view.lastSeq())
  const followers = new Map<ServerResponse, Follower>()
  const sessions = new WeakMap<ServerResponse, string>()
  const each = (work: (follower: Follower) => void) => {
    for (const follower of followers.values()) work(follower)
  }
  const unfollow = api.follow((event) => {
    recent.add(event.seq, eventFrame(event, redact))
    each((follower) => follower.advance())
  }, recent.newest())
  const live = everySoOften(LIVE_MS, (lives: Live[], queue: string) => {
    if (followers.size === 0) return
    const [first = null, ...others] = lives.map(liveOf)
    const told = { project: queue, now: iso(now()), live: first, lives: first ? [first, ...others] : [] }
    const frame = passingFrame('live', told, redact)
    each((follower) => follower.passing(frame))
  })
  const offLive = api.onLive(live.tell)
  const { machines } = ports
  const elsewhere = machines && createRecentElsewhere((event) => safeJson(event, redact))
  let unfollowMachines: (() => void) | undefined
  const followMachines = () => {
    unfollowMachines ??= machines?.follow((events, isBacklog) => {
      elsewhere?.add(events, isBacklog)
      each((follower) => follower.advance())
    })
  }
  const leaveMachines = () => {
    unfollowMachines?.()
    unfollowMachines = undefined
    elsewhere?.forget()
  }
  const beat = setInterval(() => {
    for (const [res, follower] of followers) {
      const since = follower.laggingSince()
      if (since !== undefined && now() - since > STUCK_MS) res.destroy()
      else follower.passing(BEAT)
    }
  }, BEAT_MS)
  beat.unref()
  // A worker that dies stores no event of it.
  let lastMoment = momentOf(ports)
  const tellMoment = () => {
    const moment = momentOf(ports)
    if (moment === lastMoment) return
    lastMoment = moment
    each((follower) => follower.passing(passingFrame('moment', { now: iso(now()) }, redact)))
  }
  const moments = setInterval(tellMoment, MOMENT_MS)
  moments.unref()

  return {
    tellMoment,
    count: () => followers.size,
    endOf(session) {
      for (const res of followers.keys()) if (sessions.get(res) === session) res.end()
    },
    add(res, after, session) {
      if (followers.size >= MOST_FOLLOWERS) return false
      const newest = Math.max(api.view.lastSeq(), recent.newest())
      // A place that does not exist yet is one of another state folder: nothing there can be compared.
      const place = after === undefined || after.seq > newest ? newest : after.seq
      const places = elsewhere && after?.elsewhere
      res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
      res.write(helloFrame({ seq: place, ...(places && { elsewhere: places }) }))
      const frame = (event: BatonEvent) => eventFrame(event, redact)
      const follower = createFollower({
        ...{ out: res, after: place, recent, follow: api.follow, frame, now },
        ...(elsewhere && { elsewhere: { recent: elsewhere, ...(places && { places }) } }),
      })
      followers.set(res, follower)
      if (session !== undefined) sessions.set(res, session)
      res.once('close', () => {
        follower.close()
        followers.delete(res)
        if (followers.size === 0) leaveMachines()
      })
      followMachines()
      follower.advance()
      return true
    },
    close() {
      leaveMachines()
      unfollow()
      offLive()
      live.stop()
      clearInterval(beat)
      clearInterval(moments)
      for (const [res, follower] of followers) {
        follower.close()
        res.end()
      }
    },
  }
}

/** What changes without an event: whether everything is alive. */
function momentOf(ports: Pick<HubPorts, 'health' | 'chatHealth' | 'machines' | 'version'>): string {
  const { worker, why, telegram } = healthOf(ports)
  return JSON.stringify([worker, why, telegram.ok, ports.machines?.changes()])
}

/** Passes on the newest of what comes, by project, at most once in `everyMs`; what came last is never left out. */
function everySoOften(everyMs: number, pass: (lives: Live[], queue: string) => void) {
  const waiting = new Map<string, Live[]>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    timer = undefined
    if (waiting.size === 0) return
    for (const [queue, lives] of waiting) pass(lives, queue)
    waiting.clear()
    timer = setTimeout(flush, everyMs)
  }
  return {
    tell(lives: Live[], queue: string) {
      waiting.set(queue, lives)
      if (!timer) flush()
    },
    stop: () => clearTimeout(timer),
  }
}
