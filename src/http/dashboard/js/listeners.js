// Who wants to hear of something. One of them that fails is reported; it stops neither the others nor the caller.

/** A list of listeners; `on` adds one and returns how to take it off again. */
export function createListeners() {
  const all = new Set()
  return {
    tell(value) {
      for (const listener of all) safely(listener, value)
    },
    on(listener) {
      all.add(listener)
      return () => all.delete(listener)
    },
  }
}

/** Calls somebody else's code; what it throws goes where uncaught errors go, and no further. */
export function safely(work, value) {
  try {
    work(value)
  } catch (error) {
    reportError(error)
  }
}
