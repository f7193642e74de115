// The event stream: read by hand, because the browser's own reader can send no header with the key.

import { base } from './base.js'
import { safely } from './listeners.js'

const ANSWER_MS = 5_000
const QUIET_MS = 40_000
const FIRST_PAUSE_MS = 200
/** A daemon that is back is seen within a second, however long it was away. */
const LONGEST_PAUSE_MS = 1_000
const REFUSED_PAUSE_MS = 10_000

/**
 * Follows the stream from a place on, over any number of interruptions, each time from the last event that arrived.
 * `onState` hears `open` and `away`, `onMoment` that something changed which is not an event. What a listener throws is
 * reported, and reading continues. Returns how to end it, and how to try again at once.
 */
export function followEvents({ keys, after, onEvent, onLive, onMoment, onState, onLoggedOut }) {
  let place = String(after)
  let pauseMs = FIRST_PAUSE_MS
  let control
  let timer
  let ended = false

  const take = (block) => {
    const fields = {}
    for (const line of block.split('\n')) {
      const colon = line.indexOf(': ')
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2)
    }
    if (fields.id !== undefined) place = fields.id
    if (fields.data === undefined) return
    const hear = { live: onLive, moment: onMoment, undefined: onEvent }[fields.event]
    if (hear) safely((data) => hear(JSON.parse(data)), fields.data)
  }

  /** Reads until the line ends; throws when there is none. */
  const read = async () => {
    control = new AbortController()
    const { signal } = control
    // The server says something every 15 s; after more silence than that the line is dead, whatever it claims.
    let quiet
    const watch = (ms) => {
      clearTimeout(quiet)
      quiet = setTimeout(() => control.abort(), ms)
    }
    try {
      watch(ANSWER_MS)
      const headers = { 'X-Baton-Key': keys.read() ?? '', 'Last-Event-ID': place }
      const response = await fetch(`${base}/api/events`, { headers, signal, credentials: 'same-origin' })
      if (response.status === 401) return ended || onLoggedOut()
      if (!response.ok) {
        if (response.status === 429) pauseMs = REFUSED_PAUSE_MS
        throw new Error(`The server answered ${response.status}.`)
      }
      safely(onState, 'open')
      pauseMs = FIRST_PAUSE_MS
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        watch(QUIET_MS)
        const { done, value } = await reader.read()
        if (done) return
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop()
        for (const block of blocks) take(block)
      }
    } finally {
      clearTimeout(quiet)
    }
  }

  const run = async () => {
    timer = undefined
    try {
      await read()
    } catch {
      // Away: said below, tried again.
    }
    if (ended) return
    safely(onState, 'away')
    timer = setTimeout(run, pauseMs)
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 1.8))
  }
  run()

  return {
    /** The last event that arrived, among those of this machine. */
    seq: () => Number.parseInt(place, 10),
    /** Where to continue; with several machines, in the events of each. */
    place: () => place,
    end() {
      ended = true
      clearTimeout(timer)
      control?.abort()
    },
    /** Does not wait for the pause to end. */
    now() {
      if (timer === undefined) return
      clearTimeout(timer)
      run()
    },
    /** Gives up a line that is known to be dead. */
    renew() {
      pauseMs = 0
      if (timer === undefined) control?.abort()
    },
  }
}
