// Requests to the server of this page.

import { base } from './base.js'

/** A refusal, with the words of the server. */
export class Refusal extends Error {
  constructor(status, code, message, commands) {
    super(message)
    this.status = status
    this.code = code
    this.commands = commands
  }
}

const TRIES = 3
const PAUSE_MS = 700

/** No answer at all is a refusal as well, with the status 0. */
const reach = (address, options) =>
  fetch(address, options).catch(() => {
    throw new Refusal(0, 'away', 'Baton cannot be reached at the moment.')
  })

/** A random word, also where the page is not served over https. */
const randomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('')

/** @param keys where the key of the log-in is kept @param onLoggedOut called when it no longer counts */
export function createApi(keys, onLoggedOut) {
  const once = async (method, path, body, headers) => {
    const key = keys.read() ?? ''
    const response = await reach(`${base}${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        'X-Baton-Key': key,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const isJson = response.headers.get('Content-Type')?.includes('json')
    const answer = isJson ? await response.json() : await response.text()
    if (response.ok) return answer
    const { code = 'error', message = `The server answered ${response.status}.`, commands } = answer?.error ?? {}
    // An answer to who logged in again meanwhile says nothing of the new log-in.
    if (response.status === 401 && path !== '/api/login' && key === (keys.read() ?? '')) onLoggedOut()
    throw new Refusal(response.status, code, message, commands)
  }

  /** A change is sent again when no answer came; its key makes sure that it is made once. */
  const surely = async (method, path, body) => {
    const headers = { 'Idempotency-Key': randomKey() }
    for (let tried = 1; ; tried++) {
      try {
        return await once(method, path, body, headers)
      } catch (error) {
        if (error.status !== 0) throw error
        if (tried === TRIES)
          throw new Refusal(0, 'away', 'Baton cannot be reached. Nothing was changed, as far as is known.')
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tried))
      }
    }
  }

  return {
    get: (path) => once('GET', path),
    post: (path, body = {}) => surely('POST', path, body),
    command: (command, fields = {}) => surely('POST', '/api/commands', { command, ...fields }),
    login: (body) => once('POST', '/api/login', body),
    /** Everything of a text answer, for saving. */
    text: (path) => once('GET', path),
  }
}
