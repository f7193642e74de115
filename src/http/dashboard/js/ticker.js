// One clock for everything on the page that says how long ago something was.

import { createListeners } from './listeners.js'

/** Calls back once a second while somebody looks. `offsetMs` is what the server's clock is ahead. */
export function createTicker() {
  const listeners = createListeners()
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const tick = () => {
    if (!document.hidden) listeners.tell(now())
  }
  setInterval(tick, 1_000)
  document.addEventListener('visibilitychange', tick)
  return {
    now,
    set(serverIso) {
      offsetMs = new Date(serverIso).getTime() - Date.now()
    },
    on(listener) {
      listener(now())
      return listeners.on(listener)
    },
  }
}
