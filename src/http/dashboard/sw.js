// Shows what is asked while no page is open, and leads to it.

const root = new URL('../', self.location.href).href

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  const { id, title, body } = event.data.json()
  const options = { body, tag: id, icon: `${root}dashboard/icon-192.png`, requireInteraction: true }
  event.waitUntil(self.registration.showNotification(title, options))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const lead = async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
    const page = pages.find(({ url }) => url.startsWith(root))
    return page ? page.focus() : self.clients.openWindow(`${root}#/`)
  }
  event.waitUntil(lead())
})
