// The key of the log-in. The cookie goes to every port of this host, the key only to this origin.

const NAME = 'baton.key'

export function createKeys(storage = localStorage) {
  return {
    read: () => storage.getItem(NAME),
    keep: (key) => storage.setItem(NAME, key),
    forget: () => storage.removeItem(NAME),
  }
}
