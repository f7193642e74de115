// Claude's own questions: one or several, one choice or several, or an answer in words.

import { h } from '../dom.js'

export function questionForm(ask, answer) {
  const parts = ask.questions.map((question, i) => onePart(question, ask.shown, i, `${ask.id}-${i}`))
  const problem = h('p', { class: 'small deleted', role: 'alert', hidden: true })
  const send = h(
    'button',
    { class: 'button primary', type: 'submit' },
    ask.questions.length > 1 ? 'Send answers' : 'Send answer',
  )
  const submit = (event) => {
    event.preventDefault()
    const missing = parts.find((part) => part.read() === '')
    problem.hidden = !missing
    problem.textContent = missing ? 'Choose an option or write an answer.' : ''
    if (missing) return missing.focus()
    const answers = Object.fromEntries(parts.map((part, i) => [ask.questions[i].question, part.read()]))
    answer({ choice: 'answer', answers }, send)
  }
  return h(
    'form',
    { class: 'stack', on: { submit } },
    parts.map((part) => part.element),
    problem,
    h('div', { class: 'buttons' }, send),
  )
}

/** The answer is a label as it was given; what is read is the label as it must be seen. */
function onePart({ options, multiSelect }, { title, questions }, i, name) {
  const shown = questions[i]
  // The heading of the card says it already.
  const isTitle = questions.length === 1 && shown.question === title
  const type = multiSelect ? 'checkbox' : 'radio'
  const boxes = options.map((option, i) => {
    const { label, description } = shown.options[i]
    const input = h('input', { type, name, value: option.label })
    return {
      input,
      element: h('label', { class: 'choice' }, input, h('span', {}, label, description && h('small', {}, description))),
    }
  })
  const otherBox = h('input', { type, name, value: '', 'aria-label': 'Other: an answer in words' })
  const other = h('input', {
    class: 'input other',
    type: 'text',
    placeholder: 'Other…',
    'aria-label': `Other answer to: ${shown.question}`,
  })
  other.addEventListener('input', () => {
    otherBox.checked = other.value.trim() !== ''
  })
  otherBox.addEventListener('change', () => otherBox.checked && other.focus())
  const element = h(
    'fieldset',
    {},
    h(
      'legend',
      {},
      h('span', { class: isTitle ? 'visually-hidden' : '' }, shown.question),
      multiSelect && h('span', { class: 'muted small' }, ' (select all that apply)'),
    ),
    boxes.map((box) => box.element),
    options.length === 0 ? other : h('div', { class: 'choice' }, otherBox, other),
  )
  return {
    element,
    focus: () => (boxes[0]?.input ?? other).focus(),
    /** The labels that are chosen, or the words; '' for neither. */
    read() {
      const words = other.value.trim()
      const chosen = boxes.filter(({ input }) => input.checked).map(({ input }) => input.value)
      const isOther = options.length === 0 || otherBox.checked
      return [...chosen, ...(isOther && words !== '' ? [words] : [])].join(', ')
    },
  }
}
