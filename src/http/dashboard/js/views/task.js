// One task: its result and proof, its log, what was asked about it, and what can be done with it.

import { h, icon, mark, replace, say } from '../dom.js'
import { duration, money, plural, when } from '../format.js'
import { diffView } from '../parts/diff.js'
import { createLog } from '../parts/log.js'
import { receiptParts } from '../parts/receipt.js'
import { chip, setChip } from '../parts/status.js'
import { taskActions } from '../parts/task-actions.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

export async function taskView(app) {
  const { api, state, params } = app
  const number = Number(params.number)
  const base = `/api/sessions/${encodeURIComponent(params.run)}/tasks/${number}`
  const load = () => api.get(base)
  let task = await load()

  const status = chip(task.status)
  const facts = h('p', { class: 'muted small numbers' })
  const blocked = h('p', { class: 'notice', hidden: true })
  const result = h('div', { class: 'stack' })
  const proof = h('div', { class: 'stack' })
  const asked = h('div', {})
  const about = h('div', {})
  const log = createLog(app, { title: 'Log', find: params.words })
  const diff = createDiff(api, base)
  const columns = h('div', {}, h('div', { class: 'stack' }, result, diff.element, log.element, asked, about), proof)
  const reload = async () => {
    task = await load().catch(() => task)
    show()
  }
  const actions = taskActions(app, params.run, number, reload)
  const show = () => {
    setChip(status, task.status)
    say(facts, factsOf(task))
    blocked.hidden = task.blocked_by.length === 0
    say(blocked, `Blocked by task ${task.blocked_by.join(', ')}, which did not finish.`)
    const parts = receiptParts(task)
    replace(result, parts.result)
    replace(proof, parts.proof)
    columns.classList.toggle('columns', parts.proof.length > 0)
    replace(asked, askedPart(task.asks))
    replace(about, aboutPart(task))
    actions.update(task)
    diff.update(task)
    if (task.attempts > 0) log.follow({ run: params.run, number })
    log.element.hidden = task.attempts === 0
  }
  const again = soon(reload, 300)
  app.keep(again.cancel)
  app.keep(
    state.onEvent((event) => {
      const isAboutIt = event.runId === params.run && (event.task ?? number) === number
      if (event.type === 'back' || (isAboutIt && event.type !== 'live')) again()
    }),
  )
  show()
  const element = h(
    'div',
    {},
    h(
      'div',
      { class: 'page-head' },
      h('a', { class: 'small', href: runAddress(params.run) }, icon('back'), 'All tasks'),
      h('div', { class: 'row' }, h('h1', { tabindex: '-1' }, `Task ${number}: ${task.title}`), status),
      facts,
      actions.element,
      blocked,
    ),
    columns,
  )
  return { title: `Task ${number}`, element }
}

function factsOf(task) {
  const tookMs =
    task.started_at && task.completed_at ? new Date(task.completed_at) - new Date(task.started_at) : undefined
  return [
    task.type,
    task.priority !== 'medium' && `${task.priority} priority`,
    task.started_at && `started ${when(task.started_at)}`,
    tookMs !== undefined && `took ${duration(tookMs)}`,
    task.turns > 0 && plural(task.turns, 'turn'),
    task.cost_usd > 0 && money(task.cost_usd),
    task.attempts > 1 && plural(task.attempts, 'attempt'),
    task.depends_on.length > 0 && `after task ${task.depends_on.join(', ')}`,
    task.where,
  ]
    .filter(Boolean)
    .join('  ·  ')
}

function createDiff(api, base) {
  const body = h('div', { class: 'body' }, h('p', { class: 'muted' }, 'Loading…'))
  const element = h('details', { class: 'card', hidden: true }, h('summary', {}, 'Diff'), body)
  let isLoaded = false
  element.addEventListener('toggle', async () => {
    if (!element.open || isLoaded) return
    isLoaded = true
    try {
      replace(body, diffView(await api.get(`${base}/diff`)))
    } catch (error) {
      isLoaded = false
      replace(body, h('p', { class: 'muted' }, error.message))
    }
  })
  return {
    element,
    update(task) {
      element.hidden = !task.can.diff
      mark(element, 'data-attempts', task.attempts)
    },
  }
}

function askedPart(asks) {
  if (asks.length === 0) return undefined
  return h(
    'section',
    { class: 'card', 'aria-label': 'Decisions' },
    h('header', {}, h('h2', {}, 'Decisions')),
    h(
      'ul',
      { class: 'body list' },
      asks.map((ask) =>
        h(
          'li',
          {},
          h('details', {}, h('summary', {}, ask.title), h('pre', { class: 'block' }, ask.shown.text)),
          h(
            'p',
            { class: 'muted small' },
            when(ask.openedAt),
            '  ·  ',
            ask.decision ?? h('a', { href: '#/' }, 'waiting for you'),
          ),
        ),
      ),
    ),
  )
}

function aboutPart(task) {
  const part = (name, ...content) => [h('dt', {}, name), h('dd', {}, content)]
  return h(
    'details',
    { class: 'card' },
    h('summary', {}, 'Task source'),
    h(
      'div',
      { class: 'body stack' },
      h(
        'dl',
        { class: 'facts' },
        task.description && part('Description', task.description),
        task.acceptance_criteria.length > 0 &&
          part(
            'Criteria',
            h(
              'ul',
              {},
              task.acceptance_criteria.map((text) => h('li', {}, text)),
            ),
          ),
        task.verify.length > 0 &&
          part(
            'Verify',
            task.verify.map((command) => h('div', {}, h('code', {}, command))),
          ),
        task.run.length > 0 &&
          part(
            'Run',
            task.run.map((command) => h('div', {}, h('code', {}, command))),
          ),
        task.attempt_list.map((attempt) =>
          part(
            `Attempt ${attempt.number}`,
            [
              attempt.outcome ?? (attempt.live ? 'running' : 'open'),
              money(attempt.cost_usd),
              plural(attempt.turns, 'turn'),
            ].join('  ·  '),
            h('div', { class: 'muted small' }, 'Session ', h('code', {}, attempt.claude_session)),
          ),
        ),
      ),
      task.instruction && h('pre', { class: 'block', tabindex: '0', 'aria-label': 'Instruction' }, task.instruction),
    ),
  )
}
