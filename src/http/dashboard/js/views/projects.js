// The wall: every project as a card that shows what runs, for how long, what it last did, and what waits.

import { h, icon, keyed, mark, say } from '../dom.js'
import { doneOf, duration, money, plural, runName } from '../format.js'
import { createElsewhere } from '../parts/elsewhere.js'
import { laneList } from '../parts/lanes.js'
import { chip, meter, setChip, setMeter } from '../parts/status.js'
import { soon } from '../soon.js'
import { isSameWork } from '../state.js'

const REFRESH_MS = 200

export async function projectsView(app) {
  const { api, state, ticker } = app
  const list = h('ul', { class: 'wall' })
  const draw = keyed(list, (project) => emptyCard(app, project), {
    keyOf: ({ project }) => project,
    update: (card, project) => fillCard(card, project, ticker.now()),
  })
  const others = createElsewhere()
  const load = async () => {
    const { projects, elsewhere } = await api.get('/api/projects')
    others.update({ elsewhere })
    return projects
  }
  let projects = await load()
  const show = () => draw(projects)
  const again = soon(async () => {
    projects = (await load().catch(() => undefined)) ?? projects
    show()
  }, REFRESH_MS)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      if (event.type !== 'live') return again()
      const mine = projects.find(({ project }) => project === event.project)
      if (mine && isSameWork(event.lives, mine.lives)) mine.lives = event.lives
      else again()
      show()
    }),
  )
  app.keep(ticker.on(show))
  const element = h(
    'div',
    {},
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'Projects')),
    list,
    others.element,
  )
  return { title: 'Projects', element }
}

function emptyCard({ state }, { project }) {
  const choose = (address) => () => {
    state.choose(project)
    location.hash = address
  }
  const parts = {
    status: chip('queued'),
    task: h('p', { class: 'task' }),
    activity: h('p', { class: 'activity' }, h('span', { class: 'pulse', 'aria-hidden': 'true' }), h('span', {})),
    lanes: laneList(),
    facts: h('p', { class: 'muted small numbers' }),
    meter: meter({ counts: { done: 0 }, total_tasks: 1 }),
    asks: h('button', { class: 'button small primary', type: 'button', on: { click: choose('/') } }),
  }
  const name = h('button', { class: 'link', type: 'button', on: { click: choose('/') } }, project)
  const board = h(
    'button',
    { class: 'button small', type: 'button', on: { click: choose('/board') }, 'aria-label': `Board of ${project}` },
    icon('board'),
    'Board',
  )
  const card = h(
    'li',
    { class: 'card' },
    h('header', {}, h('h2', {}, name), parts.status),
    h(
      'div',
      { class: 'body stack' },
      parts.task,
      parts.activity,
      parts.lanes.element,
      parts.meter,
      parts.facts,
      h('div', { class: 'row' }, parts.asks, h('span', { class: 'spring' }), board),
    ),
  )
  card.parts = parts
  return card
}

function fillCard(card, project, now) {
  const { session, current, running, lives, hold, paused, open_asks: asks, queued_total: more, today_usd } = project
  const { parts } = card
  const [live] = lives
  const areSeveral = running.length > 1
  const isOver = !session || ['done', 'failed', 'stopped'].includes(session.status)
  setChip(parts.status, session?.status ?? 'queued', asks > 0)
  parts.status.hidden = !session
  say(
    parts.task,
    !session
      ? 'No runs yet'
      : !current || isOver
        ? runName(session)
        : areSeveral
          ? `${plural(running.length, 'task')} in progress`
          : `Task ${current.id}: ${current.title}`,
  )
  parts.activity.hidden = isOver || (areSeveral && lives.length > 0)
  parts.lanes.element.hidden = isOver || !areSeveral || lives.length === 0
  parts.lanes.update(areSeveral ? lives : [], now)
  parts.activity.classList.toggle('still', !live || asks > 0)
  const since = live && !areSeveral ? duration(now - new Date(live.started_at)) : undefined
  say(
    parts.activity.lastElementChild,
    live
      ? live.activity
      : hold
        ? hold.text
        : paused
          ? `paused by ${paused.by}`
          : asks > 0
            ? 'waiting for your answer'
            : 'not running',
  )
  parts.meter.hidden = !session
  if (session) setMeter(parts.meter, session)
  const facts = [
    since,
    session && doneOf(session),
    session?.failed_tasks > 0 && `${session.failed_tasks} failed`,
    more > 0 && `${plural(more, 'more run')} queued`,
    today_usd > 0 && `${money(today_usd)} today`,
  ]
  say(parts.facts, facts.filter(Boolean).join('  ·  '))
  parts.asks.hidden = asks === 0
  say(parts.asks, `${plural(asks, 'decision')} waiting for you`)
  mark(card, 'data-asks', asks)
}
