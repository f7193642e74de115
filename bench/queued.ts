/**
 * What looks at the queue cost while 1,000 runs of 10 tasks wait in it, against 10 runs; and how long they keep the loop,
 * on which taps are answered too. `node bench/queued.ts`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type House, openHouse } from '../test/http/house.ts'
import { type Served, serve } from '../test/http/serve.ts'
import { median, row, spread } from './figures.ts'

const FEW = 10
const MANY = 1_000
const TASKS = 10
const ROUNDS = 7
const REQUESTS = 15
const PATHS = ['/api/overview', '/metrics', '/api/sessions']

const few = await open(FEW)
const many = await open(MANY)
try {
  for (const path of PATHS) {
    await medianOf(few.served, path)
    await medianOf(many.served, path)
    const pairs: [few: number, many: number][] = []
    for (let i = 0; i < ROUNDS; i++) pairs.push([await medianOf(few.served, path), await medianOf(many.served, path)])
    const ratios = pairs.map(([a, b]) => b / a)
    row(`GET ${path}: ${MANY} queued runs against ${FEW}`, `${spread(ratios)} times`, '')
    row('the same with many', `${median(pairs.map(([, b]) => b)).toFixed(1)} ms`, 'at most 100 ms')
  }
  row('longest hold of the loop while all three are asked for', `${(await longestHold(many.served)).toFixed(1)} ms`, '')
} finally {
  for (const { house, served } of [few, many]) {
    await served.close()
    await house.close()
  }
}

async function open(runs: number): Promise<{ house: House; served: Served }> {
  const house = openHouse()
  for (let run = 0; run < runs; run++) {
    const task = (n: number) => `## Task ${n}: Chore ${n} of ${run}\n**Claude Instruction:**\n${'Do it. '.repeat(30)}\n`
    house.write(`tasks/${run}.md`, Array.from({ length: TASKS }, (_, i) => task(i + 1)).join('\n'))
    await house.api.submit(
      { type: 'start', files: [`tasks/${run}.md`] },
      { surface: 'terminal', id: 'bench', name: 'bench' },
    )
  }
  house.begin('09:00:00 Beginning.')
  return { house, served: await serve(house) }
}

async function medianOf(served: Served, path: string): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const start = performance.now()
    const { status } = await served.get(path)
    if (status !== 200) throw new Error(`${path}: ${status}`)
    times.push(performance.now() - start)
  }
  return median(times)
}

/** The client is in the same process, so this is more than the server alone takes. */
async function longestHold(served: Served): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  for (let i = 0; i < REQUESTS; i++) await Promise.all(PATHS.map((path) => served.get(path)))
  delay.disable()
  return delay.max / 1_000_000
}
