// Whether this browser is notified of asks while the page is closed.

import { base } from '../base.js'
import { h, say } from '../dom.js'

const WORKER = `${base}/dashboard/sw.js`

/** Only this one address can become a worker, whatever anything on the page says. */
const trusted = () => {
  worker ??= window.trustedTypes
    ? trustedTypes.createPolicy('baton-worker', { createScriptURL: () => WORKER }).createScriptURL('')
    : WORKER
  return worker
}
let worker

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))

export function createNotifications({ api, toasts }) {
  const words = h('p', { class: 'muted small', role: 'status' }, '…')
  const button = h('button', { class: 'button', type: 'button', hidden: true })
  const element = h(
    'div',
    { class: 'field' },
    h('span', { class: 'label' }, 'Notifications'),
    words,
    h('div', { class: 'row' }, button),
  )
  const canPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

  const current = async () => {
    const registration = await navigator.serviceWorker.getRegistration(WORKER)
    return registration?.pushManager.getSubscription()
  }
  const turnOn = async (key) => {
    if ((await Notification.requestPermission()) !== 'granted')
      throw new Error('This browser does not allow notifications from Baton. Allow them in its settings for this page.')
    await navigator.serviceWorker.register(trusted())
    const registration = await ready()
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(key),
    })
    const { endpoint, keys } = subscription.toJSON()
    await api.post('/api/push/subscribe', { endpoint, keys })
  }
  /** `navigator.serviceWorker.ready` waits for a worker of this page's own folder, which is another one. */
  const ready = async () => {
    const registration = await navigator.serviceWorker.getRegistration(WORKER)
    const installing = registration.installing ?? registration.waiting
    if (!registration.active && installing)
      await new Promise((resolve) => {
        installing.addEventListener('statechange', () => installing.state === 'activated' && resolve())
      })
    return registration
  }
  const turnOff = async () => {
    const subscription = await current()
    if (!subscription) return
    await api.post('/api/push/unsubscribe', { endpoint: subscription.endpoint })
    await subscription.unsubscribe()
  }
  const tell = (text, label = '', act) => {
    say(words, text)
    button.hidden = !act
    say(button, label)
    button.onclick = async () => {
      button.disabled = true
      try {
        await act()
      } catch (error) {
        toasts.failed(error)
      }
      button.disabled = false
      await show()
    }
  }
  const show = async () => {
    const { public_key: key } = await api.get('/api/push').catch(() => ({ public_key: null }))
    if (key === null)
      return tell('Need an https address: set http.url in config.yaml. On your phone, use a chat bot instead.')
    if (!canPush) return tell('This browser cannot show them. On an iPhone, add Baton to the home screen first.')
    if (await current()) return tell('On: this browser shows what is waiting for you.', 'Turn off', turnOff)
    return tell('Off: shown only while this page is open.', 'Turn on', () => turnOn(key))
  }
  show()
  return { element }
}
