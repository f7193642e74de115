import { beforeEach, describe, expect, test } from 'vitest'
import { createSessions, SESSION_LIFE_MS } from '../../src/http/login/session.ts'
import type { House } from './house.ts'
import { raw, statusOf } from './raw.ts'
import { ANNA, type Served, serve, TOKEN } from './serve.ts'
import { servedHouse } from './served-house.ts'

let house: House
let served: Served
beforeEach(async () => {
  ;({ house, served } = await servedHouse())
})

const codeOf = (link: string) => new URL(link).hash.slice(1)
const login = (body: object) => served.post('/api/login', body, { token: null })
const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? ''

describe('a one-time link', () => {
  test('logs a browser in, which can then look and act in the name of who it was for', async () => {
    const { status, headers, json } = await login({ code: codeOf(served.server.oneTimeLink(ANNA)) })
    expect(status).toBe(200)
    expect(json).toEqual({ who: 'Anna', key: expect.any(String), until: expect.any(String) })
    expect(headers.get('set-cookie')).toMatch(
      /^baton_session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const browser = {
      Cookie: cookieOf(headers),
      'X-Baton-Key': json.key,
      Origin: served.url,
      'Sec-Fetch-Site': 'same-origin',
    }
    expect((await served.get('/api/session', { token: null, headers: browser })).json).toEqual({ who: 'Anna' })
    const acted = await served.post('/api/orchestrate', { tasks: ['One'] }, { token: null, headers: browser })
    expect(acted.status).toBe(202)
    const { data } = house.store.read.events({}).find((event) => event.type === 'run.queued') ?? {}
    expect(data?.by).toEqual(ANNA)
  })

  test('stands in the part of an address that no server and no log gets to see', () => {
    expect(served.server.oneTimeLink()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#[\w-]{32}$/)
  })

  test('works once', async () => {
    const code = codeOf(served.server.oneTimeLink())
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await login({ code })).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(9)
  })

  test('works for ten minutes', async () => {
    const early = codeOf(served.server.oneTimeLink())
    house.wait(9 * 60_000)
    expect((await login({ code: early })).status).toBe(200)
    const late = codeOf(served.server.oneTimeLink())
    house.wait(10 * 60_000)
    expect((await login({ code: late })).status).toBe(401)
  })

  test('does not work for who guesses', async () => {
    served.server.oneTimeLink()
    expect((await login({ code: 'guess' })).json.error.message).toBe('This link has expired or was already used.')
    expect((await login({ token: 'guess' })).status).toBe(401)
    expect((await login({})).status).toBe(400)
  })
})

describe('a log-in', () => {
  test('is also had for the API token', async () => {
    expect((await login({ token: TOKEN })).json.who).toBe('dashboard')
  })

  test('outlives a restart, and ends with a new API token', async () => {
    const { headers, json } = await login({ token: TOKEN })
    const browser = { Cookie: cookieOf(headers), 'X-Baton-Key': json.key }
    await served.close()
    served = await serve(house)
    expect((await served.get('/api/session', { token: null, headers: browser })).status).toBe(200)
    await served.close()
    served = await serve(house, { apiToken: 'another' })
    expect((await served.get('/api/session', { token: null, headers: browser })).status).toBe(401)
  })

  test('ends by logging out, and after thirty days', async () => {
    const { headers, json } = await login({ token: TOKEN })
    const browser = { Cookie: cookieOf(headers), 'X-Baton-Key': json.key, Origin: served.url }
    const out = await served.post('/api/logout', {}, { token: null, headers: browser })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await served.get('/api/session', { token: null, headers: browser })).status).toBe(401)
    const again = await login({ token: TOKEN })
    house.wait(SESSION_LIFE_MS + 1_000)
    const old = { Cookie: cookieOf(again.headers), 'X-Baton-Key': again.json.key }
    expect((await served.get('/api/session', { token: null, headers: old })).status).toBe(401)
  })

  test('behind https its cookie is tied to the host', async () => {
    await served.close()
    const http = { enabled: true, host: '127.0.0.1', port: 0, url: 'https://baton.example', allowedHosts: [] }
    served = await serve(house, {
      config: { home: house.home, stateDir: house.stateDir, logsDir: house.logsDir, http },
    })
    expect(served.server.oneTimeLink()).toMatch(/^https:\/\/baton\.example\/login#/)
    const { headers } = await login({ token: TOKEN })
    expect(headers.get('set-cookie')).toMatch(/^__Host-baton_session=.*; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  })

  test('cannot be made from another one: not one changed character is taken', () => {
    const sessions = createSessions(TOKEN, Date.now)
    const { value } = sessions.create(ANNA)
    expect(sessions.read(value)?.by).toEqual(ANNA)
    for (let i = 0; i < value.length; i++) {
      const changed = `${value.slice(0, i)}${value[i] === 'A' ? 'B' : 'A'}${value.slice(i + 1)}`
      expect(sessions.read(changed)).toBeUndefined()
    }
    expect(sessions.read('')).toBeUndefined()
    expect(createSessions('other', Date.now).read(value)).toBeUndefined()
  })

  test('opens the page from a link in a chat, and nothing but the page', async () => {
    const open = async (path: string, dest = 'document') => {
      const lines = [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${served.server.port}`,
        `Authorization: Bearer ${TOKEN}`,
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Mode: navigate',
        `Sec-Fetch-Dest: ${dest}`,
        'Connection: close',
      ]
      return statusOf(await raw(served.server.port, `${lines.join('\r\n')}\r\n\r\n`))
    }
    expect(await open('/login')).toBe(200)
    expect(await open('/')).toBe(200)
    expect(await open('/', 'iframe')).toBe(403)
    expect(await open('/api/sessions')).toBe(403)
  })
})
