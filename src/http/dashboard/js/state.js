// What the page knows, kept up with the server: one look at everything, then events; each event asks for another look.

import { followEvents } from './events.js'

const SHORTEST_MS = 250
const LOOK_MS = 20_000
const HIDDEN_MS = 120_000
const HAPPENED = 60
const BACKLOG = 40

/** @param app needs `api`, `keys`, `ticker` and `onLoggedOut` */
export function createState({ api, keys, ticker, onLoggedOut }) {
  const listeners = new Set()
  const eventListeners = new Set()
  const asks = new Map()
  const state = {
    overview: undefined,
    asks: [],
    happened: [],
    connection: 'away',
    project: undefined,
    health: undefined,
  }
  let stream
  let left
  let loading
  let again = false
  let loadedAt = 0
  let livesHeard = 0

  const tell = () => {
    for (const listener of listeners) listener(state)
  }

  const load = async () => {
    const query = state.project === undefined ? '' : `?project=${encodeURIComponent(state.project)}`
    const heardBefore = livesHeard
    const overview = await api.get(`/api/overview${query}`)
    // An ask does not change while it is open: each is fetched once, whole.
    const wanted = new Map(overview.asks.map((ask) => [ask.id, ask]))
    await Promise.all(
      overview.asks.map(async ({ id, hash }) => {
        if (asks.get(id)?.hash !== hash) asks.set(id, await api.get(`/api/asks/${encodeURIComponent(id)}`))
      }),
    )
    for (const id of asks.keys()) if (!wanted.has(id)) asks.delete(id)
    ticker.set(overview.now)
    // What was heard while the answer was on its way is newer than the answer, and the stream tells every change.
    const isOutrun = livesHeard > heardBefore && state.overview.project === overview.project
    state.overview = isOutrun ? { ...overview, live: state.overview.live } : overview
    state.asks = overview.asks.map(({ id }) => asks.get(id)).filter((ask) => ask?.state === 'open')
    loadedAt = performance.now()
  }

  /** At most one look at a time, and not more often than anybody could see. */
  const refresh = () => {
    if (loading) {
      again = true
      return loading
    }
    const waitMs = Math.max(0, SHORTEST_MS - (performance.now() - loadedAt))
    loading = new Promise((resolve) => setTimeout(resolve, waitMs))
      .then(load)
      .then(tell)
      .catch(() => undefined)
      .finally(() => {
        loading = undefined
        if (again) {
          again = false
          refresh()
        }
      })
    return loading
  }

  const follow = (after) => {
    left = undefined
    stream = followEvents({
      keys,
      after,
      onLoggedOut,
      onEvent(event) {
        state.happened = [event, ...state.happened].slice(0, HAPPENED)
        for (const listener of eventListeners) listener(event)
        if (event.seq > state.overview.seq) refresh()
        tell()
      },
      onLive({ project, now, live }) {
        if (project !== state.overview.project) return
        ticker.set(now)
        livesHeard++
        state.overview = { ...state.overview, live }
        tell()
        for (const listener of eventListeners) listener({ type: 'live', task: live?.task, runId: live?.session_id })
      },
      onState(connection) {
        state.connection = connection
        if (connection === 'open') refresh()
        tell()
      },
    })
  }

  addEventListener('online', () => stream?.now())
  // A browser has few connections to a host, and people have many tabs: one that nobody looks at lets go of its own, and
  // takes up the events where it left off.
  let hiding
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding)
    if (document.hidden) {
      hiding = setTimeout(() => {
        left = stream?.place()
        stream?.end()
        stream = undefined
      }, HIDDEN_MS)
    } else if (stream) stream.now()
    else if (left !== undefined) follow(left)
  })
  // What time alone changes (health, a limit that is over) makes no event.
  setInterval(() => {
    if (stream || left !== undefined) refresh()
  }, LOOK_MS)

  return {
    get: () => state,
    refresh,
    async start() {
      await load()
      follow(Math.max(0, state.overview.seq - BACKLOG))
      tell()
    },
    stop() {
      stream?.end()
      stream = left = undefined
      clearTimeout(hiding)
    },
    choose(project) {
      state.project = project
      refresh()
    },
    on(listener) {
      listeners.add(listener)
      if (state.overview) listener(state)
      return () => listeners.delete(listener)
    },
    onEvent(listener) {
      eventListeners.add(listener)
      return () => eventListeners.delete(listener)
    },
  }
}
