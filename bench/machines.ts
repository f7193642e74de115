import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openMachinesHouse, type TestMachine } from '../faults/machines/house.ts'
import type { NewOffer } from '../src/machines/machines.ts'
import { openMachines } from '../src/machines/outside.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../test/support/postgres.ts'
import { row } from './figures.ts'

const OFFERS = 20
const MANY = 60
const IDLE_S = 60
const PATIENCE_MS = 300_000

/** What machines that share a Postgres cost: until a run starts elsewhere, how many go through, and one that has nothing to do. */
export async function benchMachines(): Promise<void> {
  if (noPostgres !== undefined) return row('machines that share runs', 'skipped', noPostgres)
  const postgres = startPostgres()
  const url = postgres.createDatabase()
  const house = openMachinesHouse(url)
  try {
    const alone = await house.start('alone', { isSharing: false })
    const two = await house.start('two')
    await idle(postgres, url, { alone, two })
    await handedOut(url, two)
  } finally {
    await house.close()
    postgres.remove()
  }
}

/** A machine with nothing to do, beside one that shares with nobody. */
async function idle(postgres: TestPostgres, url: string, { alone, two }: Record<'alone' | 'two', TestMachine>) {
  const commits = () =>
    Number(postgres.query(url, 'SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()'))
  await sleep(15_000)
  const before = commits()
  await sleep(IDLE_S * 1_000)
  row('transactions of an idle machine', `${commits() - before - 1} a minute`, '')
  const [here, shared] = [alone, two].map(({ daemon }) => residentMb(daemon.pid)) as [number, number]
  row('memory of a machine that shares runs', `${shared.toFixed(0)} MB, without it ${here.toFixed(0)} MB`, '')
}

/** How soon a run starts on another machine, and how many of them a minute go through. */
async function handedOut(url: string, two: TestMachine): Promise<void> {
  const outside = await openMachines(url)
  const offer = (text: string) => outside.machines.offer(offerOf(text))
  const startsOf = () =>
    readFileSync(join(two.home.dir, 'logs/baton.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"run.started"'))
      .map((line) => Date.parse(JSON.parse(line).time))
  const ended = async (ids: string[]) => {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(20)) {
      const open = new Set((await outside.open()).map(({ id }) => id))
      if (!ids.some((id) => open.has(id))) return
    }
    throw new Error('Some runs did not end.')
  }
  try {
    const took: number[] = []
    for (let n = 0; n < OFFERS; n++) {
      const at = Date.now()
      const { id } = await offer(`one ${n}`)
      await ended([id])
      took.push((startsOf().at(-1) as number) - at)
    }
    took.sort((a, b) => a - b)
    const [median, most] = [took[OFFERS / 2], took.at(-1)]
    row(
      `offered, started on another machine (${OFFERS} times)`,
      `${median} ms (median), ${most} ms at most`,
      'goal p50 ≤ 200 ms',
    )
    const from = Date.now()
    const ids = await Promise.all(Array.from({ length: MANY }, async (_, n) => (await offer(`many ${n}`)).id))
    await ended(ids)
    row(
      `runs of one command through one project (${MANY})`,
      `${Math.round((MANY * 60_000) / (Date.now() - from))} a minute`,
      '',
    )
  } finally {
    await outside.close()
  }
}

const offerOf = (text: string): NewOffer => ({
  ...{ project: 'main', target: 'two', options: {}, from: 'bench' },
  files: [{ name: 'tasks/bench.md', text: `## Task 1: ${text}\n**Run:** true\n` }],
  by: { surface: 'terminal', id: 'bench', name: 'bench' },
})

function residentMb(pid: number): number {
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kb) / 1_024
}
