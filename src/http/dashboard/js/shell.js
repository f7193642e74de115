// The frame around the pages: names, ways, the state of the connection, and what is read out.

import { Refusal } from './api.js'
import { h, icon, replace, say } from './dom.js'
import { createDialogs } from './parts/dialogs.js'
import { createToasts } from './parts/toast.js'
import { createRouter } from './router.js'
import { createShortcuts } from './shortcuts.js'
import { failedView, unknownView } from './views/missing.js'
import { nowView } from './views/now.js'

const PAGES = [
  { name: 'now', label: 'Now', address: '#/' },
  { name: 'board', label: 'Board', address: '#/board' },
  { name: 'queue', label: 'Queue', address: '#/queue' },
  { name: 'history', label: 'History', address: '#/history' },
  { name: 'cost', label: 'Cost', address: '#/cost' },
  { name: 'health', label: 'Health', address: '#/health' },
  { name: 'environments', label: 'Environments', address: '#/environments' },
  { name: 'github', label: 'GitHub', address: '#/github' },
  { name: 'projects', label: 'Projects', address: '#/projects' },
]

const later = (load) => async (app) => (await load().catch(unreached))(app)

/** A file that cannot be fetched is a server that is away; a mistake in one is another kind of error. */
function unreached(error) {
  throw error instanceof TypeError ? new Refusal(0, 'away', 'Baton cannot be reached at the moment.') : error
}

/** Pages other than the first are fetched when somebody goes there. */
const router = createRouter({
  '': { nav: 'now', view: nowView },
  main: { nav: 'now', view: nowView },
  queue: { nav: 'queue', view: later(async () => (await import('./views/run.js')).queueView) },
  board: { nav: 'board', view: later(async () => (await import('./views/board.js')).boardView) },
  projects: { nav: 'projects', view: later(async () => (await import('./views/projects.js')).projectsView) },
  environments: {
    nav: 'environments',
    view: later(async () => (await import('./views/environments.js')).environmentsView),
  },
  history: { nav: 'history', view: later(async () => (await import('./views/history.js')).historyView) },
  cost: { nav: 'cost', view: later(async () => (await import('./views/cost.js')).costView) },
  health: { nav: 'health', view: later(async () => (await import('./views/health.js')).healthView) },
  github: { nav: 'github', view: later(async () => (await import('./views/github.js')).gitHubView) },
  'run/:run': { nav: 'history', view: later(async () => (await import('./views/run.js')).runView) },
  'run/:run/task/:number/find/:words': {
    nav: 'history',
    view: later(async () => (await import('./views/task.js')).taskView),
  },
  'run/:run/task/:number': { nav: 'queue', view: later(async () => (await import('./views/task.js')).taskView) },
})

