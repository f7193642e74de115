// What the page knows, kept up with the server: one look at everything, then events; each event asks for another look.

import { followEvents } from './events.js'
import { createListeners } from './listeners.js'
import { soon } from './soon.js'

const SHORTEST_MS = 250
const DRAWN_MS = 50
const RETRY_MS = 500
const LATE_MS = 1_000
const LOOK_MS = 20_000
const HIDDEN_MS = 120_000
const HAPPENED = 60
const BACKLOG = 40

/** @param app needs `api`, `keys`, `ticker` and `onLoggedOut` */
export function createState({ api, keys, ticker, onLoggedOut }) {
  const listeners = createListeners()
  const eventListeners = createListeners()
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
  let retrying
  let again = false
  let loadedAt = 0
  let livesHeard = 0
  let heard = []

  const tell = () => listeners.tell(state)
  /** A night's worth of events at once is drawn once. */
  const tellSoon = soon(tell, DRAWN_MS)

  const load = async () => {
    const query = state.project === undefined ? '' : `?project=${encodeURIComponent(state.project)}`
    const heardBefore = livesHeard
    const overview = await api.get(`/api/overview${query}`)
    // While it is open, an ask changes only in what its brief says: each is fetched once, whole.
    const wanted = new Map(overview.asks.map((ask) => [ask.id, ask]))
    await Promise.all(
      overview.asks.map(async ({ id, hash }) => {
        if (asks.get(id)?.hash !== hash) asks.set(id, await api.get(`/api/asks/${encodeURIComponent(id)}`))
      }),
    )
    for (const id of asks.keys()) if (!wanted.has(id)) asks.delete(id)
    ticker.set(overview.now)
    // What was heard while the answer was on its way is newer than the answer, and the stream carries every change.
    const isOutrun = livesHeard > heardBefore && state.overview.project === overview.project
    state.overview = withLives(overview, isOutrun ? heard : overview.lives)
    state.asks = overview.asks
      .map(({ id, snoozed }) => asks.has(id) && { ...asks.get(id), snoozed })
      .filter((ask) => ask?.state === 'open')
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
      .catch(() => {
        // What made this look necessary has been heard and will not come again. While away, being back asks for one.
        if (state.connection === 'open' && stream) retrying = setTimeout(refresh, RETRY_MS)
      })
      .finally(() => {
        loading = undefined
        if (again) {
          again = false
          refresh()
        } else if (stream && state.connection === 'open' && state.overview.seq > stream.seq()) checkLine()
      })
    return loading
  }
  /** Events that the server has and that do not come: the line is dead, even where nothing has said so. */
  const checkLine = soon(() => {
    if (stream && state.overview.seq > stream.seq()) stream.renew()
  }, LATE_MS)

  const follow = (after) => {
    left = undefined
    stream = followEvents({
      keys,
      after,
      onLoggedOut,
      onEvent(event) {
        state.happened = [event, ...state.happened].slice(0, HAPPENED)
        // Another machine counts its events by itself.
        if (event.machine !== undefined || event.seq > state.overview.seq) refresh()
        tellSoon()
        eventListeners.tell(event)
      },
      onLive({ project, now, lives }) {
        eventListeners.tell({ type: 'live', project, lives, runId: lives[0]?.session_id })
        if (project !== state.overview.project) return
        ticker.set(now)
        livesHeard++
        const isOther = !isSameWork(lives, heard)
        heard = lives
        state.overview = withLives(state.overview, lives)
        // The first word of a task may come before the look that tells that there is one.
        if (isOther) refresh()
        tellSoon()
      },
      onMoment: () => refresh(),
      onState(connection) {
        const isBack = connection === 'open' && state.connection === 'away'
        state.connection = connection
        if (connection === 'open') refresh()
        tell()
        if (isBack) eventListeners.tell({ type: 'back' })
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
    } else if (stream) {
      stream.now()
      refresh()
    } else if (left !== undefined) follow(left)
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
      for (const timer of [hiding, retrying]) clearTimeout(timer)
      checkLine.cancel()
    },
    choose(project) {
      state.project = project
      refresh()
    },
    on(listener) {
      if (state.overview) listener(state)
      return listeners.on(listener)
    },
    /** Hears every event, `live` when a running task of any project did something, and `back` when the line is there again. */
    onEvent: eventListeners.on,
  }
}

/** Nobody needs to know what a task does whose run they do not know. */
function withLives(overview, heard) {
  const lives = heard.filter(({ session_id }) => session_id === overview.session?.session_id)
  return { ...overview, lives, live: lives.find(({ task }) => task === overview.current?.id) ?? null }
}

const workOf = (lives) => lives.map(({ session_id, task }) => `${session_id} ${task}`).join()

/** The same tasks are running, whatever they do. */
export const isSameWork = (lives, others) => workOf(lives) === workOf(others)
