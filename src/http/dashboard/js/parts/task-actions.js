// What can be done with one task: try again, skip, undo, say something.

import { h, icon } from '../dom.js'
import { choice } from './controls.js'
import { isOver } from './status.js'

export function taskActions(app, runId, number, onDone) {
  const { api, state, toasts, dialogs } = app
  /** The run, where another machine works on it. */
  const elsewhere = () => state.get().overview.elsewhere?.find(({ session_id }) => session_id === runId)
  const run = (command, fields = {}) =>
    api
      .command(command, {
        project: (elsewhere() ?? state.get().overview).project,
        task: number,
        ...(elsewhere() && { session_id: runId }),
        ...fields,
      })
      .then((answer) => {
        if (answer.status === 'ok') toasts.done(answer)
        onDone()
        return answer
      })
      .catch((error) => {
        toasts.failed(error)
        return undefined
      })

  /** What an undo took away is done again, also in a run of long ago. */
  const redo = async () => {
    const isSure = await dialogs.confirm({
      title: `Redo task ${number}?`,
      text: 'Claude starts over in a new session. To restore its changes instead, use Bring back.',
      confirm: 'Redo',
    })
    if (isSure) await run('retry', { session_id: runId })
  }
  const retry = async () => {
    const isSure = await dialogs.confirm({
      title: `Retry task ${number} from scratch?`,
      text: 'Claude starts over in a new session.',
      confirm: 'Retry',
    })
    if (isSure) await run('retry')
  }
  const skip = async () => {
    const why = await dialogs.words({ title: `Skip task ${number}?`, label: 'Why? (optional)', confirm: 'Skip' })
    if (why !== undefined) await run('skip', why === '' ? {} : { text: why })
  }
  const tell = async () => {
    const text = await dialogs.words({
      title: `Tell Claude (task ${number})`,
      label: 'What should Claude know?',
      confirm: 'Send',
      required: true,
    })
    if (text) await run('say', { text })
  }
  /** What would happen is shown first; only then is anything given back. */
  const undo = async () => {
    const first = await run('undo', { session_id: runId })
    if (first?.status !== 'confirm') return
    const { confirm, again, overwrite = [] } = first.data
    const data = await dialogs.form({
      title: again ? `Bring back task ${number}?` : `Undo task ${number}?`,
      confirm: again ? 'Bring back' : 'Undo',
      danger: !again,
      body: [
        h('p', { class: 'prose' }, first.message),
        overwrite.length > 0 &&
          h(
            'fieldset',
            { class: 'plain stack' },
            h('legend', { class: 'label' }, 'Changed since. Overwrite these, too?'),
            overwrite.map((path) => choice({ type: 'checkbox', name: 'overwrite', value: path }, h('code', {}, path))),
          ),
      ],
    })
    if (data) await run('undo', { session_id: runId, confirm, overwrite: data.getAll('overwrite') })
  }

  const button = (name, label, click, kind = '') =>
    h('button', { class: `button small ${kind}`, type: 'button', on: { click } }, icon(name), label)
  const buttons = {
    retry: button('retry', 'Retry', retry),
    skip: button('skipped', 'Skip', skip),
    tell: button('say', 'Tell Claude', tell),
    redo: button('retry', 'Redo', redo),
    undo: button('undo', 'Undo', undo, 'danger'),
    back: button('undone', 'Bring back', undo),
  }
  const element = h('div', { class: 'row', role: 'group', 'aria-label': 'The task' }, Object.values(buttons))
  return {
    element,
    update(task) {
      const hasEnded = isOver(task.status)
      const isUndone = task.status === 'undone'
      const isLatest = state.get().overview.session?.session_id === runId || elsewhere() !== undefined
      buttons.retry.hidden = !isLatest || task.attempts === 0 || isUndone
      buttons.skip.hidden = !isLatest || hasEnded
      buttons.tell.hidden = !isLatest || hasEnded || task.run.length > 0
      buttons.redo.hidden = !isUndone
      buttons.undo.hidden = !task.can.diff || isUndone
      buttons.back.hidden = !task.can.diff || !isUndone
    },
  }
}
