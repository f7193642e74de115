import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { CheckResult } from '../../src/core/types.ts'
import { checkDeployment, tellsApart } from '../../src/pipeline/check.ts'
import { frozenUntil } from '../../src/pipeline/frozen.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** Answers one after the other; the last one for ever. */
async function serve(...answers: { status: number; text: string }[]): Promise<string> {
  let asked = 0
  server = createServer((_req, res) => {
    const { status, text } = answers[Math.min(asked++, answers.length - 1)] as { status: number; text: string }
    res.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const ports = (run = async (): Promise<CheckResult> => Promise.reject(new Error('no command'))) => ({
  ...{ fetch, run, now: Date.now, signal: new AbortController().signal },
})
const check = (url: string, more = {}) => ({ url, status: 200, forMs: 0, everyMs: 10, withinMs: 20_000, ...more })

it('waits for a good answer, and is red when none comes', async () => {
  const late = await serve({ status: 503, text: '' }, { status: 503, text: '' }, { status: 200, text: '' })
  expect(await checkDeployment(check(late), {}, ports())).toEqual({ ok: true })
  const never = await serve({ status: 503, text: '' })
  expect(await checkDeployment(check(never, { withinMs: 30 }), {}, ports())).toEqual({
    ok: false,
    why: `${never} answers 503, not 200`,
  })
})

it('asks for the commit, so that the one before does not pass for the new one', async () => {
  const url = await serve({ status: 200, text: 'running old' })
  const asked = check(url, { contains: '$SHA', withinMs: 30 })
  expect(await checkDeployment(asked, { SHA: 'new' }, ports())).toEqual({ ok: false, why: `${url} does not say new` })
  expect(await checkDeployment(asked, { SHA: 'old' }, ports())).toEqual({ ok: true })
  expect(tellsApart(asked)).toBe(true)
  expect(tellsApart(check(url))).toBe(false)
})

it('counts good answers in a row only', async () => {
  const good = { status: 200, text: '' }
  const url = await serve(good, { status: 500, text: '' })
  expect(await checkDeployment(check(url, { forMs: 60, withinMs: 100 }), {}, ports())).toMatchObject({ ok: false })
})

it('follows no redirection, and says what does not answer', async () => {
  const url = await serve({ status: 302, text: '' })
  expect(await checkDeployment(check(url, { withinMs: 20 }), {}, ports())).toMatchObject({
    why: expect.stringContaining('302'),
  })
  expect(await checkDeployment(check('http://127.0.0.1:1/', { withinMs: 20 }), {}, ports())).toMatchObject({
    ok: false,
  })
})

it('runs commands in order, up to the first that fails', async () => {
  const ran: string[] = []
  const run = async (command: string): Promise<CheckResult> => {
    ran.push(command)
    return { name: command, command, ok: command !== 'false', exitCode: 1, durationMs: 1, output: 'it is broken' }
  }
  const checked = await checkDeployment({ commands: ['true', 'false', 'later'] }, {}, ports(run as never))
  expect(checked).toEqual({ ok: false, why: 'false: exit 1\nit is broken' })
  expect(ran).toEqual(['true', 'false'])
})

it('knows when a freeze of the configuration is on, and until when', () => {
  const weekend = [{ cron: '0 18 * * 5', forMs: 62 * 3_600_000 }]
  const at = (text: string) => frozenUntil(weekend, Date.parse(text), 'UTC')
  expect(at('2026-11-27T17:59:59Z')).toBeUndefined()
  expect(at('2026-11-27T18:00:01Z')).toBe(Date.parse('2026-11-30T08:00:00Z'))
  expect(at('2026-11-30T07:59:59Z')).toBe(Date.parse('2026-11-30T08:00:00Z'))
  expect(at('2026-11-30T08:00:01Z')).toBeUndefined()
})
