import { existsSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ATTACKS, addressOf, bodyFor, headersFor, portOf } from './attacks.ts'
import { type House, openHouse } from './house.ts'
import { raw, statusOf } from './raw.ts'
import { SECRET, type Served, serve, TOKEN } from './serve.ts'
import { TODAY } from './task-files.ts'

let house: House
let served: Served
beforeAll(async () => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
  served = await serve(house, { gitHubHook: { secret: SECRET, isNew: () => true, hint: () => undefined } })
})
afterAll(async () => {
  await served.close()
  await house.close()
})

/** Everything that could have been changed. */
const everything = () => [house.store.read.lastEventSeq(), house.store.inbox.pending().length, house.api.view.runs()]

describe('every route against every attack', () => {
  test('all of them are refused, nothing is changed, and nothing is told', async () => {
    const before = JSON.stringify(everything())
    const accepted: string[] = []
    let count = 0
    for (const attack of ATTACKS) {
      for (const route of served.routes) {
        if (!attack.on(route)) continue
        count++
        // Wrong credentials of everybody are counted together; here each attack is to be seen by itself.
        house.wait(5_000)
        const { status, body } = await attack.run(served, route)
        const isRefused = attack.refused.includes(status) && !body.includes(TOKEN) && !body.includes(SECRET)
        if (!isRefused) accepted.push(`${attack.name}: ${route.method} ${route.path} answered ${status}`)
      }
    }
    console.log(`row 16: ${count} attacks on ${served.routes.length} routes, ${accepted.length} accepted`)
    expect(accepted).toEqual([])
    expect(count).toBeGreaterThan(12 * served.routes.length)
    expect(JSON.stringify(everything())).toBe(before)
    expect(served.logged.filter(({ level }) => level === 'error')).toEqual([])
  }, 120_000)

  test('the routes that are attacked are the ones that the application serves', async () => {
    const { json } = await served.get('/', { headers: { Accept: 'application/json' } })
    const listed = json.endpoints.slice(1).map((one: { method: string; path: string }) => `${one.method} ${one.path}`)
    expect(listed).toEqual(served.routes.map((route) => `${route.method.toUpperCase()} ${route.path}`))
    expect(listed.length).toBeGreaterThan(20)
  })

  test('the same requests without the attack are let through', async () => {
    const open: string[] = []
    for (const route of served.routes) {
      if (route.path === '/api/events') continue
      const { status } = await served.call(route.method.toUpperCase(), addressOf(route), {
        ...(route.method === 'post' && { body: bodyFor(route) }),
        ...(route.access === 'secret' && { token: null }),
        headers: headersFor(route),
      })
      // Not found and not possible are answers to who was let in.
      if (![200, 202, 404, 409].includes(status)) open.push(`${route.method} ${route.path} answered ${status}`)
    }
    expect(open).toEqual([])
  })
})

