/** What is asked inside of the page, as text: the types of a browser are not those of Node. */

/** Where the keyboard is. */
export const FOCUSED = "document.activeElement.tagName + ': ' + document.activeElement.textContent"

export const TO_THE_END = 'scrollTo(0, document.body.scrollHeight)'

export const TOO_WIDE_PX = 'document.documentElement.scrollWidth - innerWidth'

/** As if the person turned to another tab, and back. */
export const look = (isHidden: boolean): string => `(() => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })
  document.dispatchEvent(new Event('visibilitychange'))
})()`

export const IDS = "[...document.querySelectorAll('[id]')].map((element) => element.id)"

/** Keeps everything that is said from now on about what the task is doing. */
export const WATCH_ACTIVITY = `(() => {
  window.activities = []
  const element = document.querySelector('.activity')
  new MutationObserver(() => window.activities.push(element.textContent))
    .observe(element, { childList: true, characterData: true, subtree: true })
})()`

/** Whether something of a hostile text came to life. */
export const PWNED = `[
  String(window.pwned),
  document.querySelectorAll('#app img, #app script, #app iframe, [onerror], [onload]').length,
]`

export const WRITE_MARKUP = `(() => {
  try {
    document.createElement('div').innerHTML = '<img src=x onerror="window.pwned=1">'
  } catch (error) {
    return 'refused: ' + error.name
  }
  return 'taken'
})()`

/** Everything that can be used and has no name. */
export const NAMELESS = `(() => {
  const nameOf = (element) =>
    element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.[0]?.textContent.trim() || ''
  return [...document.querySelectorAll('button, a, input:not([hidden]), select, textarea, [tabindex="0"]')]
    // What is hidden has its name when it is shown.
    .filter((element) => !element.hidden && nameOf(element) === '')
    .map((element) => element.outerHTML.slice(0, 120))
})()`

/** Contrast of pairs of colours, as WCAG counts it. */
export const contrastOf = (pairs: readonly (readonly [string, string])[]): string => `(() => {
  const probe = document.body.appendChild(document.createElement('i'))
  const luminance = (name) => {
    probe.style.color = 'var(' + name + ')'
    const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map((part) => {
      const c = Number(part) / 255
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  return ${JSON.stringify(pairs)}.map(([front, back]) => {
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a)
    return { pair: front + ' on ' + back, contrast: (light + 0.05) / (dark + 0.05) }
  })
})()`

/** A page without the slow looks that it takes now and then. */
export const NO_LOOKS = `(() => {
  const every = window.setInterval
  window.setInterval = (work, ms, ...more) => (ms >= 10_000 ? 0 : every(work, ms, ...more))
})()`

/** A second follower of the stream, all of whose listeners fail. */
export const FOLLOW_AND_FAIL = `(async () => {
  const { followEvents } = await import('/dashboard/js/events.js')
  const { createKeys } = await import('/dashboard/js/keys.js')
  window.heard = []
  const fail = (what) => {
    window.heard.push(what)
    throw new Error('planted')
  }
  followEvents({
    keys: createKeys(),
    after: 0,
    onEvent: (event) => fail(event.text),
    onLive: ({ live }) => fail(live?.activity),
    onMoment: () => fail('moment'),
    onState: (state) => fail(state),
    onLoggedOut: () => fail('logged out'),
  })
})()`

/** The first stream of the page says nothing, and does not end. */
export const DEAF = `(() => {
  const reach = window.fetch
  let isFirst = true
  window.fetch = (address, options) => {
    if (!isFirst || !String(address).endsWith('/api/events')) return reach(address, options)
    isFirst = false
    return Promise.resolve(new Response(new ReadableStream({
      start: (controller) => options.signal.addEventListener('abort', () => controller.error(new Error('aborted'))),
    })))
  }
})()`

/** The browser's part of subscribing, which would need a push service of its own: a subscription that is kept in the page. */
export const subscribesAs = (subscription: object): string => `(() => {
  let current = null
  PushManager.prototype.subscribe = async (options) => {
    window.subscribedTo = new Uint8Array(options.applicationServerKey).length
    current = {
      endpoint: ${JSON.stringify(subscription)}.endpoint,
      toJSON: () => (${JSON.stringify(subscription)}),
      unsubscribe: async () => Boolean(current) && !(current = null),
    }
    return current
  }
  PushManager.prototype.getSubscription = async () => current
})()`
