// All tasks of a run: any number of them, of which only those in view are on the page.

import { h, icon, say } from '../dom.js'
import { doneOf, duration, money, number, runName, when } from '../format.js'
import { runSummaryCard } from '../parts/run-summary.js'
import { chip, meter, setChip, setMeter, statusChoice } from '../parts/status.js'
import { emptyRow, fillRow } from '../parts/task-row.js'
import { windowed } from '../parts/window.js'
import { soon } from '../soon.js'

const TYPING_MS = 250

/** The current run, or the latest. */
export async function queueView(app) {
  const run = app.state.get().overview.session
  app.keep(app.state.on(({ overview }) => overview.session?.session_id !== run?.session_id && app.again()))
  if (run) return runPage(app, run.session_id, 'Queue')
  const element = h(
    'div',
    { class: 'card empty' },
    icon('queue', 'large'),
    h('h1', { tabindex: '-1' }, 'No tasks'),
    h('p', { class: 'muted' }, 'Tasks appear here when a run starts.'),
  )
  return { title: 'Queue', element }
}

export const runView = (app) => runPage(app, app.params.run, undefined)

async function runPage(app, runId, title) {
  const { api, state } = app
  const base = `/api/sessions/${encodeURIComponent(runId)}`
  const load = () => api.get(base)
  const summary = runSummaryCard(app, runId)
  const showSummary = async () => {
    summary.show(run.completed_at ? await api.get(`${base}/summary`) : { parts: [], landed_tasks: 0 })
  }
  let run = await load()
  await showSummary()
  const name = runName(run)
  const status = chip(run.status)
  const bar = meter(run)
  const facts = h('p', { class: 'muted small numbers' })
  const search = h('input', {
    class: 'input',
    type: 'search',
    placeholder: 'Title or number',
    'aria-label': 'Search the tasks',
  })
  const which = statusChoice()
  const found = h('p', { class: 'muted small', role: 'status' })
  const report = h(
    'button',
    { class: 'button small', type: 'button', on: { click: () => saveReport(app, runId) } },
    icon('file'),
    'Report',
  )
  const list = windowed({
    label: 'Tasks',
    rowPx: 58,
    make: () => h('li', {}, emptyRow(true)),
    fill: (row, task) =>
      fillRow(row.firstElementChild, task, runId, ['running', 'verifying', 'merging'].includes(task.status)),
    load: ({ offset, limit }) => {
      const query = new URLSearchParams({
        offset,
        limit,
        ...(search.value.trim() && { q: search.value.trim() }),
        ...(which.value && { status: which.value }),
      })
      return api.get(`${base}/tasks?${query}`)
    },
    onTotal: (total) => say(found, search.value || which.value ? `${number(total)} found` : `${number(total)} in all`),
  })
  const show = () => {
    setChip(status, run.status)
    setMeter(bar, run)
    const tookMs =
      run.started_at && run.completed_at ? new Date(run.completed_at) - new Date(run.started_at) : undefined
    const parts = [
      doneOf(run),
      run.counts.failed > 0 && `${run.counts.failed} failed`,
      money(run.cost_usd),
      run.started_at ? `started ${when(run.started_at)}` : `queued ${when(run.created_at)}`,
      tookMs !== undefined && `took ${duration(tookMs)}`,
      run.auto_approve && 'auto-approved',
      run.reason,
    ]
    say(facts, parts.filter(Boolean).join('  ·  '))
  }
  let typing
  const searchAgain = () => {
    clearTimeout(typing)
    typing = setTimeout(list.restart, TYPING_MS)
  }
  search.addEventListener('input', searchAgain)
  which.addEventListener('change', list.restart)
  app.keep(() => clearTimeout(typing))
  app.keep(list.close)
  const again = soon(async () => {
    run = await load().catch(() => run)
    show()
    await showSummary().catch(() => undefined)
    list.refresh()
  }, 300)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      const isAboutIt = event.runId === runId || event.type === 'back' || event.type.startsWith('queue.')
      if (isAboutIt && event.type !== 'live') again()
    }),
  )
  show()
  const element = h(
    'div',
    {},
    h(
      'div',
      { class: 'page-head' },
      h('div', { class: 'row' }, h('h1', { tabindex: '-1' }, title ?? name), status),
      title && h('p', {}, name),
      bar,
      facts,
    ),
    summary.element,
    h(
      'section',
      { class: 'card', 'aria-label': 'Tasks' },
      h('div', { class: 'filters' }, search, which, found, report),
      list.element,
    ),
  )
  return { title: title ?? name, element, shown: list.shown }
}

async function saveReport({ api, toasts }, runId) {
  try {
    const text = await api.text(`/api/sessions/${encodeURIComponent(runId)}/report`)
    const address = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }))
    const link = document.createElement('a')
    link.href = address
    link.download = `${runId}.md`
    link.click()
    URL.revokeObjectURL(address)
  } catch (error) {
    toasts.failed(error)
  }
}
