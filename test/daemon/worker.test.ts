import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Task } from '../../src/core/types.ts'
import { createWorker, type Effects, type Worker } from '../../src/daemon/queue/worker.ts'
import { type AttemptHouse, openAttemptHouse } from './attempt.ts'

let house: AttemptHouse
let worker: Worker | undefined
let did: string[]
const failures: Error[] = []
beforeEach(() => {
  house = openAttemptHouse({ hasChecks: () => true })
  did = []
  failures.length = 0
})
afterEach(async () => {
  await worker?.stop()
  await house.close()
})

/** Effects that note what they are told, and settle when the step is not wanted any more. */
const effects = (more: Partial<Effects> = {}): Effects => ({
  work: async () => void did.push('work'),
  verify: async () => void did.push('verify'),
  undo: async () => void did.push('undo'),
  land: async () => void did.push('land'),
  mark: async () => void did.push('mark'),
  runAfter: async () => void did.push('run-after'),
  discard: async () => void did.push('discard'),
  handBack: async () => void did.push('hand-back'),
  ...more,
})
const start = (more?: Partial<Effects>): Worker => {
  worker = createWorker(house.dispatcher, effects(more), Date.now, (error) => failures.push(error))
  worker.start()
  return worker
}
const attemptOf = (id: string) => ({ id, sessionId: id, cwd: house.dir, logFile: '', rawFile: '' })
const endWork = async (task: Task) => {
  did.push('work')
  const { dispatcher } = house
  await dispatcher.record({ type: 'claimed', taskId: task.id, attempt: attemptOf('a1') })
  await dispatcher.record({ type: 'ended', attemptId: 'a1', outcome: { kind: 'done', text: 'done' } })
}

describe('the worker of a queue', () => {
  it('begins nothing that may not begin at this moment, and begins it as soon as it may', async () => {
    let may = false
    let asked = 0
    start({
      mayBegin: () => {
        asked++
        return may
      },
      work: endWork,
    })
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(1)
    expect(did).toEqual([])
    may = true
    await expect.poll(() => did[0], { timeout: 5_000 }).toBe('work')
  })

  it('does one step after the other, until nothing is open', async () => {
    const { dispatcher } = house
    const { idle } = start({
      work: endWork,
      verify: async (task) => {
        did.push('verify')
        await dispatcher.record({ type: 'checked', taskId: task.id, ok: true, text: 'passed', proof: { checks: [] } })
      },
      mark: async (task) => {
        did.push('mark')
        await dispatcher.record({ type: 'marked', taskId: task.id })
      },
    })
    expect(await idle()).toEqual({ do: 'rest' })
    expect(did.slice(0, 2)).toEqual(['work', 'verify'])
    expect(house.task().outcome).toBe('done')
  })

  it('ends checks that are not wanted any more, and work by what it is asked', async () => {
    let aborted = false
    const begun = Promise.withResolvers<void>()
    const { idle } = start({
      work: endWork,
      verify: (_, signal) =>
        new Promise((resolve) => {
          begun.resolve()
          signal.addEventListener('abort', () => {
            aborted = true
            resolve()
          })
        }),
    })
    await begun.promise
    house.act({ type: 'pause' })
    await idle()
    expect(aborted).toBe(true)
  })

  it('tells work when it is not wanted any more', async () => {
    let wanted: (() => boolean) | undefined
    const begun = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    start({
      work: (_, isWanted) => {
        wanted = isWanted
        begun.resolve()
        return end.promise
      },
    })
    await begun.promise
    expect(wanted?.()).toBe(true)
    house.act({ type: 'pause' })
    expect(wanted?.()).toBe(false)
    end.resolve()
  })

  it('ends what runs when it is stopped, and does nothing more', async () => {
    const begun = Promise.withResolvers<void>()
    const made = start({
      work: endWork,
      verify: (_, signal) =>
        new Promise((resolve) => {
          begun.resolve()
          signal.addEventListener('abort', () => resolve())
        }),
    })
    await begun.promise
    await made.stop()
    expect(did).toEqual(['work'])
    expect(made.isStopping()).toBe(true)
  })

  it('wakes at a commit, however long it would have slept', async () => {
    house.act({ type: 'pause' })
    const { idle } = start({ work: endWork, verify: () => new Promise(() => undefined) })
    expect(await idle()).toMatchObject({ do: 'wait', why: 'paused' })
    house.act({ type: 'resume' })
    await expect.poll(() => did, { interval: 1 }).toEqual(['work'])
    worker = undefined
  })

  it('says why it ended where no rule foresaw it', async () => {
    const { idle, failure } = start({
      work: async () => {
        throw new Error('a defect')
      },
    })
    await idle()
    expect(failure()?.message).toBe('a defect')
    expect(failures).toHaveLength(1)
  })
})
