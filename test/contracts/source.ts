import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PlannedTask, Task } from '../../src/core/types.ts'
import type { Source } from '../../src/sources/source.ts'
import { anna } from '../support/samples.ts'

/** A source with two open tasks in it, `First` and `Second`, in this order. */
export interface SourceWorld {
  source: Source
  /** What a person who looks there sees of a task. */
  isShownAsDone: (title: string) => boolean | Promise<boolean>
  /** A person writes other words into a task. */
  rewrite: (title: string, instruction: string) => void | Promise<void>
  /** A person takes a task away. */
  remove: (title: string) => void | Promise<void>
  /** Nothing can be written there any more. */
  breakWriting: () => void | Promise<void>
  close: () => void | Promise<void>
}

const DONE_AT = new Date('2026-11-21T09:14:00Z')

/** Every source must pass this: the daemon relies on it, whatever the place is that tasks are written in. */
export function sourceContract(name: string, open: () => Promise<SourceWorld>): void {
  describe(`the source ${name}`, () => {
    let world: SourceWorld
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    const planned = async (): Promise<PlannedTask[]> => {
      const plan = await world.source.plan({ type: 'start' }, anna)
      if ('problems' in plan) throw new Error(plan.problems)
      return plan.tasks
    }
    const titles = async () => (await planned()).map(({ spec }) => spec.title)
    const taskOf = async (title: string): Promise<Task> => {
      const found = (await planned()).find(({ spec }) => spec.title === title)
      if (!found) throw new Error(`${title} is not planned`)
      const counted = { attempts: 1, failures: 0, costUsd: 0, turns: 1 }
      return { id: `id of ${title}`, runId: 'run', phase: 'marking', ...counted, ...found }
    }

    test('plans its tasks in order, and says of each where it is from', async () => {
      const tasks = await planned()
      expect(tasks.map(({ spec }) => spec.title)).toEqual(['First', 'Second'])
      expect(tasks.map(({ position }) => position)).toEqual([0, 1])
      for (const { spec } of tasks) {
        expect(spec.origin.source).toBe(world.source.name)
        expect(spec.origin.ref).not.toBe('')
        expect(spec.origin.file ?? spec.origin.url).toBeTruthy()
      }
      expect(new Set(tasks.map(({ spec }) => spec.origin.ref)).size).toBe(2)
    })

    test('plans the same twice', async () => expect(await planned()).toEqual(await planned()))

    test('does not plan again what is done, and shows it as done', async () => {
      expect(await world.source.settled(await taskOf('First'), DONE_AT)).toEqual({ isRewritten: false })
      expect(await titles()).toEqual(['Second'])
      expect(await world.isShownAsDone('First')).toBe(true)
      expect(await world.isShownAsDone('Second')).toBe(false)
    })

    test('takes the same end twice for one', async () => {
      const task = await taskOf('Second')
      await world.source.settled(task, DONE_AT)
      expect(await world.source.settled(task, DONE_AT)).toEqual({ isRewritten: false })
      expect(await titles()).toEqual(['First'])
    })

    test('plans again what was undone', async () => {
      const task = await taskOf('First')
      await world.source.settled(task, DONE_AT)
      expect(await world.source.settled(task, undefined)).toEqual({ isRewritten: false })
      expect(await titles()).toEqual(['First', 'Second'])
      expect(await world.isShownAsDone('First')).toBe(false)
    })

    test('says that a task was rewritten while it was worked on', async () => {
      const task = await taskOf('First')
      await world.rewrite('First', 'Do something else.')
      expect(await world.source.settled(task, DONE_AT)).toEqual({ isRewritten: true })
    })

    test('says in words why an end cannot be noted, and does not throw', async () => {
      const [first, second] = [await taskOf('First'), await taskOf('Second')]
      await world.remove('First')
      expect(await world.source.settled(first, DONE_AT)).toEqual({ problem: expect.stringMatching(/\w/) })
      await world.breakWriting()
      expect(await world.source.settled(second, DONE_AT)).toMatchObject({ problem: expect.stringMatching(/\w/) })
    })

    test('notes nothing of a task that is from elsewhere', async () => {
      const task = await taskOf('First')
      const source = world.source.name === 'files' ? 'jira' : 'files'
      const foreign: Task = { ...task, spec: { ...task.spec, origin: { source, ref: 'BAT-7' } } }
      expect(await world.source.settled(foreign, DONE_AT)).toEqual({ problem: expect.stringContaining(source) })
      expect(await titles()).toEqual(['First', 'Second'])
    })
  })
}
