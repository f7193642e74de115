import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type House, openHouse } from './house.ts'
import { raw, statusOf } from './raw.ts'
import { PLANTED, type Served, serve, TOKEN } from './serve.ts'
import { TODAY } from './task-files.ts'

let house: House
let served: Served
beforeEach(async () => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
  served = await serve(house)
})
afterEach(async () => {
  await served.close()
  await house.close()
})

describe('health', () => {
  test('says that everything is alive, to everybody', async () => {
    const { status, json } = await served.get('/health', { token: null })
    expect(status).toBe(200)
    expect(json).toEqual({
      status: 'ok',
      version: '0.1.0',
      worker: 'ok',
      telegram: { ok: true, lastPollAgeMs: null, configured: false },
    })
  })

  test('says of every platform that is configured whether it is heard', async () => {
    await served.close()
    const chatHealth = () => ({
      slack: { ok: true, lastHeardAgeMs: 900 },
      discord: { ok: false, lastHeardAgeMs: null },
    })
    served = await serve(house, { chatHealth })
    const { status, json } = await served.get('/health', { token: null })
    expect(status).toBe(503)
    expect(json).toMatchObject({ telegram: { configured: false }, ...chatHealth() })
    const { text } = await served.get('/metrics')
    expect(text).toContain('baton_chat_up{surface="slack"} 1\nbaton_chat_up{surface="discord"} 0')
  })

  test.each([
    ['worker', { health: () => ({ worker: 'dead' as const, error: 'boom' }) }],
    ['poller', { chatHealth: () => ({ telegram: { ok: false, lastHeardAgeMs: 120_000 } }) }],
    ['ear on Slack', { chatHealth: () => ({ slack: { ok: false, lastHeardAgeMs: 120_000 } }) }],
  ])('is 503 when the %s is dead', async (_, options) => {
    await served.close()
    served = await serve(house, options)
    const { status, json, text } = await served.get('/health', { token: null })
    expect(status).toBe(503)
    expect(json.status).toBe('dead')
    expect(text).not.toContain('boom')
  })
})

