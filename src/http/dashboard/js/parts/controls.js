// Start, pause, resume, stop: what makes sense at the moment, and nothing else.

import { h, icon } from '../dom.js'
import { plural } from '../format.js'
import { TASK_ENDS } from './status.js'

export function createControls(app) {
  const { api, state, toasts, dialogs } = app
  const run = (command, fields = {}) =>
    api
      .command(command, { project: state.get().overview.project, ...fields })
      .then((answer) => {
        toasts.done(answer)
        return state.refresh()
      })
      .catch(toasts.failed)

  const start = async () => {
    const { task_files: files } = await api.get('/api/task-files').catch(() => ({ task_files: [] }))
    const data = await dialogs.form({
      title: 'Start a run',
      confirm: 'Start',
      body: [
        files.length === 0
          ? h('p', { class: 'muted' }, 'Starts the configured task files.')
          : h(
              'fieldset',
              { class: 'plain stack' },
              h('legend', { class: 'label' }, 'Task files'),
              files.map((name) =>
                choice({ type: 'checkbox', name: 'file', value: name, checked: true }, h('code', {}, name)),
              ),
            ),
        choice(
          { type: 'checkbox', name: 'auto', value: 'yes' },
          h(
            'span',
            {},
            'Auto-approve everything',
            h('small', { class: 'muted prose' }, '\nTasks start and tools run without asking you.'),
          ),
        ),
      ],
    })
    if (!data) return
    const chosen = data.getAll('file')
    if (files.length > 0 && chosen.length === 0) return
    await run('start', { ...(files.length > 0 && { task_files: chosen }), auto_approve: data.get('auto') === 'yes' })
  }
  const stop = async () => {
    const left = state.get().overview.session
    const open = TASK_ENDS.reduce((sum, end) => sum - left.counts[end], left.total_tasks)
    const isSure = await dialogs.confirm({
      title: 'Stop the run?',
      text: `${plural(open, 'task')} will be left. Resume continues from there, in the same Claude session.`,
      confirm: 'Stop',
      danger: true,
    })
    if (isSure) await run('stop')
  }
  const add = async () => {
    const text = await dialogs.words({
      title: 'Add a task',
      label: 'What should be done?',
      confirm: 'Add',
      required: true,
    })
    if (text) await run('add', { text })
  }

  const button = (name, label, kind, click) =>
    h('button', { class: `button ${kind}`, type: 'button', on: { click } }, icon(name), label)
  const buttons = {
    resume: button('play', 'Resume', 'primary', () => run('resume')),
    pause: button('paused', 'Pause', '', () => run('pause')),
    stop: button('stopped', 'Stop', 'danger', stop),
    start: button('play', 'Start…', '', start),
    after: button('paused', 'Pause after this task', 'quiet extra', () => run('pause', { after_task: true })),
    add: button('add', 'Add a task', 'quiet extra', add),
  }
  const more = h('button', { class: 'button quiet more', type: 'button', 'aria-expanded': 'false' }, 'More…')
  const element = h(
    'div',
    { class: 'row controls', role: 'group', 'aria-label': 'The run' },
    Object.values(buttons),
    more,
  )
  more.addEventListener('click', () => {
    element.classList.add('open')
    more.setAttribute('aria-expanded', 'true')
    ;[buttons.start, buttons.after].find((one) => !one.hidden)?.focus()
  })
  return {
    element,
    update({ session, paused, live }) {
      const isOpen = session !== null && ['queued', 'running', 'waiting', 'paused'].includes(session.status)
      const isPaused = Boolean(paused) || session?.status === 'paused'
      const shown = {
        start: true,
        pause: isOpen && !isPaused,
        after: isOpen && !isPaused && Boolean(live),
        resume: isPaused || session?.status === 'stopped',
        stop: isOpen,
        add: true,
      }
      for (const [name, one] of Object.entries(buttons)) {
        // A button that goes must not take the focus with it.
        if (!shown[name] && one === document.activeElement) document.querySelector('main h1')?.focus()
        one.hidden = !shown[name]
      }
      // On a narrow screen what is rarely wanted waits behind "More".
      buttons.start.classList.toggle('extra', isOpen)
      buttons.start.classList.toggle('primary', !isOpen && !shown.resume)
      more.hidden = !isOpen
    },
  }
}

/** A box to tick, with its words as the label. */
export function choice(input, ...words) {
  return h('label', { class: 'choice' }, h('input', input), words)
}
