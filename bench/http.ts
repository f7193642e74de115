/**
 * The HTTP side with 10,000 tasks in history: requests a second and latency of `/api/status`, idle and while a task
 * streams; 100 live followers; the first paint of the dashboard. `node bench/http.ts [seconds]`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBrowser } from '../test/http/browser.ts'
import { TOKEN } from '../test/http/serve.ts'
import { openStream } from '../test/http/stream.ts'
import { row } from './figures.ts'

const SECONDS = Number(process.argv[2] ?? 8)
const CONNECTIONS = 8
const EVENTS_A_SECOND = 100
const FOLLOWERS = 100

const child = fork(join(import.meta.dirname, 'http-house.ts'), { stdio: 'inherit' })
const [{ url, run, link, tasks }] = (await once(child, 'message')) as [
  { url: string; run: string; link: string; tasks: number },
]
const order = (name: string, value = 0) => child.send([name, value])
try {
  const idle = await load()
  order('stream', EVENTS_A_SECOND)
  const streaming = await load()
  const many = await followers(child)
  order('stream', 0)
  const paint = await firstPaint()
  row(`GET /api/status, idle: requests/s`, `${idle.perSecond}`, '')
  row(`GET /api/status, idle: p50, p99`, `${idle.p50Ms}, ${idle.p99Ms} ms`, '')
  row(
    `the same while ${EVENTS_A_SECOND} events/s stream: requests/s`,
    `${streaming.perSecond}`,
    'at least half of idle',
  )
  row('the same: p50, p99', `${streaming.p50Ms}, ${streaming.p99Ms} ms`, 'p99 at most 50 ms')
  row(`${FOLLOWERS} followers: event to follower, p50, p99`, `${many.p50Ms}, ${many.p99Ms} ms`, 'p99 at most 100 ms')
  row(`${FOLLOWERS} followers: processor, memory`, `${many.cpuPercent} %, +${many.memoryMb} MB`, '')
  row(`${FOLLOWERS} followers: events missed`, `${many.missed} of ${many.expected}`, '0')
  if (paint) {
    row(`dashboard, ${tasks} tasks in history: first paint`, `${paint.firstPaintMs} ms`, 'at most 1,000 ms')
    row('the same: everything there', `${paint.readyMs} ms`, 'at most 2,000 ms')
  } else row('dashboard: first paint', 'no Chromium', '')
  console.log(JSON.stringify({ idle, streaming, followers: many, paint }))
} finally {
  order('stop')
}

/** As many requests as a few connections get through, one after the other on each. */
async function load() {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const times: number[] = []
  const until = performance.now() + SECONDS * 1_000
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < until) times.push(await oneRequest(agent))
    }),
  )
  agent.destroy()
  return { perSecond: Math.round(times.length / SECONDS), ...percentiles(times) }
}

function oneRequest(agent: Agent): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    get(`${url}/api/status/${run}`, { agent, headers: { Authorization: `Bearer ${TOKEN}` } }, (res) => {
      if (res.statusCode !== 200) reject(new Error(`status ${res.statusCode}`))
      res.resume()
      res.on('end', () => resolve(performance.now() - start))
    }).on('error', reject)
  })
}

/** How long after an event was stored its followers have it, and what that costs the server. */
async function followers(server: ChildProcess) {
  const before = await usage(server)
  const streams = await Promise.all(Array.from({ length: FOLLOWERS }, () => openStream(url)))
  const startedAt = performance.now()
  const times: number[] = []
  const timers = streams.map((stream) => {
    let seen = stream.frames.length
    return setInterval(() => {
      for (; seen < stream.frames.length; seen++) {
        const { event, data } = stream.frames[seen] as { event?: string; data?: { text?: string } }
        if (event === undefined && data?.text?.startsWith('{')) times.push(Date.now() - JSON.parse(data.text).sentAt)
      }
    }, 2)
  })
  await sleep(SECONDS * 1_000)
  const took = performance.now() - startedAt
  const after = await usage(server)
  for (const timer of timers) clearInterval(timer)
  const seqs = streams.map((stream) => stream.seqs())
  for (const stream of streams) stream.close()
  const expected = seqs.reduce((sum, own) => sum + ((own.at(-1) ?? 0) - (own[0] ?? 1) + 1), 0)
  const cpuMs = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1_000
  return {
    ...percentiles(times),
    expected,
    missed: expected - seqs.reduce((sum, own) => sum + own.length, 0),
    cpuPercent: Math.round((100 * cpuMs) / took),
    memoryMb: Math.round((after.rss - before.rss) / 1_048_576),
  }
}

async function usage(server: ChildProcess) {
  order('memory')
  const [answer] = (await once(server, 'message')) as [{ rss: number; cpu: NodeJS.CpuUsage }]
  return answer
}

/** From the address to the first pixels, and to the queue; with nothing in the browser's store but the log-in. */
async function firstPaint() {
  const browser = await openBrowser()
  if (!browser) return undefined
  try {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    await page.goto(link)
    await page.waitForSelector('.task-row')
    const session = await context.newCDPSession(page)
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    const paints: number[] = []
    const ready: number[] = []
    for (let i = 0; i < 7; i++) {
      await page.goto('about:blank')
      const start = performance.now()
      await page.goto(`${url}/`)
      await page.waitForSelector('.task-row')
      ready.push(performance.now() - start)
      const at = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
      await page.waitForFunction(`(${at}) > 0`)
      paints.push((await page.evaluate(at)) as number)
    }
    const middle = (values: number[]) => Math.round(values.sort((a, b) => a - b)[3] as number)
    return { firstPaintMs: middle(paints), readyMs: middle(ready) }
  } finally {
    await browser.close()
  }
}

function percentiles(times: number[]) {
  times.sort((a, b) => a - b)
  const at = (share: number) => Number((times[Math.floor((times.length - 1) * share)] ?? Number.NaN).toFixed(1))
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}
