/** A life that lands what has not landed yet, ended by kill -9 at a chosen step. Argument: a `Life` as JSON. */
import { appendFileSync } from 'node:fs'
import { locate } from '../../src/git/repository.ts'
import { commitOf } from '../../src/git/worktree/branches.ts'
import { openStore } from '../../src/store/store.ts'
import type { Candidate } from '../../src/workspace/merge-line/chain.ts'
import type { Round } from '../../src/workspace/merge-line/checked.ts'
import { createLandedTasks } from '../../src/workspace/merge-line/landed.ts'
import { createMergeLine } from '../../src/workspace/merge-line/merge-line.ts'
import { sampleTask } from '../support/samples.ts'

/** What one life is given. */
export interface Life {
  repository: string
  stateDir: string
  branch: string
  /** What happened, a line each; outlives the life. */
  journal: string
  /** Numbers of tasks, in the groups in which they become ready; the work of each is on `task-<number>`. */
  groups: number[][]
  recovers: boolean
  /** Killed before or after the nth time that something is written down, or in the nth check. */
  kill?: { at: 'before' | 'after' | 'check'; nth: number }
}

const life = JSON.parse(process.argv[2] as string) as Life
const store = openStore(life.stateDir)
const located = await locate(life.repository)
if ('reason' in located) throw new Error(located.reason)
const { repository } = located

const counts = { before: 0, after: 0, check: 0 }
function step(at: keyof typeof counts): void {
  counts[at]++
  if (life.kill?.at === at && life.kill.nth === counts[at]) process.kill(process.pid, 'SIGKILL')
}

const meta = {
  get: store.kept.get,
  set: (key: string, value: unknown) => {
    step('before')
    store.kept.set(key, value)
    step('after')
  },
}
const landed = createLandedTasks(repository, meta, 'main')
const green: Round = { ok: true, ran: [], results: [] }
const check = async () => {
  step('check')
  return green
}
const line = createMergeLine({
  repository,
  branch: life.branch,
  method: 'squash',
  advance: landed.advance,
  check,
  checkBase: check,
  again: check,
  giveBack: async () => undefined,
  landedSince: async () => [],
})

if (life.recovers) await landed.recover()
for (const group of life.groups) {
  const candidates = await Promise.all(group.map(candidateOf))
  await Promise.all(
    candidates.map(async (candidate) => {
      const landing = landed.of(candidate.task)
        ? { kind: 'landed' }
        : await line.land(candidate, new AbortController().signal)
      appendFileSync(life.journal, `${landing.kind} ${candidate.task.number}\n`)
    }),
  )
}

async function candidateOf(number: number): Promise<Candidate> {
  const work = await commitOf(repository, `refs/heads/task-${number}`)
  if (work === undefined) throw new Error(`Task ${number} has no work`)
  return {
    task: sampleTask({ id: `task${number}`, number, spec: { title: `Task ${number}` } }),
    work,
    message: `Task ${number}\n`,
  }
}