describe('guessing', () => {
  test('is slowed down, and the right token goes on working', async () => {
    const wrong = async (i: number) => (await served.get('/api/sessions', { token: `guess-${i}` })).status
    const statuses = await Promise.all(Array.from({ length: 120 }, (_, i) => wrong(i)))
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(50)
    const refused = await served.get('/api/sessions', { token: 'guess' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await served.get('/api/sessions')).status).toBe(200)
    expect((await served.hook('status')).status).toBe(200)
    expect(served.logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
    house.wait(120_000)
    expect((await served.get('/api/sessions', { token: 'guess' })).status).toBe(401)
  })
})

describe('the connection', () => {
  const host = () => `Host: 127.0.0.1:${portOf(served)}`

  test('over-long headers are refused', async () => {
    const answer = await raw(
      portOf(served),
      `GET /health HTTP/1.1\r\n${host()}\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(statusOf(answer)).toBe(431)
  })

  test('an address of another server inside the request line is refused', async () => {
    const answer = await raw(
      portOf(served),
      `GET http://evil.example/api/sessions HTTP/1.1\r\n${host()}\r\nConnection: close\r\n\r\n`,
    )
    expect(statusOf(answer)).toBe(400)
  })

  test('a traversal written as it is reaches no file', async () => {
    for (const path of ['/dashboard/../server.ts', '/dashboard/%2e%2e/server.ts', '/dashboard/..%5cserver.ts']) {
      const answer = await raw(portOf(served), `GET ${path} HTTP/1.1\r\n${host()}\r\nConnection: close\r\n\r\n`)
      expect([path, [400, 403, 404].includes(statusOf(answer))]).toEqual([path, true])
    }
  })

  test.each([
    '../outside.md',
    '/etc/passwd',
    'tasks/../../outside.md',
    'tasks\0.md',
    '.env',
    '.baton/x.md',
    'tasks',
    'link.md',
    'config.yaml',
    '*.md',
  ])('the task file %j is refused', async (name) => {
    house.write('.env', 'SECRET=1\n## Task 1: x\n')
    house.write('config.yaml', 'project: .\n')
    house.write('.baton/x.md', TODAY)
    if (!existsSync(`${house.home}/link.md`)) symlinkSync('/etc/passwd', `${house.home}/link.md`)
    house.write('../outside.md', TODAY)
    const runs = house.api.view.runs().length
    const answers = [
      await served.post('/api/orchestrate', { task_file: name }),
      await served.post('/api/commands', { command: 'start', task_files: [name] }),
      await served.hook('command', { command: 'start', params: { task_file: name } }),
    ]
    for (const { status, text } of answers) {
      expect([400, 404]).toContain(status)
      expect(text).not.toContain('root:')
    }
    expect(house.api.view.runs()).toHaveLength(runs)
  })

  test('a refusal names the reason and not what is in the file', async () => {
    house.write('config.yaml', 'telegram: {}\n')
    const codeOf = async (task_file: string) => (await served.post('/api/orchestrate', { task_file })).json.error.code
    expect(await codeOf('config.yaml')).toBe('no-task-file')
    expect(await codeOf('tasks')).toBe('no-task-file')
    expect(await codeOf('../home')).toBe('outside-of-home')
    expect(await codeOf('.env')).toBe('outside-of-home')
    expect(await codeOf('tasks/none.md')).toBe('no-such-file')
  })

  test('a refusal that repeats a long name does not repeat half of a token in it', async () => {
    const name = `${'a'.repeat(180)} ghp_${'b1'.repeat(18)}.md`
    const { status, text } = await served.post('/api/orchestrate', { task_file: name })
    expect(status).toBe(404)
    expect(text).toContain(`${'a'.repeat(180)} [redacted]…`)
  })

  test('who sends slowly is cut off', async () => {
    const answer = await raw(portOf(served), `GET /health HTTP/1.1\r\n${host()}\r\nX-Slow: `, 15_000)
    expect(statusOf(answer)).toBe(408)
  })
})

describe('names', () => {
  test('that Baton has are answered to, others are not', async () => {
    await served.close()
    const http = {
      enabled: true,
      host: '0.0.0.0',
      port: 0,
      url: 'https://baton.example',
      allowedHosts: ['docker.internal', 'box:99'],
    }
    served = await serve(house, {
      config: { home: house.home, stateDir: house.stateDir, logsDir: house.logsDir, http },
    })
    const { port } = served.server
    const expected: [host: string, status: number][] = [
      [`127.0.0.1:${port}`, 200],
      [`localhost:${port}`, 200],
      [`LOCALHOST:${port}`, 200],
      [`[::1]:${port}`, 200],
      ['baton.example', 200],
      ['baton.example:443', 200],
      ['docker.internal:5', 200],
      ['docker.internal', 200],
      ['box:99', 200],
      ['box:98', 403],
      ['localhost', 403],
      ['baton.example:80', 403],
      [`0.0.0.0:${port}`, 403],
      [`localhost.:${port}`, 403],
      [`127.0.0.1.evil.example:${port}`, 403],
      [`user@localhost:${port}`, 403],
    ]
    const got: [string, number][] = []
    for (const [host] of expected) {
      const answer = await raw(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      got.push([host, statusOf(answer)])
    }
    expect(got).toEqual(expected)
  })
})
