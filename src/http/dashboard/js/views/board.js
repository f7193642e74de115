// The tasks of a run by how far they are: made, ordered, answered, tried again and skipped right here.

import { h, icon, mark, say } from '../dom.js'
import { doneOf, number, plural, runName } from '../format.js'
import { askCard } from '../parts/ask.js'
import { createColumn } from '../parts/board-column.js'
import { cardChoices } from '../parts/card-choices.js'
import { createElsewhere } from '../parts/elsewhere.js'
import { newTask } from '../parts/new-task.js'
import { chip, meter, setChip, setMeter } from '../parts/status.js'
import { runAddress, taskAddress } from '../router.js'
import { soon } from '../soon.js'

/** Which statuses stand where. A column whose statuses this Baton does not know is left out. */
const COLUMNS = [
  { name: 'queued', title: 'Queued', statuses: ['queued'], order: 'work' },
  { name: 'running', title: 'Running', statuses: ['running', 'taken_over'], order: 'work' },
  { name: 'waiting', title: 'Waiting for you', statuses: ['waiting'], order: 'work' },
  { name: 'verifying', title: 'Checking', statuses: ['verifying'], order: 'work' },
  { name: 'merging', title: 'Merging', statuses: ['merging'], order: 'work' },
  { name: 'done', title: 'Done', statuses: ['done'], order: 'ended' },
  { name: 'failed', title: 'Not done', statuses: ['failed', 'blocked', 'skipped', 'undone'], order: 'ended' },
]
const REFRESH_MS = 60
/** What a person opens the board for, first of all. */
const FIRST_LOOK = ['waiting', 'running', 'verifying', 'merging', 'queued', 'failed', 'done']

/** The current run, or the latest. */
export async function boardView(app) {
  const { api, state } = app
  const { session } = state.get().overview
  app.keep(state.on(({ overview }) => overview.session?.session_id !== session?.session_id && app.again()))
  return session ? board(app, session) : nothing(app, api)
}

function nothing(app) {
  app.shortcut('n', 'New task', () => newTask(app))
  const element = h(
    'div',
    { class: 'card empty' },
    icon('board', 'large'),
    h('h1', { tabindex: '-1' }, 'No tasks'),
    h('p', { class: 'muted' }, 'Tasks appear here when a run starts.'),
    addButton(app),
  )
  return { title: 'Board', element: h('div', { class: 'stack' }, element, onOtherMachines(app)) }
}

/** The tasks there are on the page of their run. */
function onOtherMachines({ state, keep }) {
  const { element, update } = createElsewhere()
  keep(state.on(({ overview }) => update(overview)))
  return element
}

const addButton = (app) =>
  h('button', { class: 'button primary', type: 'button', on: { click: () => newTask(app) } }, icon('add'), 'New task')

