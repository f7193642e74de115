/** The server of the measurement, in a process of its own: told over IPC to stream events, tells where it listens. */
import type { Change } from '../src/core/state.ts'
import type { Run, Task } from '../src/core/types.ts'
import { type House, openHouse } from '../test/http/house.ts'
import { serve } from '../test/http/serve.ts'

const RUNS = 200
const TASKS_A_RUN = 50
const DAY_MS = 86_400_000

const house = openHouse()
remember(house)
const few = Array.from({ length: 20 }, (_, i) => `## Task ${i + 1}: Chore ${i + 1}\n**Claude Instruction:**\nDo.\n`)
house.write('tasks/today.md', few.join('\n'))
await house.api.submit({ type: 'start' }, { surface: 'terminal', id: 'bench', name: 'bench' })
house.begin('09:00:00 Beginning.')
const run = house.api.view.latestRun()?.id as string
const served = await serve(house)

let timer: NodeJS.Timeout | undefined
let count = 0
const orders: Record<string, (value: number) => void> = {
  /** That many events a second, each with a change of what is shown live. */
  stream(perSecond) {
    clearInterval(timer)
    if (perSecond === 0) return
    timer = setInterval(() => {
      count++
      house.emit(JSON.stringify({ n: count, sentAt: Date.now() }))
      const live = house.feed.current()[0]
      if (live) house.feed.set({ ...live, activity: `step ${count}`, turns: count })
    }, 1_000 / perSecond)
  },
  memory: () => process.send?.({ rss: process.memoryUsage().rss, cpu: process.cpuUsage() }),
  async stop() {
    clearInterval(timer)
    await served.close()
    await house.close()
    process.disconnect()
  },
}
process.on('message', ([order, value]: [string, number]) => orders[order]?.(value))
process.send?.({ url: served.url, run, link: served.server.oneTimeLink(), tasks: RUNS * TASKS_A_RUN })

/** A history as months of use leave it, written at once. */
function remember({ store, now }: House): void {
  const changes: Change[] = []
  for (let r = 0; r < RUNS; r++) {
    const startedAt = now() - (RUNS - r) * (DAY_MS / 3)
    const row: Run = {
      id: `old-${r}`,
      queue: 'main',
      seq: r - RUNS,
      state: r % 7 === 0 ? 'failed' : 'done',
      files: [`tasks/${r}.md`],
      autoApprove: false,
      startedBy: { surface: 'telegram', id: '4711', name: 'Anna' },
      createdAt: startedAt,
      startedAt,
      endedAt: startedAt + 3_600_000,
      costUsd: 1 + (r % 9) / 3,
    }
    changes.push({ table: 'runs', row })
    for (let n = 1; n <= TASKS_A_RUN; n++) changes.push({ table: 'tasks', row: oldTask(row, n) })
  }
  store.commit({ changes, events: [] })
}

function oldTask(run: Run, number: number): Task {
  return {
    id: `${run.id}-${number}`,
    runId: run.id,
    number,
    position: number - 1,
    dependsOn: [],
    spec: {
      origin: {
        source: 'files',
        ref: `Task ${number}`,
        file: run.files[0] as string,
        line: number * 10,
        form: 'section',
      },
      headingNumber: number,
      title: `Chore ${number} of a day long ago`,
      type: 'backend',
      priority: 'medium',
      criteria: ['It works'],
      verify: ['npm test'],
      instruction: 'Do what was to be done, and say what was checked. '.repeat(12),
      context: 'What everybody should know about this project.',
      done: true,
    },
    phase: 'done',
    attempts: 1,
    failures: 0,
    startedAt: run.createdAt + number * 60_000,
    endedAt: run.createdAt + number * 60_000 + 50_000,
    costUsd: 0.1,
    turns: 7,
    result: 'Done and checked.',
    proof: {
      checks: [{ name: 'npm test', command: 'npm test', ok: true, durationMs: 900, output: 'ok\n'.repeat(20) }],
    },
  }
}