describe('the end', () => {
  test('whose request was on its way when the server closed gets an answer', async () => {
    const { port } = served.server
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk))
    socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`)
    await served.get('/health')
    const closed = served.close()
    socket.write('\r\n')
    await closed
    expect(statusOf(answer)).toBe(200)
  })
})

describe('metrics', () => {
  test('are Prometheus text with the queue, the cost and the waits', async () => {
    const { status: unauthorized } = await served.get('/metrics', { token: null })
    expect(unauthorized).toBe(401)
    await served.post('/api/quick-start')
    house.begin()
    house.end()
    const [ask] = house.api.view.openAsks()
    house.wait(20_000)
    await served.post(`/api/asks/${ask?.id}`, { answer: 'reject' })
    const { text, headers } = await served.get('/metrics')
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    for (const line of [
      'baton_info{version="0.1.0"} 1',
      'baton_worker_up 1',
      'baton_tasks{queue="main",status="done"} 1',
      'baton_tasks{queue="main",status="skipped"} 1',
      'baton_run_cost_usd{queue="main"} 0.25',
      'baton_today_cost_usd{queue="main"} 0.25',
      'baton_tasks_ended_total{status="done"} 1',
      'baton_task_seconds_count 1',
      'baton_ask_wait_seconds_bucket{le="60"} 1',
      'baton_ask_wait_seconds_bucket{le="10"} 0',
      'baton_http_requests_total{method="POST",route="/api/quick-start",status="202"} 1',
    ])
      expect(text).toContain(`${line}\n`)
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+-]+)$/)
    }
  })
})

describe('the front page', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

  test.each(['text/html', BROWSER, 'text/html; charset=utf-8', 'text/html, application/json;q=0.5', '*/*, text/html'])(
    'is the dashboard to whoever accepts %s',
    async (accept) => {
      const { status, text, headers } = await served.get('/', { token: null, headers: { Accept: accept } })
      expect(status).toBe(200)
      expect(headers.get('content-type')).toContain('text/html')
      expect(headers.get('vary')).toContain('Accept')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(text).toMatch(/^<!doctype html>/i)
    },
  )

  test.each([
    '*/*',
    'application/json',
    'text/*',
    'image/png',
    'text/html;q=0',
    'application/json, text/html;q=0.5',
    'application/json, text/plain, */*',
  ])('is what there is to whoever accepts %s, without a token', async (accept) => {
    const { status, json, headers } = await served.get('/', { token: null, headers: { Accept: accept } })
    expect(status).toBe(200)
    expect(headers.get('vary')).toContain('Accept')
    expect(json).toMatchObject({ service: 'baton', version: '0.1.0' })
    expect(json.endpoints).toContainEqual({
      method: 'POST',
      path: '/api/orchestrate',
      summary: expect.any(String),
    })
  })

  test('is what there is to who says nothing about it', async () => {
    const { port } = served.server
    const answer = await raw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
    expect(statusOf(answer)).toBe(200)
    expect(answer).toContain('"service":"baton"')
  })
})

describe('the files of the dashboard', () => {
  const folder = fileURLToPath(new URL('../../src/http/dashboard/', import.meta.url))
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const importedBy = (file: string): string[] =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^(?:import|export) .* from '(.+)'$|^} from '(.+)'$/gm)].map(
      ([, one, other]) => join(dirname(file), (one ?? other) as string),
    )

  test('are asked for at once: the page names every module that the first view needs', () => {
    const needed = new Set(['js/main.js'])
    for (const file of needed) for (const other of importedBy(file)) needed.add(other)
    const named = [...page.matchAll(/rel="modulepreload" href="\/dashboard\/(.+?)"/g)].map(([, file]) => file as string)
    expect(named.sort()).toEqual([...needed].sort())
  })

  test('are all there, are asked for again each time, and cost nothing when they are unchanged', async () => {
    const addresses = [...page.matchAll(/(?:href|src)="(\/dashboard\/.+?)"/g)].map(([, address]) => address as string)
    const { port } = served.server
    for (const address of new Set(addresses)) {
      const { status, headers } = await served.get(address, { token: null })
      expect([address, status, headers.get('cache-control')]).toEqual([address, 200, 'no-cache'])
      const etag = headers.get('etag') ?? ''
      // By hand, for fetch adds that it wants no stored answer.
      const lines = [
        `GET ${address} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        `If-None-Match: ${etag}`,
        'Connection: close',
      ]
      expect([address, statusOf(await raw(port, `${lines.join('\r\n')}\r\n\r\n`))]).toEqual([address, 304])
    }
    expect((await served.get('/dashboard/nothing.js', { token: null })).status).toBe(404)
    expect((await served.get('/dashboard/', { token: null })).status).toBe(404)
    expect((await served.post('/dashboard/js/main.js', {}, { token: null })).status).toBe(405)
  })

  test('write no markup and know no other host', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(js|css|html)$/.test(name),
    )
    expect(files.length).toBeGreaterThan(30)
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8')
      expect([
        file,
        /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|setAttribute\('style/.test(text),
      ]).toEqual([file, false])
      expect([file, text.replaceAll('http://www.w3.org/2000/svg', '').match(/https?:\/\//)]).toEqual([file, null])
    }
    expect(page).not.toMatch(/\son\w+=|\sstyle=|<style|<script(?! type="module" src=)/)
  })
})

