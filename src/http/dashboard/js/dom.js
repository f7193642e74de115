// The only way in which anything gets onto the page: elements by name, texts as text. Nothing here, or anywhere else,
// reads markup, so whatever a model or a task file says is shown and never obeyed.

const SVG = 'http://www.w3.org/2000/svg'
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'open', 'textContent', 'placeholder'])
const OWN_ADDRESS = /^(#\/|#main$|\/(?!\/))/

/** An element with properties (`class`, `on`, `data`, attributes) and children (elements, texts, lists, nothing). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  set(element, props)
  fill(element, children)
  return element
}

const OUTWARD = new Set(['http:', 'https:', 'mailto:'])

/** A link to somewhere else, in a page of its own that learns nothing of this one; words alone where the address is none. */
export function outward(url, ...children) {
  if (!OUTWARD.has(URL.parse(url)?.protocol)) return h('span', {}, children)
  const link = h('a', { target: '_blank', rel: 'noopener noreferrer', title: url }, children)
  link.setAttribute('href', url)
  return link
}

/** The same for pictures. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag)
  set(element, attributes)
  fill(element, children)
  return element
}

/** One of the icons of the page. */
export function icon(name, more = '') {
  return s(
    'svg',
    { class: `icon ${more}`, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    s('use', { href: `#i-${name}` }),
  )
}

function set(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (name === 'class') element.setAttribute('class', value)
    else if (name === 'on')
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener)
    else if (name === 'data') Object.assign(element.dataset, value)
    else if (PROPERTIES.has(name)) element[name] = value
    else if (name === 'href' && element.namespaceURI !== SVG) {
      if (OWN_ADDRESS.test(value)) element.setAttribute('href', value)
    } else element.setAttribute(name, value === true ? '' : value)
  }
}

function fill(element, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child === undefined || child === null || child === false || child === '') continue
    element.append(child)
  }
}

/** Puts other children into an element. */
export function replace(element, ...children) {
  element.replaceChildren()
  fill(element, children)
}

/** Changes a text only when it is another one, so that nothing is selected away or read out twice. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Sets or removes an attribute, only when it changes. */
export function mark(element, name, value) {
  if (value === undefined || value === false) element.removeAttribute(name)
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value)
}

/**
 * Keeps a list of elements in step with a list of things: what is already there stays (with focus, selection and what was
 * typed), what is new is made, what is gone goes.
 */
export function keyed(parent, make, { update = () => {}, keyOf = (item) => item.id } = {}) {
  const there = new Map()
  return (items) => {
    const wanted = new Set(items.map(keyOf))
    for (const [key, entry] of there) {
      if (wanted.has(key)) continue
      entry.element.remove()
      there.delete(key)
    }
    let before = parent.firstElementChild
    for (const item of items) {
      const key = keyOf(item)
      let entry = there.get(key)
      if (!entry) {
        entry = { element: make(item) }
        there.set(key, entry)
      }
      update(entry.element, item)
      if (entry.element === before) before = before.nextElementSibling
      else parent.insertBefore(entry.element, before)
    }
  }
}
