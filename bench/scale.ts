import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decide } from '../src/core/decide.ts'
import type { Input } from '../src/core/inputs.ts'
import { next } from '../src/core/next.ts'
import { applyChanges, emptyState } from '../src/core/state.ts'
import { openStore } from '../src/store/store.ts'
import { jsonHash } from '../src/store/write.ts'
import { POLICY, planned } from '../test/core/house.ts'
import { row, spread } from './figures.ts'

const MEASURED = 50

/** What deciding and storing one task costs with `queued` tasks in the queue, ms for each. */
function costPerTask(queued: number): number {
  const dir = mkdtempSync(join(tmpdir(), 'baton-scale-'))
  const store = openStore<unknown>(dir)
  const state = emptyState('main')
  let ids = 0
  const give = (input: Input) => {
    const decided = decide(state, input, {
      now: Date.now(),
      id: () => `id${++ids}`,
      hash: jsonHash,
      day: '2026-11-21',
      policy: POLICY,
    })
    store.commit(decided)
    applyChanges(state, decided.changes)
  }
  try {
    const tasks = Array.from({ length: queued }, (_, i) => planned(i + 1))
    give({
      type: 'command',
      command: { type: 'start', tasks, files: ['t.md'], autoApprove: false },
      by: { surface: 'terminal', id: 'bench', name: 'bench' },
    })
    const count = Math.min(queued, MEASURED)
    const start = performance.now()
    for (let i = 0; i < count; i++) {
      const step = next(state, Date.now())
      if (step.do !== 'work') throw new Error(`unexpected step ${step.do}`)
      const id = `a${i}`
      give({
        type: 'claimed',
        taskId: step.task.id,
        attempt: { id, sessionId: id, cwd: '/', logFile: '', rawFile: '' },
      })
      give({ type: 'spawned', attemptId: id, pid: 1, pidStartedAt: '1' })
      give({ type: 'heard', attemptId: id })
      give({ type: 'ended', attemptId: id, outcome: { kind: 'done', text: 'Done.' } })
      give({ type: 'marked', taskId: step.task.id })
    }
    return (performance.now() - start) / count
  } finally {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Cost of a task at 10,000 queued tasks against 10, in turn. */
export function costAtScale(rounds = 7): void {
  costPerTask(10)
  const ratios = Array.from({ length: rounds }, () => {
    const few = costPerTask(10)
    return costPerTask(10_000) / few
  })
  row('deciding and storing a task at 10,000 queued, against 10', `${spread(ratios)} times`, 'goal: flat')
}