export function createShell({ api, state, ticker, theme, logout }) {
  const main = h('main', { class: 'main', id: 'main', tabindex: '-1' })
  const said = document.getElementById('said')
  const alerted = document.getElementById('alerted')
  const toasts = createToasts(document.getElementById('toasts'), said)
  const number = h('span', {})
  const count = h(
    'span',
    { class: 'count', hidden: true },
    number,
    h('span', { class: 'visually-hidden' }, ' waiting for you'),
  )
  const links = new Map(
    PAGES.map(({ name, label, address }) => [
      name,
      h('a', { href: address }, icon(name), h('span', {}, label), name === 'now' && [' ', count]),
    ]),
  )
  const connection = h('span', { class: 'connection' })
  const projects = h('select', {
    class: 'input',
    'aria-label': 'Project',
    hidden: true,
    on: { change: () => state.choose(projects.value) },
  })
  const keys = h(
    'button',
    { class: 'button quiet small keys-button', type: 'button', 'aria-label': 'Keyboard shortcuts' },
    h('span', { 'aria-hidden': 'true' }, '?'),
  )
  const brand = () => h('a', { class: 'brand', href: '#/' }, icon('baton'), 'Baton')
  const skip = h('a', { class: 'skip', href: '#main' }, 'Skip to the content')
  skip.addEventListener('click', (event) => {
    event.preventDefault()
    main.focus()
  })
  const element = h(
    'div',
    { class: 'shell' },
    skip,
    h('nav', { class: 'nav', 'aria-label': 'Pages' }, brand(), [...links.values()]),
    h(
      'header',
      { class: 'top' },
      brand(),
      projects,
      h('span', { class: 'spring' }),
      h('span', { class: 'row line' }, connection, keys),
    ),
    main,
  )

  const shortcuts = createShortcuts(element)
  keys.addEventListener('click', shortcuts.help)
  // The number of its place among the pages that there are.
  PAGES.forEach((_, i) => {
    const page = () => PAGES.filter(({ name }) => !links.get(name).hidden)[i]
    const words = () => page() && `Go to ${page().label}`
    shortcuts.add(String(i + 1), words, () => {
      if (!page()) return false
      location.hash = page().address
    })
  })

  let title = ''
  let waiting = 0
  const tellTitle = () => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${title} – Baton`
  }

  const cleanUp = []
  let turn = 0
  const scope = (mine, params) => ({
    api,
    state,
    ticker,
    theme,
    logout,
    toasts,
    params,
    dialogs: createDialogs(element),
    /** A key that does something while this page is shown. */
    shortcut: (key, words, act) => mine === turn && cleanUp.push(shortcuts.add(key, words, act)),
    announce: (text) => say(said, text),
    /** Called with everything that the page listens to, so that it ends with the page. */
    keep: (off) => void (mine === turn ? cleanUp.push(off) : off()),
    /** Rebuilds the page while somebody is reading it. */
    again: () => void (mine === turn && show({ isAgain: true })),
  })

  const show = async ({ isAgain = false } = {}) => {
    const mine = ++turn
    const { page, params } = router.find(location.hash) ?? { page: { view: unknownView }, params: {} }
    for (const off of cleanUp.splice(0)) off()
    for (const [name, link] of links) {
      if (name === page.nav) {
        link.setAttribute('aria-current', 'page')
        // On a phone there may be more pages than fit.
        link.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      } else link.removeAttribute('aria-current')
    }
    const app = scope(mine, params)
    let view
    try {
      view = await page.view(app)
    } catch (error) {
      // A mistake of ours must be found, and not only shown.
      if (!(error instanceof Refusal)) reportError(error)
      view = failedView(app, error)
    }
    if (mine !== turn) return
    replace(main, view.element)
    title = view.title
    tellTitle()
    if (!isAgain) {
      scrollTo(0, 0)
      // Who navigates hears where they are; who just came is left at the top.
      if (hasShown) main.querySelector('h1')?.focus()
    }
    hasShown = true
    view.shown?.()
  }
  let hasShown = false
  const turnTo = () => show()

  let known
  const offState = state.on(({ overview, asks, connection: line }) => {
    const health = overview.health.status
    const word =
      line === 'away'
        ? 'reconnecting…'
        : health === 'ok'
          ? 'live'
          : `${overview.health.worker === 'ok' ? 'bot' : 'worker'} is down`
    say(connection, word)
    connection.dataset.state = line === 'away' ? 'away' : health === 'ok' ? 'ok' : 'dead'
    waiting = asks.length
    tellTitle()
    count.hidden = waiting === 0
    say(number, String(asks.length))
    projects.hidden = overview.projects.length < 2
    links.get('projects').hidden = projects.hidden
    links.get('environments').hidden = !overview.projects.some((name) => /(^|-)pipelines$/.test(name))
    links.get('github').hidden = overview.github === null
    if (projects.options.length !== overview.projects.length)
      replace(
        projects,
        overview.projects.map((name) => h('option', { value: name }, name)),
      )
    projects.value = overview.project
    const fresh = known && asks.filter((ask) => !known.has(ask.id))
    if (fresh?.length) say(alerted, `Asked: ${fresh.map((ask) => ask.title).join('. ')}`)
    known = new Set(asks.map((ask) => ask.id))
  })
  addEventListener('hashchange', turnTo)

  return {
    element,
    show,
    close() {
      removeEventListener('hashchange', turnTo)
      offState()
      shortcuts.close()
      for (const off of cleanUp.splice(0)) off()
    },
  }
}
