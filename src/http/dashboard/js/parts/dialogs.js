// Questions that the page itself asks back, in the browser's own dialog: it keeps the focus and gives it back.

import { h, icon } from '../dom.js'

export function createDialogs(root) {
  /** Opens a dialog with a form; settles with the form's data, or undefined when it was left. */
  const form = ({ title, body = [], confirm, danger = false }) =>
    new Promise((resolve) => {
      const dialog = h(
        'dialog',
        { 'aria-labelledby': 'dialog-title' },
        h(
          'form',
          { method: 'dialog' },
          h('h2', { id: 'dialog-title' }, title),
          body,
          h(
            'div',
            { class: 'row' },
            h('button', { class: 'button', type: 'button', on: { click: () => dialog.close('') } }, 'Cancel'),
            h('button', { class: `button ${danger ? 'danger' : 'primary'}`, type: 'submit', value: 'ok' }, confirm),
          ),
        ),
      )
      dialog.addEventListener('close', () => {
        const data = new FormData(dialog.querySelector('form'))
        dialog.remove()
        resolve(dialog.returnValue === 'ok' ? data : undefined)
      })
      root.append(dialog)
      dialog.showModal()
    })

  /** Shows something, with a button to close it; returns how to close it. */
  const tell = ({ title, body, onClose = () => {} }) => {
    const close = h('button', { class: 'button', type: 'button', autofocus: true }, 'Close')
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'dialog-title' },
      h('div', { class: 'told' }, h('h2', { id: 'dialog-title' }, title), body, h('div', { class: 'row' }, close)),
    )
    close.addEventListener('click', () => dialog.close())
    dialog.addEventListener('close', () => {
      dialog.remove()
      onClose()
    })
    root.append(dialog)
    dialog.showModal()
    return () => dialog.close()
  }

  /** One of several things to do, as buttons; settles with the one that was chosen, or undefined. */
  const pick = ({ title, choices }) =>
    new Promise((resolve) => {
      const close = tell({
        title,
        body: h(
          'div',
          { class: 'picks' },
          choices.map((choice) =>
            h(
              'button',
              {
                class: `button ${choice.danger ? 'danger' : ''}`,
                type: 'button',
                on: {
                  click: () => {
                    resolve(choice)
                    close()
                  },
                },
              },
              choice.icon && icon(choice.icon),
              choice.label,
            ),
          ),
        ),
        onClose: () => resolve(undefined),
      })
    })

  return {
    form,
    tell,
    pick,
    confirm: async ({ title, text, confirm, danger }) =>
      (await form({ title, body: [h('p', { class: 'muted prose' }, text)], confirm, danger })) !== undefined,
    /** Words of a person; undefined when they left, '' when they wrote none. */
    words: async ({ title, label, confirm, required = false }) => {
      const input = h('textarea', { class: 'input', id: 'dialog-words', name: 'words', required, autofocus: true })
      const data = await form({
        title,
        body: [h('div', { class: 'field' }, h('label', { for: 'dialog-words' }, label), input)],
        confirm,
      })
      return data?.get('words')?.trim()
    },
  }
}
