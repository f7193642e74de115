// A new task, written into a task file and, if wanted, queued at once.

import { h } from '../dom.js'
import { choice } from './controls.js'

export async function newTask(app) {
  const { api, state, toasts, dialogs } = app
  const { task_files: all } = await api.get('/api/task-files').catch(() => ({ task_files: [] }))
  // Baton writes into Markdown only.
  const files = all.filter((name) => !name.endsWith('.json'))
  const title = h('input', {
    class: 'input',
    id: 'new-title',
    name: 'title',
    required: true,
    maxlength: '300',
    autofocus: true,
  })
  const words = h('textarea', { class: 'input', id: 'new-words', name: 'words', rows: '5' })
  const file = h(
    'select',
    { class: 'input', id: 'new-file', name: 'file' },
    files.map((name) => h('option', { value: name }, name)),
  )
  // The latest one is where a person would look for it.
  file.value = files.at(-1) ?? ''
  const field = (label, input) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input)
  const data = await dialogs.form({
    title: 'New task',
    confirm: 'Create',
    body: [
      field('Title', title),
      field('Instruction (optional: the title says it all)', words),
      files.length > 1 && field('Task file', file),
      choice({ type: 'checkbox', name: 'start', value: 'yes', checked: true }, 'Queue it now'),
    ],
  })
  if (!data) return
  const name = data.get('title').trim().replace(/\s+/g, ' ')
  if (name === '') return
  const body = data.get('words').trim()
  try {
    const answer = await api.command('add', {
      project: state.get().overview.project,
      text: body === '' ? name : `${name}\n\n${body}`,
      ...(files.length > 0 && { task_file: data.get('file') ?? files.at(-1) }),
      start: data.get('start') === 'yes',
    })
    toasts.done(answer)
  } catch (error) {
    toasts.failed(error)
  }
}
