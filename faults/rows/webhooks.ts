import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGitHub } from '../../test/support/github/server.ts'
import { type RunningDaemon, startRunningDaemon } from '../daemon-process.ts'
import { createPayloads, type Delivery, deliveriesOf, sendSlowly } from '../github/webhooks.ts'
import { createFaultHome } from '../home.ts'
import type { Row, RowRun } from '../row.ts'

const SECRET = 'the secret of the webhook 0123456789'
const DELIVERIES_A_HOUSE = 2_000
/** So many connections that say nothing more stay open at once. */
const MOST_SLOW = 40

/** Deliveries of GitHub's webhooks at the real daemon: real payloads, forged, replayed, oversize, slow, with kills between. */
export const webhooksRow: Row = {
  number: 7,
  title: 'webhooks of GitHub: real payloads, forged, replayed with the same and another id, oversize, slow',
  unit: 'deliveries',
  sizes: { test: 200, small: 1_300, large: 111_000 },
  controls: [
    { breaks: 'forged webhooks are heard', size: 60 },
    { breaks: 'deliveries are forgotten', size: 60 },
  ],
  async run(run) {
    for (let sent = 0; sent < run.size && !run.isEnough(); )
      sent += await playHouse(run, Math.min(DELIVERIES_A_HOUSE, run.size - sent))
  },
}

async function playHouse(run: RowRun, most: number): Promise<number> {
  const random = run.random.fork()
  const server = await startGitHub()
  const repo = server.repo('acme/app', { people: { 'baton-bot': 'write' } })
  // Asked once at the start, and then only when a webhook says so.
  const home = createFaultHome('', 'http: {port: 0}\nproject: work\ngithub: {repo: acme/app, poll: 12h}\n')
  mkdirSync(join(home.dir, 'work'))
  execFileSync('git', ['clone', '-q', repo.row.gitDir, join(home.dir, 'work')], { env: { PATH: process.env.PATH } })
  const env = {
    ...home.agentEnv,
    ...{ GITHUB_TOKEN: server.token('baton-bot'), GITHUB_API_URL: server.apiUrl, GITHUB_WEBHOOK_SECRET: SECRET },
  }
  const start = () => startRunningDaemon(home.dir, { breaks: run.breaks, env })
  const slow: (() => void)[] = []
  let daemon: RunningDaemon | undefined
  let sent = 0
  try {
    daemon = await start()
    await looked(server.requests, 0)
    const payload = createPayloads(random)
    while (sent < most && !run.isEnough()) {
      for (const delivery of deliveriesOf(random, payload(), SECRET)) {
        if (slow.length < MOST_SLOW && random.chance(0.1)) {
          slow.push(sendSlowly(daemon.url, delivery, random))
          run.count('slow ones')
        }
        const before = server.requests.length
        const wrong = wrongWith(delivery, await post(daemon.url, delivery))
        run.count(delivery.wanted === 401 ? 'forged' : delivery.wanted === 'known' ? 'replayed' : delivery.kind)
        if (wrong !== undefined) run.fail(`${delivery.kind}: ${wrong}`)
        if (delivery.wanted === 'heard' && !(await looked(server.requests, before)))
          run.fail('the real one did not have Baton look')
        sent++
      }
      // What was heard is known after a kill, too.
      if (random.chance(0.02)) {
        daemon.kill()
        await daemon.ended
        for (const end of slow.splice(0)) end()
        daemon = await start()
        run.count('kills')
      }
    }
    const health = await fetch(`${daemon.url}/health`)
    if (health.status !== 200) run.fail(`/health answers ${health.status}`)
    return sent
  } finally {
    for (const end of slow) end()
    daemon?.kill()
    await daemon?.ended
    await server.close()
    home.remove()
  }
}

interface Answered {
  status: number
  reason: string
}

async function post(url: string, { body, headers }: Delivery): Promise<Answered> {
  try {
    const response = await fetch(`${url}/webhooks/github`, { method: 'POST', body, headers })
    const json = (await response.json().catch(() => ({}))) as { reason?: string }
    return { status: response.status, reason: json.reason ?? '' }
  } catch (error) {
    // Who sends too much is cut off before it has sent it all.
    return { status: body.length > 10_000_000 ? 413 : 0, reason: String(error) }
  }
}

function wrongWith({ wanted }: Delivery, { status, reason }: Answered): string | undefined {
  const isKnown = /already received/.test(reason)
  if (typeof wanted === 'number') return status === wanted ? undefined : `${status} instead of ${wanted}: ${reason}`
  if (status !== 200) return `${status}: ${reason}`
  if (isKnown !== (wanted === 'known')) return wanted === 'known' ? 'it counted a second time' : 'it did not count'
  return undefined
}

/** Baton has asked GitHub something after so many requests; what is heard while it looks has it look once more. */
async function looked(requests: readonly unknown[], before: number): Promise<boolean> {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(5))
    if (requests.length > before) return true
  return false
}