describe('the OpenAPI document', () => {
  test('names every route, and nothing that is not served', async () => {
    const { json } = await served.get('/api/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    const documented = Object.entries<object>(json.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(documented.sort()).toEqual(served.routes.map((route) => `${route.method} ${route.path}`).sort())
    const ids = Object.values<Record<string, { operationId: string }>>(json.paths)
      .flatMap((operations) => Object.values(operations))
      .map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('describes what is really answered', async () => {
    const { json: document } = await served.get('/api/openapi.json')
    const id = (await served.post('/api/quick-start')).json.session_id
    house.begin('line')
    house.ask({ rule: 'Bash(npm test:*)' })
    const conforms = async (method: 'get' | 'post', template: string, path: string, body?: object) => {
      const { status, json } = await served.call(method.toUpperCase(), path, body ? { body } : {})
      const { schema } = document.paths[template][method].responses[status].content['application/json']
      const parsed = z.fromJSONSchema(strict(schema)).safeParse(json)
      expect([template, status, parsed.error?.issues ?? []]).toEqual([template, status, []])
      return json
    }
    await conforms('get', '/health', '/health')
    await conforms('get', '/api/status/{session_id}', `/api/status/${id}`)
    await conforms('get', '/api/sessions', '/api/sessions')
    await conforms('get', '/api/sessions/{session_id}', `/api/sessions/${id}`)
    await conforms('get', '/api/sessions/{session_id}/tasks', `/api/sessions/${id}/tasks`)
    await conforms('get', '/api/sessions/{session_id}/tasks/{number}', `/api/sessions/${id}/tasks/1`)
    await conforms('get', '/api/sessions/{session_id}/tasks/{number}/log', `/api/sessions/${id}/tasks/1/log`)
    await conforms('get', '/api/overview', '/api/overview')
    await conforms('get', '/api/cost', '/api/cost')
    await conforms('get', '/api/session', '/api/session')
    await conforms('get', '/api/task-files', '/api/task-files')
    const { asks } = await conforms('get', '/api/asks', '/api/asks')
    await conforms('get', '/api/asks/{id}', `/api/asks/${asks[0].id}`)
    await conforms('post', '/api/asks/{id}', `/api/asks/${asks[0].id}`, { answer: 'allow' })
    await conforms('post', '/api/asks/{id}', `/api/asks/${asks[0].id}`, { answer: 'allow' })
    await conforms('post', '/api/orchestrate', '/api/orchestrate', { tasks: ['One more'] })
    await conforms('post', '/api/orchestrate', '/api/orchestrate', {})
    await conforms('post', '/api/quick-start', '/api/quick-start', {})
    await conforms('post', '/api/commands', '/api/commands', { command: 'pause' })
    await conforms('post', '/api/login', '/api/login', { token: TOKEN })
    for (const name of ['status', 'approve', 'pause', 'resume', 'skip', 'logs'])
      await conforms('post', `/webhook/${name}`, `/webhook/${name}`, { secret: 'the-webhook-secret' })
    await conforms('post', '/webhook/command', '/webhook/command', { secret: 'no', command: 'status' })
  })
})

/** The library that reads schemas back does not know the range that whole numbers have. */
function strict(schema: unknown): Parameters<typeof z.fromJSONSchema>[0] {
  return JSON.parse(
    JSON.stringify(schema)
      .replaceAll(/"(minimum|maximum)":-?9007199254740991,?/g, '')
      .replaceAll(',}', '}'),
  )
}

describe('secrets', () => {
  test('that tasks, logs and asks hold come out nowhere', async () => {
    house.write('tasks/today.md', `## Task 1: Use ${PLANTED}\n**Claude Instruction:**\nThe key is "${PLANTED}".\n`)
    const id = (await served.post('/api/quick-start')).json.session_id
    house.begin(`token ${PLANTED}`, `Authorization: Bearer ${TOKEN}`)
    house.ask({ text: `curl -H "X-Key: ${PLANTED}"`, input: { command: PLANTED } })
    const paths = [
      `/api/status/${id}`,
      `/api/sessions/${id}/tasks`,
      `/api/sessions/${id}/tasks/1`,
      `/api/sessions/${id}/tasks/1/log`,
      '/api/asks',
      '/api/overview',
      '/metrics',
    ]
    for (const path of paths) {
      const { text } = await served.get(path)
      expect([path, text.includes(PLANTED), text.includes(TOKEN)]).toEqual([path, false, false])
    }
    for (const hook of ['status', 'logs']) {
      const { text } = await served.hook(hook)
      expect([hook, text.includes(PLANTED), text.includes(TOKEN)]).toEqual([hook, false, false])
    }
    expect((await served.hook('logs')).json.logs).toContain('[redacted]')
  })
})
