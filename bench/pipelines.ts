import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createStage, type Stage } from '../test/pipeline/stage.ts'
import { type StageDaemon, startStageDaemon } from '../test/pipeline/stage-daemon.ts'
import { row, spread } from './figures.ts'

const TIMES = 10
const LIMIT_MS = 60_000
/** So that the wait for the next comparison is short; it is a minute by default. */
const COMPARED = '1s'

const config = (poll: string): string => `http: {port: 0}
environments:
  qa:
    branches: [main]
    deploy: ./deploy.sh
    check: ['git show "$SHA:app.txt" | grep -qx ok || { echo "red $(date +%s%3N)" >> "$LIVE/marks"; exit 1; }']
    rollback: 'echo "back $(date +%s%3N)" >> "$LIVE/marks"; ./deploy.sh $PREVIOUS_SHA'
    env: [LIVE]
pipelines: {poll: ${poll}}
`
const pipeline = (marks: string): string => `---
on: {push: [main]}
---
## Build
**Run:** echo "build $(date +%s%3N)" >> "${marks}"

## Ship
**Depends On:** Build
**Deploy:** qa
`

interface Bench {
  stage: Stage
  daemon: StageDaemon
  /** When the commands said that they began; epoch milliseconds. */
  marks: (what: string) => number[]
  /** Waits for one more of them. */
  next: (what: string, before: number) => Promise<number>
  close: () => Promise<void>
}

/** The whole daemon, with git and real commands. */
async function openBench(poll: string): Promise<Bench> {
  const stage = await createStage(config(poll), {})
  const file = join(stage.dir, 'live/marks')
  stage.write('home/pipelines/ship.md', pipeline(file))
  const daemon = await startStageDaemon(stage)
  const marks: Bench['marks'] = (what) =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line.startsWith(`${what} `))
      .map((line) => Number(line.split(' ')[1]))
  return {
    ...{ stage, daemon, marks },
    async next(what, before) {
      for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(20)) {
        const all = marks(what)
        if (all.length > before) return all.at(-1) as number
      }
      throw new Error(`“${what}” did not come.`)
    },
    async close() {
      await daemon.stop()
      await stage.close()
    },
  }
}

/** Until nothing is deployed any more. */
async function rest({ daemon }: Bench, sha: string): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(50)) {
    const { environments } = (await daemon.get('/api/environments')) as {
      environments: { deployments: { sha: string; ended_at: string | null }[] }[]
    }
    const own = environments.flatMap(({ deployments }) => deployments).find((one) => one.sha === sha)
    if (own?.ended_at) return
  }
  throw new Error(`${sha} was not deployed.`)
}

/** A push told by a webhook, every second one of them bad: answered, built, found red, rolled back. */
async function timesOfWebhooks(): Promise<void> {
  const bench = await openBench('1h')
  const { stage, daemon, marks, next } = bench
  const answered: number[] = []
  const built: number[] = []
  const back: number[] = []
  for (let nth = 0; nth < 2 * TIMES; nth++) {
    const isBad = nth % 2 === 1
    const sha = stage.push('main', { 'app.txt': isBad ? 'broken\n' : 'ok\n', 'nth.txt': `${nth}\n` })
    const before = { build: marks('build').length, back: marks('back').length }
    const toldAt = Date.now()
    const { json } = await daemon.hook({
      ...{ ref: 'refs/heads/main', before: '0'.repeat(40), after: sha, deleted: false },
      ...{ repository: { full_name: 'acme/app' }, sender: { login: 'dora', id: 7 } },
    })
    if (json.status !== 'received') throw new Error(JSON.stringify(json))
    answered.push(Date.now() - toldAt)
    built.push(((await next('build', before.build)) - toldAt) / 1_000)
    if (isBad) back.push((await next('back', before.back)) - (marks('red').at(-1) as number))
    await rest(bench, sha)
  }
  await bench.close()
  row('webhook of a push, answered after', `${spread(answered, 0)} ms`, '')
  row('from the webhook to the command that builds', `${spread(built)} s`, 'goal ≤ 1 s')
  row('from the red check to the command that rolls back', `${spread(back, 0)} ms`, 'goal ≤ 1,000 ms')
}

/** The same push, seen by comparing alone. */
async function timesOfComparing(): Promise<void> {
  const bench = await openBench(COMPARED)
  const { stage, marks, next } = bench
  // What is there at the first look is no push.
  await sleep(3_000)
  const built: number[] = []
  for (let nth = 0; nth < TIMES; nth++) {
    await sleep(1_000 * Math.random())
    const before = marks('build').length
    const sha = stage.push('main', { 'nth.txt': `${nth}\n` })
    const pushedAt = Date.now()
    built.push(((await next('build', before)) - pushedAt) / 1_000)
    await rest(bench, sha)
  }
  await bench.close()
  row(
    `from a push to the command that builds, compared every ${COMPARED}`,
    `${spread(built)} s`,
    'goal ≤ 60 s, compared every minute',
  )
}

/** How soon pipelines begin, and go back. */
export async function timesOfPipelines(): Promise<void> {
  await timesOfWebhooks()
  await timesOfComparing()
}
