// Puts the page together.

import { createApi } from './api.js'
import { createKeys } from './keys.js'
import { codeInAddress, loginPage } from './login.js'
import { pathToHash } from './router.js'
import { createShell } from './shell.js'
import { createState } from './state.js'
import { createTheme } from './theme.js'
import { createTicker } from './ticker.js'

const root = document.getElementById('app')
const keys = createKeys()
const theme = createTheme()
const ticker = createTicker()
let shell

/** The address stays as it is: after the next log-in the same page is shown. */
const onLoggedOut = (why = 'Your session has ended. Log in again to continue.') => {
  keys.forget()
  shell?.close()
  shell = undefined
  state.stop()
  showLogin(why)
}
const api = createApi(keys, () => onLoggedOut())
const state = createState({ api, keys, ticker, onLoggedOut: () => onLoggedOut() })
const logout = () => api.post('/api/logout').finally(() => onLoggedOut('You are logged out.'))

function showLogin(why) {
  const page = loginPage({ api, keys }, open, why)
  root.replaceChildren(page.element)
  document.title = 'Log in – Baton'
  page.focus()
  return page
}

async function open() {
  try {
    await state.start()
  } catch (error) {
    // Logging out has shown its page already; anything else is worth another try.
    if (error.status !== 401) setTimeout(open, 1_000)
    return
  }
  shell = createShell({ api, state, ticker, theme, logout })
  root.replaceChildren(shell.element)
  shell.show()
}

const code = codeInAddress()
pathToHash()
if (code !== undefined) showLogin().enter({ code })
else if (keys.read() === null) showLogin()
else open()
