// One ask: what is asked, everything needed to decide, and the buttons.

import { h, icon, say } from '../dom.js'
import { ago, untilWhen } from '../format.js'
import { taskAddress } from '../router.js'
import { askForm } from './ask-form.js'
import { coloured, isDiff } from './diff.js'
import { documentOf } from './document.js'
import { questionForm } from './question.js'

const KINDS = {
  approval: 'Approval',
  permission: 'Permission',
  question: 'Question',
  review: 'Review',
  failure: 'Failure',
}
const PLAIN_TEXT = new Set(['approval', 'review', 'failure', 'question'])

export function askCard(app, ask, afterAnswer) {
  const { api, state, ticker, toasts, announce } = app
  const id = `ask-${ask.id}`
  const since = h('span', { class: 'muted small' })
  const snoozedLine = h('p', { class: 'small muted snoozed', role: 'status' })
  const off = ticker.on((now) => {
    say(since, `asked ${ago(now - new Date(ask.openedAt))}`)
    // Snoozed here or elsewhere while the card stands.
    const { snoozed } = state.get().asks.find(({ id: other }) => other === ask.id) ?? ask
    const isSnoozed = snoozed && new Date(snoozed.until) > now
    say(snoozedLine, isSnoozed ? `Snoozed until ${untilWhen(snoozed.until)} by ${snoozed.by}` : '')
    snoozedLine.hidden = !isSnoozed
  })

  /** Sends an answer to exactly what is shown here. */
  const answer = async (given, control) => {
    if (card.getAttribute('aria-busy') === 'true') return
    card.setAttribute('aria-busy', 'true')
    control?.setAttribute('aria-busy', 'true')
    try {
      toasts.done(await api.post(`/api/asks/${encodeURIComponent(ask.id)}`, { answer: given, hash: ask.hash }))
      afterAnswer(card)
    } catch (error) {
      toasts.failed(error)
      announce(error.message)
    } finally {
      card.removeAttribute('aria-busy')
      control?.removeAttribute('aria-busy')
      await state.refresh()
      if (!card.isConnected) off()
    }
  }

  const isQuestion = ask.kind === 'question' && (ask.questions ?? []).length > 0
  const card = h(
    'article',
    { class: 'card ask', 'aria-labelledby': id, data: { ask: ask.id, kind: ask.kind } },
    h(
      'header',
      {},
      state.get().overview.projects.length > 1 && h('strong', { class: 'small' }, ask.project),
      h('span', { class: 'chip tone-ask' }, icon('waiting'), KINDS[ask.kind]),
      h(
        'a',
        { class: 'small', href: taskAddress(ask.session_id, ask.task) },
        `Task ${ask.task}: ${ask.shown.task_title}`,
      ),
      h('span', { class: 'spring' }),
      since,
      h('h3', { id, tabindex: '-1' }, titleOf(ask)),
    ),
    h(
      'div',
      { class: 'body' },
      !isQuestion && shown(ask),
      ask.shown.mixed.length > 0 &&
        h('p', { class: 'small deleted' }, `Mixed alphabets in one word: ${ask.shown.mixed.join('; ')}`),
      ask.rule &&
        h(
          'p',
          { class: 'small muted' },
          '“Allow for this task”: ',
          ask.shown.grant.before,
          ask.shown.grant.kind !== undefined && h('code', {}, ask.shown.grant.kind),
          `${ask.shown.grant.after}, until the task ends.`,
        ),
      ask.deciders && h('p', { class: 'small deciders' }, ask.deciders),
      isQuestion ? questionForm(ask, answer) : askForm(ask, answer),
      snoozedLine,
      snoozeRow(app, ask),
    ),
  )
  return card
}

/** Permissions are named by what they allow: `Run npm test?`. */
const titleOf = ({ kind, shown: { title } }) => (kind === 'permission' ? `${title}?` : title)

const SNOOZES = [
  ['30m', '30 min'],
  ['tonight', 'Tonight'],
  ['tomorrow', 'Tomorrow'],
]

/** When chats and push messages are to say it again. */
function snoozeRow({ api, toasts }, ask) {
  const button = ([when, label]) => {
    const click = async () => {
      try {
        toasts.done(await api.command('snooze', { project: ask.project, task: ask.task, for: when }))
      } catch (error) {
        toasts.failed(error)
      }
    }
    return h('button', { class: 'button small quiet', type: 'button', on: { click } }, label)
  }
  return h(
    'div',
    { class: 'buttons snooze', role: 'group', 'aria-label': 'Remind me later' },
    h('span', { class: 'small muted' }, 'Snooze'),
    SNOOZES.map(button),
  )
}

/** What is asked; what is said of a call stands around it, never in it. */
function shown(ask) {
  if (ask.text.trim() === '' || ask.text === ask.title) return undefined
  const isCode = !PLAIN_TEXT.has(ask.kind)
  const said = (speaker, words) => words && h('p', { class: 'said small' }, h('strong', {}, `${speaker}: `), words)
  if (ask.shown.words) return aroundWords(ask.shown.words)
  return [
    said('Claude', ask.shown.description),
    h(
      'div',
      { class: `shown ${isCode ? 'code' : ''}`, tabindex: '0', role: 'group', 'aria-label': 'The question in full' },
      isDiff(ask.text) ? coloured(ask.shown.text) : ask.shown.text,
    ),
    said('Claude Code', ask.shown.remark),
  ]
}

/** What Claude wrote, or lines of files, as it is meant to be read, and what is said around it. */
function aroundWords({ before, document, after, lines }) {
  const plain = before.replace(/\s*Claude’s last words:$/, '')
  return [
    plain !== '' && h('div', { class: 'shown', tabindex: '0', role: 'group', 'aria-label': 'What happened' }, plain),
    h(
      'div',
      { class: 'words', role: 'group', 'aria-label': lines ? 'What conflicts' : 'Claude’s words' },
      documentOf(document),
    ),
    after !== '' && h('p', { class: 'small muted prose' }, after),
  ]
}
