import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Run, Task } from '../../src/core/types.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { ANNA } from '../core/house.ts'
import { sampleSpec, sampleTask } from '../support/samples.ts'

let dir: string
let store: Store<unknown>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-runs-'))
  store = openStore(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const inFile = (file: string, ref: string) => ({ origin: { ...sampleSpec().origin, file, ref } })

function aRun(
  seq: number,
  state: Run['state'],
  tasks: Partial<Parameters<typeof sampleTask>[0]>[] = [],
  queue = 'main',
  lease?: NonNullable<Run['lease']>['state'],
) {
  const run: Run = {
    ...{ id: `${queue}${seq}`, queue, seq, state, files: [`tasks/${seq}.md`, 'tasks/all.md'], autoApprove: false },
    ...{ startedBy: ANNA, createdAt: seq, costUsd: 0 },
    ...(lease && { lease: { offer: 'o', fence: 1, state: lease } }),
  }
  const rows = tasks.map(
    (more, index): Task =>
      sampleTask({ id: `${run.id}-${index}`, runId: run.id, number: index + 1, position: index, ...more }),
  )
  const changes = [{ table: 'runs' as const, row: run }, ...rows.map((row) => ({ table: 'tasks' as const, row }))]
  store.commit({ changes, events: [] })
}

it('gives the runs that something may still become of, and the latest one', () => {
  aRun(1, 'done')
  aRun(2, 'stopped')
  aRun(3, 'open')
  aRun(4, 'done')
  aRun(5, 'done')
  aRun(6, 'open', [], 'other')
  expect(store.read.liveRuns('main').map(({ seq }) => seq)).toEqual([2, 3, 5])
  expect([...store.read.state('main').runs.keys()]).toEqual(['main2', 'main3', 'main5'])
  expect(store.read.filesOfRuns().sort()).toEqual([
    'tasks/1.md',
    ...[2, 3, 4, 5, 6].map((n) => `tasks/${n}.md`),
    'tasks/all.md',
  ])
})

it('gives the open runs in the order in which they have their turn, and what is still to be decided last', () => {
  const leases = [undefined, 'asked', 'held', 'wanted', undefined, 'waits'] as const
  for (const [index, lease] of leases.entries()) aRun(index + 1, 'open', [], 'main', lease)
  expect(store.read.openRuns('main', 9).map(({ seq }) => seq)).toEqual([1, 3, 5, 6, 2, 4])
})

it('gives the tasks of a queue that are marked in a file, and reads no others', () => {
  const done = { phase: 'done' as const, markedAt: 1 }
  aRun(1, 'done', [
    { ...done, spec: inFile('tasks/today.md', 'a') },
    { ...done, spec: inFile('tasks/other.md', 'b') },
    { phase: 'done', spec: inFile('tasks/today.md', 'c') },
    { phase: 'undone', markedAt: 1, spec: inFile('tasks/today.md', 'd') },
  ])
  aRun(2, 'open', [{ ...done, spec: inFile('tasks/today.md', 'e') }, { phase: 'working' }])
  aRun(3, 'open', [{ ...done, spec: inFile('tasks/today.md', 'f') }], 'other')
  const asked: string[] = []
  const isMeant = (file: string) => {
    asked.push(file)
    return file === 'tasks/today.md'
  }
  expect(store.read.markedTasks('main', isMeant).map(({ spec }) => spec.origin.ref)).toEqual(['e', 'a'])
  expect(asked.sort()).toEqual(['tasks/other.md', 'tasks/today.md'])
})
