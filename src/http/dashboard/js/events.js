// The event stream: read by hand, because the browser's own reader can send no header with the key.

import { base } from './base.js'

const QUIET_MS = 40_000
const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 10_000

/**
 * Follows the stream from a place on, over any number of interruptions, each time from the last event that arrived.
 * `onState` hears `open` and `away`. Returns how to end it, and how to try again at once.
 */
export function followEvents({ keys, after, onEvent, onLive, onState, onLoggedOut }) {
  let place = after
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
    if (fields.id !== undefined) place = Number(fields.id)
    if (fields.data === undefined) return
    if (fields.event === 'live') onLive(JSON.parse(fields.data))
    else if (fields.event === undefined) onEvent(JSON.parse(fields.data))
  }

  const read = async () => {
    control = new AbortController()
    const { signal } = control
    const headers = { 'X-Baton-Key': keys.read() ?? '', 'Last-Event-ID': String(place) }
    const response = await fetch(`${base}/api/events`, { headers, signal, credentials: 'same-origin' })
    if (response.status === 401) return onLoggedOut()
    if (!response.ok) throw new Error(`The server answered ${response.status}.`)
    onState('open')
    pauseMs = FIRST_PAUSE_MS
    // The server says something every 15 s; after more silence than that the line is dead, whatever it claims.
    let quiet
    const watch = () => {
      clearTimeout(quiet)
      quiet = setTimeout(() => control.abort(), QUIET_MS)
    }
    try {
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        watch()
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
    clearTimeout(timer)
    try {
      await read()
    } catch {
      // Away: said below, tried again.
    }
    if (ended) return
    onState('away')
    timer = setTimeout(run, pauseMs)
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.8)
  }
  run()

  return {
    /** The last event that arrived. */
    place: () => place,
    end() {
      ended = true
      clearTimeout(timer)
      control?.abort()
    },
    now() {
      pauseMs = FIRST_PAUSE_MS
      if (timer !== undefined) {
        clearTimeout(timer)
        timer = setTimeout(run, 0)
      }
    },
  }
}
