// What is open on GitHub, and what can be done with it: the same as by a comment there.

import { h, keyed, say } from '../dom.js'
import { plural } from '../format.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

// Two of GitHub's requests each time.
const REFRESH_MS = 5_000

export async function gitHubView(app) {
  const { api, state, toasts } = app
  const project = () => state.get().overview.project
  const run = (what) => api.command('github', { project: project(), what })
  const act = async (what) => {
    const answer = await run(what).catch(toasts.failed)
    if (answer?.status === 'ok') toasts.done(answer)
    again()
  }
  const issues = section('Issues', 'No open issues.', (row, item) => fillIssue(row, item, act))
  const pulls = section('Pull requests', 'No open pull requests.', (row, item) => fillPull(row, item, { act, app }))
  const title = h('h1', { tabindex: '-1' }, 'GitHub')
  const trouble = h('p', { class: 'card body muted', hidden: true })
  const load = async () => {
    try {
      const { data } = await run('list')
      say(title, data.repo)
      issues.show(data.issues)
      pulls.show(data.pulls)
      trouble.hidden = true
    } catch (error) {
      trouble.hidden = false
      say(trouble, error.message)
    }
  }
  const again = soon(load, REFRESH_MS)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      if (event.type === 'back' || /^(run|task)\./.test(event.type)) again()
    }),
  )
  await load()
  const element = h('div', {}, h('div', { class: 'page-head' }, title), trouble, pulls.element, issues.element)
  return { title: 'GitHub', element }
}

function section(name, none, fill) {
  const list = h('ul', { class: 'github-list list' })
  const empty = h('p', { class: 'muted', hidden: true }, none)
  const heading = h('h2', {}, name)
  const draw = keyed(list, emptyRow, { keyOf: ({ number }) => String(number), update: fill })
  return {
    element: h(
      'section',
      { class: 'card', 'aria-label': name },
      h('header', {}, heading),
      h('div', { class: 'body' }, list, empty),
    ),
    show(items) {
      draw(items)
      say(heading, items.length > 0 ? plural(items.length, name === 'Issues' ? 'issue' : 'pull request') : name)
      empty.hidden = items.length > 0
    },
  }
}

/** Titles and names are words of outsiders, and shown as text. */
function emptyRow({ number, url }) {
  const parts = {
    link: h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }),
    facts: h('span', { class: 'muted small' }),
    buttons: h('span', { class: 'row line' }),
  }
  const row = h(
    'li',
    { class: 'github-row' },
    h('span', { class: 'what' }, h('span', { class: 'muted numbers' }, `#${number} `), parts.link, ' ', parts.facts),
    parts.buttons,
  )
  row.parts = parts
  return row
}

function fillIssue({ parts }, { number, title, author, state, session_id: run, pull, can }, act) {
  say(parts.link, title)
  say(parts.facts, [`by ${author}`, state, pull !== null && `pull request #${pull}`].filter(Boolean).join('  ·  '))
  parts.buttons.replaceChildren(
    ...(run === null ? [] : [h('a', { class: 'button small quiet', href: runAddress(run) }, 'Its run')]),
    ...(can.includes('take') ? [button('Take', `Take issue ${number}`, () => act(`take ${number}`))] : []),
  )
}

function fillPull({ parts }, { number, title, author, state, head, can }, { act, app }) {
  say(parts.link, title)
  say(parts.facts, [`by ${author}`, state, head.slice(0, 8)].join('  ·  '))
  const merge = async () => {
    const isSure = await app.dialogs.confirm({
      title: `Merge #${number}?`,
      text: `${title}, as it is at ${head.slice(0, 8)}. The same checks and rules apply as to a comment /merge.`,
      confirm: 'Merge',
    })
    if (isSure) await act(`merge ${number} ${head}`)
  }
  parts.buttons.replaceChildren(
    ...(can.includes('review') ? [button('Review', `Review #${number}`, () => act(`review ${number}`))] : []),
    ...(can.includes('merge') ? [button('Merge…', `Merge #${number}`, merge)] : []),
  )
}

const button = (words, name, click) =>
  h('button', { class: 'button small', type: 'button', 'aria-label': name, on: { click } }, words)
