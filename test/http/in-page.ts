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
    .filter((element) => nameOf(element) === '')
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