function board(app, first) {
  const { api, state, toasts, dialogs, ticker } = app
  const runId = first.session_id
  const base = `/api/sessions/${encodeURIComponent(runId)}`
  let run = first
  let moving = false

  const status = chip(run.status)
  const bar = meter(run)
  const facts = h('p', { class: 'muted small numbers' })
  const behind = h('p', { class: 'small' })
  const jumps = h('div', { class: 'jumps', role: 'group', 'aria-label': 'Columns' })
  const lanes = h('div', { class: 'board' })

  const command = async (name, fields) => {
    try {
      toasts.done(await api.command(name, { project: state.get().overview.project, ...fields }))
    } catch (error) {
      toasts.failed(error)
    }
    refresh()
  }
  /** One move at a time: each is told by where the others stand. */
  const move = async (task, before) => {
    if (moving) return
    moving = true
    try {
      await api.command('move', { project: run.project, task: task.id, ...(before !== undefined && { before }) })
      await queued.refresh()
      app.announce(`Task ${task.id} is ${plural(queued.indexOf(task.id) + 1, 'place', 'places')} from the front.`)
    } catch (error) {
      toasts.failed(error)
    } finally {
      moving = false
    }
  }
  /** @param steps -1 a place up, 1 a place down */
  const shift = (task, steps) => {
    const place = queued.indexOf(task.id) + steps
    if (place < 0 || place >= queued.total()) return
    // Down means: before what follows the next one.
    const target = steps < 0 ? queued.taskAt(place) : queued.taskAt(place + 1)
    return move(task, target?.id ?? 'end')
  }
  const answer = (ask) => {
    const card = askCard(app, ask, () => close())
    const close = dialogs.tell({ title: `Task ${ask.task} is waiting for you`, body: card, onClose: () => off() })
    const off = state.on(({ asks }) => asks.some(({ id, hash }) => id === ask.id && hash === ask.hash) || close?.())
  }
  const surroundings = {
    runId,
    api,
    ticker,
    askOf: (task) => state.get().asks.find((ask) => ask.session_id === runId && ask.task === task.id),
    liveOf: (task) => {
      const { lives } = state.get().overview
      return lives.find((live) => live.session_id === runId && live.task === task.id)
    },
    canMove: () => !['done', 'failed', 'stopped'].includes(run.status),
    answer,
    move,
    async more(task) {
      const choice = await dialogs.pick({
        title: `Task ${task.id}: ${task.title}`,
        choices: cardChoices(task, { ask: surroundings.askOf(task), canMove: surroundings.canMove() }),
      })
      if (!choice) return
      if (choice.does === 'answer') return answer(surroundings.askOf(task))
      if (choice.does === 'open') location.hash = taskAddress(runId, task.id).slice(1)
      else if (choice.does === 'move') await move(task, choice.before)
      else if (choice.does === 'shift') await shift(task, choice.steps)
      else if (choice.does === 'skip') await skip(task)
      else if (choice.does === 'retry') await retry(task)
    },
  }
  const skip = async (task) => {
    const why = await dialogs.words({ title: `Skip task ${task.id}?`, label: 'Why? (optional)', confirm: 'Skip' })
    if (why !== undefined) await command('skip', { task: task.id, ...(why !== '' && { text: why }) })
  }
  const retry = async (task) => {
    const isSure = await dialogs.confirm({
      title: `Retry task ${task.id} from scratch?`,
      text: 'Claude starts over in a new session.',
      confirm: 'Retry',
    })
    if (isSure) await command('retry', { task: task.id })
  }

  /** The card that has the keyboard, or whose button has it. */
  const focused = () => {
    for (const column of columns) {
      const task = column.taskOf(document.activeElement)
      if (task) return { column, task, index: column.indexOf(task.id) }
    }
    return undefined
  }
  const onCard = (act) => () => {
    const at = focused()
    return at ? void act(at) : false
  }
  const beside = (steps) =>
    onCard(({ column, index }) => {
      const filled = columns.filter((one) => one === column || (!one.element.hidden && one.total() > 0))
      filled[filled.indexOf(column) + steps]?.focus(index)
    })

  /** Only tasks with a branch of their own are merged: without them there is no column for it. */
  let merges = false
  const mergingParts = []
  const showMerging = (isNow) => {
    merges ||= isNow
    for (const part of mergingParts) part.hidden = !merges
  }

  const columns = COLUMNS.map((shape) => ({ ...shape, statuses: shape.statuses.filter((name) => name in run.counts) }))
    .filter(({ statuses }) => statuses.length > 0)
    .map((shape) => {
      const column = createColumn({
        ...shape,
        surroundings,
        load: async ({ offset, limit }) => {
          const query = new URLSearchParams({ offset, limit, status: shape.statuses, order: shape.order })
          const page = await api.get(`${base}/tasks?${query}`)
          showMerging(page.tasks.some(({ branch, status: one }) => branch !== null || one === 'merging'))
          return page
        },
        onTotal: (total) => {
          say(jumpCount, number(total))
          jump.classList.toggle('nothing', total === 0)
        },
        // It went to another column, most likely: the keyboard follows it there.
        onLost: (id) => setTimeout(() => follow(id, column), 0),
      })
      const jumpCount = h('span', { class: 'numbers' })
      const jump = h(
        'button',
        { class: 'button small quiet', type: 'button', on: { click: () => column.show() } },
        shape.title,
        ' ',
        jumpCount,
      )
      jumps.append(jump)
      lanes.append(column.element)
      if (shape.name === 'merging') mergingParts.push(column.element, jump)
      return column
    })
  showMerging(false)
  const queued = columns[0]
  const follow = async (id, from) => {
    if (document.activeElement !== document.body) return
    await refreshColumns()
    const column = columns.find((one) => one.indexOf(id) >= 0)
    if (column) column.focus(column.indexOf(id))
    else if (from.total() > 0) from.focus(0)
    else document.querySelector('main h1')?.focus()
  }

  const refreshColumns = () => Promise.all(columns.map((column) => column.refresh()))
  /** Where not all columns fit, it begins at the one that matters most. */
  const lookFirst = async () => {
    if (lanes.scrollWidth <= lanes.clientWidth) return
    await refreshColumns()
    const filled = FIRST_LOOK.map((name) => columns.find((column) => column.name === name)).find((one) => one?.total())
    // Not where somebody has begun to look around meanwhile.
    if (filled && lanes.scrollLeft === 0) lanes.scrollLeft = filled.element.offsetLeft - lanes.offsetLeft
  }
  const show = () => {
    setChip(
      status,
      run.status,
      state.get().asks.some((ask) => ask.session_id === runId),
    )
    setMeter(bar, run)
    say(facts, doneOf(run))
    const { queued_total: more } = state.get().overview
    behind.hidden = more === 0
    say(behind, `${plural(more, 'more run')} queued behind this one`)
  }
  const refresh = soon(async () => {
    const look = async () => {
      run = await api.get(base).catch(() => run)
      show()
    }
    await Promise.all([look(), refreshColumns()])
  }, REFRESH_MS)
  app.keep(refresh.cancel)
  app.keep(() => {
    for (const column of columns) column.close()
  })
  app.keep(
    state.onEvent((event) => {
      if (event.type === 'live') return event.runId === runId && redraw()
      if (event.runId === runId || event.type === 'back' || event.type.startsWith('queue.')) refresh()
    }),
  )
  const redraw = () => {
    for (const column of columns) column.redraw()
  }
  app.keep(
    state.on(() => {
      show()
      redraw()
    }),
  )
  app.keep(ticker.on(redraw))

  app.shortcut('n', 'New task', () => newTask(app, runId))
  app.shortcut('a', 'Answer what is waiting for you', () => {
    const ask = state.get().asks.find(({ session_id }) => session_id === runId)
    return ask ? answer(ask) : false
  })
  app.shortcut(
    'ArrowDown',
    'Next card',
    onCard(({ column, index }) => column.focus(index + 1)),
  )
  app.shortcut(
    'ArrowUp',
    'Previous card',
    onCard(({ column, index }) => column.focus(index - 1)),
  )
  app.shortcut('ArrowRight', 'Next column', beside(1))
  app.shortcut('ArrowLeft', 'Previous column', beside(-1))
  const keyed = (steps) =>
    onCard(({ column, task }) => column === queued && surroundings.canMove() && shift(task, steps))
  app.shortcut('Shift+ArrowUp', 'Move the queued card up', keyed(-1))
  app.shortcut('Shift+ArrowDown', 'Move the queued card down', keyed(1))
  app.shortcut(
    'm',
    'What can be done with the card',
    onCard(({ task }) => surroundings.more(task)),
  )

  const element = h(
    'div',
    { class: 'wide' },
    h(
      'div',
      { class: 'page-head' },
      h('div', { class: 'row' }, h('h1', { tabindex: '-1' }, 'Board'), h('span', { class: 'spring' }), addButton(app)),
      bar,
      h('div', { class: 'row small' }, status, h('a', { href: runAddress(runId) }, runName(run)), facts, behind),
      jumps,
    ),
    lanes,
    onOtherMachines(app),
  )
  return {
    title: 'Board',
    element,
    shown: () => {
      for (const column of columns) column.shown()
      void lookFirst()
      mark(lanes, 'data-ready', 'yes')
    },
  }
}
