// The first page: what needs an answer, what runs, what comes next, what happened.

import { h, icon, mark, say } from '../dom.js'
import { clock, doneOf, duration, money, number, plural, runName, untilWhen, when } from '../format.js'
import { createAsks } from '../parts/asks.js'
import { createControls } from '../parts/controls.js'
import { createElsewhere } from '../parts/elsewhere.js'
import { createHappened } from '../parts/happened.js'
import { createLanes } from '../parts/lanes.js'
import { createLive } from '../parts/live.js'
import { createLog } from '../parts/log.js'
import { chip, meter, setChip, setMeter } from '../parts/status.js'
import { taskList } from '../parts/task-row.js'
import { runAddress } from '../router.js'

export function nowView(app) {
  const head = createHead(app)
  const asks = createAsks(app)
  const live = createLive(app)
  const lanes = createLanes(app)
  const next = createNext()
  const elsewhere = createElsewhere()
  const happened = createHappened()
  const log = createLog(app, { title: 'Log', isFollowing: true })
  const notice = h('p', { class: 'notice', role: 'status', hidden: true })
  const idle = createIdle()
  const element = h(
    'div',
    {},
    head.element,
    h(
      'div',
      { class: 'columns' },
      h('div', { class: 'stack' }, notice, asks.element, idle.element, live.element, lanes.element, log.element),
      h('div', { class: 'stack' }, next.element, elsewhere.element, happened.element),
    ),
  )

  app.keep(
    app.state.on((state) => {
      const { overview } = state
      const isAsked = state.asks.some((ask) => ask.session_id === overview.session?.session_id)
      head.update(overview, isAsked)
      asks.update(state.asks)
      live.update(overview, state.asks)
      lanes.update(overview)
      idle.update(overview, state.asks)
      next.update(overview)
      elsewhere.update(overview)
      happened.update(state.happened, overview.projects.length > 1)
      const task = overview.live?.task ?? (overview.current?.attempts > 0 ? overview.current.id : undefined)
      log.follow(task === undefined ? undefined : { run: overview.session.session_id, number: task })
      const text = noticeOf(overview)
      notice.hidden = text === undefined
      say(notice, text ?? '')
    }),
  )
  return { title: 'Now', element }
}

function noticeOf({ paused, hold, session }) {
  if (hold) return `Waiting until ${untilWhen(hold.until)}: ${hold.text}. Resumes automatically.`
  if (paused?.mode === 'after-task') return `Will pause after this task (${paused.by}, ${clock(paused.at)}).`
  if (paused) return `Paused by ${paused.by} at ${clock(paused.at)}.`
  if (session?.status === 'paused') return 'This run is unfinished. Resume to continue it.'
  return undefined
}

function createHead(app) {
  const title = h('h1', { tabindex: '-1' })
  const status = chip('queued')
  const facts = h('p', { class: 'muted small numbers' })
  const bar = meter({
    counts: { done: 0, failed: 0, blocked: 0, skipped: 0, undone: 0, waiting: 0, running: 0, verifying: 0, merging: 0 },
    total_tasks: 1,
  })
  const controls = createControls(app)
  const rows = h('div', { class: 'row' }, title, status, h('span', { class: 'spring' }))
  const element = h('div', { class: 'page-head' }, rows, bar, h('div', { class: 'row' }, facts), controls.element)
  return {
    element,
    update(overview, isAsked) {
      const run = overview.session
      say(title, run ? runName(run) : 'No runs yet')
      status.hidden = bar.hidden = !run
      controls.update(overview)
      if (!run) return say(facts, '')
      setChip(status, run.status, isAsked)
      setMeter(bar, run)
      const ended = run.completed_at ? `ended ${when(run.completed_at)}` : undefined
      const parts = [
        doneOf(run),
        run.counts.failed > 0 && `${run.counts.failed} failed`,
        `${money(run.cost_usd)} this run`,
        `${money(overview.today_usd)} today`,
        run.auto_approve && 'auto-approve',
        ended,
        overview.queued_total > 0 && `${plural(overview.queued_total, 'more run')} queued`,
      ]
      say(facts, parts.filter(Boolean).join('  ·  '))
    },
  }
}

function createNext() {
  const list = taskList()
  const all = h('a', { class: 'small', href: '#/queue' }, 'All tasks')
  const nothing = h('p', { class: 'body muted' }, 'No tasks.')
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'next-title' },
    h('header', {}, h('h2', { id: 'next-title' }, 'Queue'), all),
    list.element,
    nothing,
  )
  return {
    element,
    update({ around, session, current }) {
      element.hidden = !session
      nothing.hidden = around.tasks.length > 0
      mark(all, 'href', session ? runAddress(session.session_id) : '#/queue')
      if (session) list.update(around.tasks, session.session_id, current?.id)
    },
  }
}

function createIdle() {
  const words = h('p', { class: 'muted' })
  const report = h('a', { class: 'button', href: '#/history' }, 'What it changed and what to look at')
  const element = h(
    'section',
    { class: 'card empty', 'aria-label': 'Nothing is running' },
    icon('baton', 'large'),
    h('h2', {}, 'Nothing is running'),
    words,
    report,
  )
  return {
    element,
    update({ session, lives }, asks) {
      const isOver = !session || ['done', 'failed', 'stopped'].includes(session.status)
      element.hidden = !isOver || lives.length > 0 || asks.length > 0
      report.hidden = !session
      if (session) mark(report, 'href', runAddress(session.session_id))
      say(words, session ? summaryOf(session) : 'Start a task file here, from Telegram, or in the terminal.')
    },
  }
}

function summaryOf(run) {
  const tookMs = run.started_at && run.completed_at ? new Date(run.completed_at) - new Date(run.started_at) : undefined
  const parts = [
    `Last run: ${run.status === 'done' ? 'finished' : run.status}`,
    `${number(run.completed_tasks)} of ${plural(run.total_tasks, 'task')} done`,
    tookMs !== undefined && duration(tookMs),
    money(run.cost_usd),
  ]
  return `${parts.filter(Boolean).join(', ')}.`
}
