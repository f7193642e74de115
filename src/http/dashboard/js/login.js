// Logging in: by the one-time code in the address, or by pasting the API token.

import { base } from './base.js'
import { h, icon, say } from './dom.js'

/** The page for who is not logged in. `onDone` is called once somebody is. */
export function loginPage({ api, keys }, onDone, why = '') {
  const problem = h('p', { class: 'notice', role: 'alert', hidden: true })
  const input = h('input', {
    class: 'input',
    id: 'token',
    type: 'password',
    name: 'token',
    autocomplete: 'current-password',
    required: true,
  })
  const button = h('button', { class: 'button primary', type: 'submit' }, 'Log in')
  const tell = (message) => {
    say(problem, message)
    problem.hidden = message === ''
  }
  tell(why)
  const enter = async (body) => {
    button.disabled = true
    try {
      const { key } = await api.login(body)
      keys.keep(key)
      onDone()
    } catch (error) {
      tell(error.message)
      input.focus()
    } finally {
      button.disabled = false
    }
  }
  const submit = (event) => {
    event.preventDefault()
    tell('')
    enter({ token: input.value.trim() })
  }
  const element = h(
    'main',
    { class: 'login' },
    h(
      'form',
      { class: 'card', on: { submit } },
      h('h1', { class: 'brand' }, icon('baton'), 'Baton'),
      h(
        'p',
        { class: 'muted' },
        'Open the link that ',
        h('code', {}, 'npm start'),
        ' prints, or that the bot sends for ',
        h('code', {}, '/dashboard'),
        '. Or use the API token:',
      ),
      problem,
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: 'baton', hidden: true }),
      h('div', { class: 'field' }, h('label', { for: 'token' }, 'API token'), input),
      button,
      h(
        'p',
        { class: 'muted small' },
        'Find it in ',
        h('code', {}, '.env'),
        ' (API_TOKEN), or in ',
        h('code', {}, '.baton/'),
        ' if Baton made one.',
      ),
    ),
  )
  return { element, enter, focus: () => input.focus() }
}

/** The one-time code of the address; taken out of it at once, so that it stays in no history. */
export function codeInAddress() {
  if (location.pathname !== `${base}/login` && location.pathname !== '/login') return undefined
  const code = location.hash.slice(1)
  history.replaceState(null, '', `${base}/`)
  return code === '' ? undefined : code
}
