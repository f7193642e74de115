import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Run, Task } from '../../src/core/types.ts'
import { namedTask } from '../../src/daemon/api/named-task.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { ANNA } from '../core/house.ts'
import { sampleTask } from '../support/samples.ts'

let dir: string
let store: Store<unknown>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-named-'))
  store = openStore(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Stores a run whose tasks are given by number and phase. */
function aRun(seq: number, phases: Record<number, Partial<Task>>, state: Run['state'] = 'open') {
  const run: Run = {
    ...{ id: `run${seq}`, queue: 'main', seq, state, files: [], autoApprove: false, startedBy: ANNA },
    ...{ createdAt: seq, costUsd: 0 },
  }
  const tasks = Object.entries(phases).map(([number, more]) =>
    sampleTask({ id: `t${seq}-${number}`, runId: run.id, number: Number(number), phase: 'queued', ...more }),
  )
  const changes = [{ table: 'runs' as const, row: run }, ...tasks.map((row) => ({ table: 'tasks' as const, row }))]
  store.commit({ changes, events: [] })
}
const named = (number: number) => {
  const found = namedTask(store.read, 'main', number)
  return found && [found.task.runId, ...found.others.map(({ runId }) => runId)]
}

it('means the task that is running, before one that is over, before one that waits', () => {
  aRun(1, { 1: { phase: 'done' }, 2: {}, 3: {} })
  aRun(2, { 1: { phase: 'working' }, 2: { phase: 'failed' }, 3: {} })
  expect([named(1), named(2)]).toEqual([['run2'], ['run2']])
})

it('says which other runs it could mean as well, the oldest first', () => {
  aRun(1, { 1: { phase: 'working' }, 2: { phase: 'done' } })
  aRun(2, { 1: { phase: 'verifying' }, 2: { phase: 'done' } })
  expect([named(1), named(2)]).toEqual([
    ['run1', 'run2'],
    ['run1', 'run2'],
  ])
})

it('is of the run that has one of that number, also of one that is over', () => {
  aRun(1, { 1: {}, 5: { phase: 'done' } }, 'done')
  aRun(2, { 1: {} }, 'done')
  aRun(3, { 3: {} })
  aRun(4, { 4: {} })
  expect([named(4), named(1), named(5), named(6)]).toEqual([['run4'], ['run2'], ['run1'], undefined])
})
