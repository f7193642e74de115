// The task that runs: what it is doing, since when, what it costs, and when anybody last looked.

import { h, icon, mark, say } from '../dom.js'
import { ago, duration, money } from '../format.js'
import { taskAddress } from '../router.js'
import { chip, setChip } from './status.js'

export function createLive(app) {
  const { api, state, ticker, toasts, dialogs } = app
  const title = h('a', { href: '#/' })
  const status = chip('running')
  const words = h('span', {})
  const activity = h('p', { class: 'activity' }, h('span', { class: 'pulse', 'aria-hidden': 'true' }), words)
  const figures = Object.fromEntries(['Elapsed', 'Turns', 'Cost', 'Updated'].map((name) => [name, h('dd', {})]))
  const input = h('input', {
    class: 'input',
    type: 'text',
    placeholder: 'Tell Claude something…',
    'aria-label': 'Tell Claude something',
    maxlength: '4000',
  })
  const send = h('button', { class: 'button', type: 'submit', 'aria-label': 'Send' }, icon('say'))
  let shown

  const command = (name, fields) =>
    api
      .command(name, { project: state.get().overview.project, ...fields })
      .then((answer) => {
        toasts.done(answer)
        return state.refresh()
      })
      .catch(toasts.failed)
  const say_ = h('form', {
    class: 'say',
    on: {
      submit: async (event) => {
        event.preventDefault()
        const text = input.value.trim()
        if (text === '') return
        input.value = ''
        await command('say', { task: shown.number, text })
      },
    },
  })
  say_.append(input, send)
  const skip = h(
    'button',
    {
      class: 'button small',
      type: 'button',
      on: {
        click: async () => {
          const why = await dialogs.words({
            title: `Skip task ${shown.number}?`,
            label: 'Why? (optional)',
            confirm: 'Skip',
          })
          if (why !== undefined) await command('skip', { task: shown.number, ...(why !== '' && { text: why }) })
        },
      },
    },
    icon('skipped'),
    'Skip',
  )
  const handBack = h(
    'button',
    {
      class: 'button small',
      type: 'button',
      hidden: true,
      on: { click: () => command('release', { task: shown.number }) },
    },
    'Hand back to Claude',
  )
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'live-title', hidden: true },
    h('header', {}, h('h2', { id: 'live-title' }, title), status, handBack, skip),
    h(
      'div',
      { class: 'body live' },
      activity,
      h(
        'dl',
        { class: 'figures' },
        Object.entries(figures).flatMap(([name, value]) => [h('dt', {}, name), value]),
      ),
      say_,
    ),
  )

  const showTimes = (now) => {
    if (!shown) return
    const { startedAt, checkedAt } = shown
    say(figures.Elapsed, startedAt ? duration(now - new Date(startedAt)) : '–')
    say(figures.Updated, checkedAt ? ago(now - new Date(checkedAt)) : '–')
  }
  app.keep(ticker.on(showTimes))
  return {
    element,
    update({ live, current, session, hold, paused }, asks) {
      const isOver = session !== null && ['done', 'failed', 'stopped'].includes(session.status)
      element.hidden = !current || isOver
      if (element.hidden) return
      const changed = shown?.number !== current.id
      shown = { number: current.id, startedAt: live?.started_at ?? current.started_at, checkedAt: live?.checked_at }
      say(title, `Task ${current.id}: ${current.title}`)
      mark(title, 'href', taskAddress(session.session_id, current.id))
      const isAsked = asks.some((ask) => ask.session_id === session.session_id && ask.task === current.id)
      setChip(status, current.status, isAsked)
      const isStill = !live || current.status === 'waiting'
      activity.classList.toggle('still', isStill)
      say(words, isStill ? quietWords(current, { isAsked, hold, paused }) : live.activity)
      showTimes(ticker.now())
      say(figures.Turns, String(current.turns + (live?.turns ?? 0)))
      say(figures.Cost, money(current.cost_usd + (live?.cost_usd ?? 0)))
      say_.hidden = current.attempts === 0
      handBack.hidden = !current.taken_over
      skip.hidden = Boolean(current.taken_over)
      if (changed) input.value = ''
    },
  }
}

/** Why the task does nothing just now. */
function quietWords({ status, taken_over: taken }, { isAsked, hold, paused }) {
  if (taken) return `taken over by ${taken.by}`
  if (isAsked) return 'waiting for your answer'
  if (hold) return `waiting: ${hold.text}`
  if (paused && status !== 'verifying' && status !== 'merging') return 'paused'
  if (status === 'waiting') return 'waiting'
  if (status === 'verifying') return 'running checks'
  if (status === 'merging') return 'in the merge line'
  return 'not running'
}
