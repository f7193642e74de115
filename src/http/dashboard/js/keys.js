// The key of the log-in. The cookie goes to every port of this host, the key only to this origin.

import { base } from './base.js'

/** Several Batons may be served from one origin, each below a path of its own. */
const NAME = `baton.key${base}`

export function createKeys(storage = localStorage) {
  return {
    read: () => storage.getItem(NAME),
    keep: (key) => storage.setItem(NAME, key),
    forget: () => storage.removeItem(NAME),
  }
}
