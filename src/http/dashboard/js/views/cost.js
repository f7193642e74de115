// What it costs, day by day.

import { h, replace, say } from '../dom.js'
import { day, money, plural, shortDay } from '../format.js'
import { barChart } from '../parts/chart.js'
import { soon } from '../soon.js'

const RANGES = [7, 30, 90]

export async function costView(app) {
  const { api, state, toasts } = app
  const period = h('dt', {})
  const figures = { today: h('dd', {}), total: h('dd', {}), busy: h('dd', {}) }
  const picture = h('figure', { class: 'body' })
  const table = h('div', { class: 'body' })
  let days = 30

  const choose = (count) => {
    days = count
    for (const [range, button] of buttons) button.setAttribute('aria-pressed', String(range === days))
    return load()
  }
  const buttons = new Map(
    RANGES.map((count) => [
      count,
      h(
        'button',
        { class: 'button small', type: 'button', on: { click: () => choose(count).catch(toasts.failed) } },
        `${count} days`,
      ),
    ]),
  )
  const narrow = matchMedia('(max-width: 600px)')
  const load = async () => {
    const cost = await api.get(`/api/cost?days=${days}`)
    const busy = cost.days.filter((one) => one.runs > 0)
    const away = cost.machines_away ?? []
    say(period, `Last ${days} days${away.length > 0 ? `, without ${away.join(', ')}` : ''}`)
    say(figures.today, money(cost.today_usd))
    say(figures.total, money(cost.total_usd))
    say(figures.busy, busy.length > 0 ? money(cost.total_usd / busy.length) : '–')
    replace(
      picture,
      barChart(
        cost.days.map((one) => ({
          label: shortDay(one.date),
          value: one.cost_usd,
          text: `${day(one.date)}: ${money(one.cost_usd)}, ${plural(one.runs, 'run')}, ${one.done} done${one.failed > 0 ? `, ${one.failed} failed` : ''}`,
        })),
        { title: `Cost of the last ${days} days`, format: money, isNarrow: narrow.matches },
      ),
    )
    replace(table, tableOf(busy.toReversed()))
  }
  const again = soon(() => load().catch(() => undefined), 400)
  narrow.addEventListener('change', again)
  app.keep(() => narrow.removeEventListener('change', again))
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      if (['attempt.ended', 'run.started', 'run.ended', 'back'].includes(event.type)) again()
    }),
  )
  await choose(days)
  const element = h(
    'div',
    {},
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'Cost')),
    h(
      'div',
      { class: 'stack' },
      h(
        'section',
        { class: 'card', 'aria-label': 'Cost by day' },
        h(
          'header',
          {},
          h('dl', { class: 'figures' }, [
            h('dt', {}, 'Today'),
            figures.today,
            period,
            figures.total,
            h('dt', {}, 'Per active day'),
            figures.busy,
          ]),
          h('span', { class: 'spring' }),
          h('span', { class: 'row', role: 'group', 'aria-label': 'Period' }, [...buttons.values()]),
        ),
        picture,
      ),
      h('details', { class: 'card' }, h('summary', {}, 'As a table'), table),
      h(
        'p',
        { class: 'muted small' },
        'A run counts on the day it started. Costs are what Claude Code reports; a subscription is not charged per task.',
      ),
    ),
  )
  return { title: 'Cost', element }
}

function tableOf(days) {
  if (days.length === 0) return h('p', { class: 'muted' }, 'No runs in this period.')
  const head = ['Day', 'Runs', 'Done', 'Failed', 'Cost']
  return h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head.map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      days.map((one) =>
        h(
          'tr',
          {},
          [day(one.date), one.runs, one.done, one.failed, money(one.cost_usd)].map((cell) => h('td', {}, String(cell))),
        ),
      ),
    ),
  )
}
