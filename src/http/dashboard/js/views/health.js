// Whether everything is alive, and the settings of this browser.

import { h, icon, replace } from '../dom.js'
import { ago, untilWhen } from '../format.js'
import { createNotifications } from '../parts/notifications.js'
import { THEMES } from '../theme.js'

export function healthView(app) {
  const { state, theme, logout, ticker } = app
  const facts = h('dl', { class: 'facts' })
  const verdict = h('p', { class: 'row' })
  const show = () => {
    const { overview, connection } = state.get()
    const { health } = overview
    const isGood = health.status === 'ok' && connection === 'open'
    replace(
      verdict,
      h(
        'span',
        { class: `chip tone-${isGood ? 'good' : 'bad'}` },
        icon(isGood ? 'done' : 'failed'),
        isGood ? 'All systems OK' : connection === 'open' ? 'Something is down' : 'Not connected',
      ),
    )
    const poll = health.telegram.lastPollAgeMs
    const rows = [
      [
        'Worker',
        health.worker === 'ok'
          ? 'running'
          : `down${health.why ? `: ${health.why}` : ''}. Restart Baton; its log has the details.`,
      ],
      [
        'Telegram',
        !health.telegram.configured
          ? 'not set up'
          : `${health.telegram.ok ? 'connected' : 'not polling'}${poll === null ? '' : `, last poll ${ago(poll)}`}`,
      ],
      ...Object.entries({ Slack: health.slack, Discord: health.discord }).flatMap(([name, heard]) =>
        heard === undefined
          ? []
          : [
              [
                name,
                `${heard.ok ? 'connected' : 'not heard'}${heard.lastHeardAgeMs === null ? '' : `, last heard ${ago(heard.lastHeardAgeMs)}`}`,
              ],
            ],
      ),
      ['This page', connection === 'open' ? 'connected, live' : 'reconnecting…'],
      ['Running task', overview.live ? `updated ${ago(ticker.now() - new Date(overview.live.checked_at))}` : 'none'],
      ['On hold', overview.hold ? `until ${untilWhen(overview.hold.until)}: ${overview.hold.text}` : 'no'],
      ['Version', health.version],
    ]
    replace(
      facts,
      rows.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
    )
  }
  app.keep(state.on(show))
  app.keep(ticker.on(show))
  const themes = h(
    'select',
    { class: 'input', id: 'theme', on: { change: (event) => theme.choose(event.target.value) } },
    THEMES.map((name) =>
      h('option', { value: name }, name === 'system' ? 'System' : name === 'light' ? 'Light' : 'Dark'),
    ),
  )
  themes.value = theme.read()
  const element = h(
    'div',
    {},
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'Health'), verdict),
    h(
      'div',
      { class: 'stack narrow' },
      h(
        'section',
        { class: 'card', 'aria-label': 'Parts' },
        h('header', {}, h('h2', {}, 'Parts')),
        h('div', { class: 'body' }, facts),
      ),
      h(
        'section',
        { class: 'card', 'aria-label': 'This browser' },
        h('header', {}, h('h2', {}, 'This browser')),
        h(
          'div',
          { class: 'body stack' },
          h('div', { class: 'field' }, h('label', { for: 'theme' }, 'Theme'), themes),
          createNotifications(app).element,
          h('p', { class: 'muted small' }, h('kbd', {}, '?'), ' shows the keyboard shortcuts.'),
          h(
            'div',
            { class: 'row' },
            h('button', { class: 'button', type: 'button', on: { click: logout } }, 'Log out'),
          ),
        ),
      ),
    ),
  )
  return { title: 'Health', element }
}
