// The buttons of an ask, the same as on the phone; a refusal can say why.

import { h } from '../dom.js'

const MAIN = new Set(['approve', 'allow', 'accept', 'retry'])
const DANGER = new Set(['reject', 'deny', 'stop', 'undo'])

/** Choices that words go with: what the field asks for, and whether they are needed. */
const WORDS = {
  reject: { label: 'Why not? (optional)', confirm: 'Reject' },
  deny: { label: 'What should Claude do instead? (optional)', confirm: 'Deny' },
  'send-back': { label: 'What should be changed?', confirm: 'Send back', required: true },
  retry: { label: 'A hint for the next try (optional)', confirm: 'Retry', extra: 'Retry with a hint' },
}

export function askForm(ask, answer) {
  const reason = h('form', { class: 'reason', hidden: true })
  const open = (choice, opener) => {
    const { label, confirm, required = false } = WORDS[choice]
    const input = h('textarea', { class: 'input', id: `words-${ask.id}`, required, rows: '3' })
    const close = () => {
      reason.hidden = true
      buttons.hidden = false
      opener.focus()
    }
    reason.replaceChildren(
      h('div', { class: 'field' }, h('label', { for: input.id }, label), input),
      h(
        'div',
        { class: 'row' },
        h('button', { class: `button ${MAIN.has(choice) ? 'primary' : 'danger'}`, type: 'submit' }, confirm),
        h('button', { class: 'button quiet', type: 'button', on: { click: close } }, 'Back'),
      ),
    )
    reason.onsubmit = (event) => {
      event.preventDefault()
      const text = input.value.trim()
      if (required && text === '') return
      answer({ choice, ...(text !== '' && { text }) }, reason.querySelector('[type=submit]'))
    }
    reason.onkeydown = (event) => {
      if (event.key === 'Escape') close()
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) reason.requestSubmit()
    }
    buttons.hidden = true
    reason.hidden = false
    input.focus()
  }

  const button = ({ choice, label }) => {
    const element = h('button', { class: `button ${toneOf(choice)}`, type: 'button', data: { choice } }, label)
    element.addEventListener('click', () => {
      const words = WORDS[choice]
      if (words && !words.extra) open(choice, element)
      else answer({ choice }, element)
    })
    return element
  }
  const withHint = ({ choice }) => {
    const element = h('button', { class: 'button quiet', type: 'button' }, WORDS[choice].extra)
    element.addEventListener('click', () => open(choice, element))
    return element
  }
  const buttons = h(
    'div',
    { class: 'buttons' },
    ask.options.map(button),
    ask.options.filter(({ choice }) => WORDS[choice]?.extra && !ask.about).map(withHint),
  )
  return h('div', {}, buttons, reason)
}

const toneOf = (choice) => (MAIN.has(choice) ? 'primary' : DANGER.has(choice) ? 'danger' : '')
