import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromPathText } from '../../src/git/bytes.ts'
import { undo } from '../../src/git/undo/undo.ts'
import { newRepository, type Playground, usersOwn, workingTree } from './support/playground.ts'
import { act, change, usersStep } from './support/steps.ts'
import { around } from './support/taking.ts'

const RUNS = Number(process.env.RUNS ?? 6)
const LIMIT_MS = 60_000 + RUNS * 3_000

function convertingRepository(autocrlf: string): Playground {
  const play = newRepository()
  play.git('config', 'core.autocrlf', autocrlf)
  play.git('config', 'filter.up.clean', 'tr a-z A-Z')
  play.git('config', 'filter.up.smudge', 'tr A-Z a-z')
  return play
}

test(
  'Whatever a task did to the tree, undo gives back bytes and permissions, undoing the undo brings them again, and the user’s index, HEAD, branches and stash stay',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(usersStep, { maxLength: 8 }),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('false', 'true', 'input'),
        async (users, task, autocrlf) => {
          const play = convertingRepository(autocrlf)
          for (const step of users) act(play, step)
          const [own, atFirst] = [usersOwn(play), workingTree(play.root)]
          const { before, after } = await around(play, () => {
            for (const step of task) act(play, step)
          })
          const atLast = workingTree(play.root)

          const result = await undo({ cwd: play.root, from: after.commit, to: before.commit, ref: 'refs/baton/undo' })
          expect(result).toMatchObject({ conflicts: [], failed: [] })
          expect(workingTree(play.root)).toEqual(atFirst)

          await undo({ cwd: play.root, from: result.after.commit, to: result.before.commit, ref: 'refs/baton/redo' })
          expect(workingTree(play.root)).toEqual(atLast)
          expect(usersOwn(play)).toEqual(own)
        },
      ),
      { numRuns: RUNS },
    )
  },
  LIMIT_MS,
)

test(
  'Whatever somebody did after the task stays as it is, and everything else is as before the task or told',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(usersStep, { maxLength: 4 }),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (users, task, later) => {
          const play = convertingRepository('false')
          for (const step of users) act(play, step)
          const atFirst = workingTree(play.root)
          const { before, after } = await around(play, () => {
            for (const step of task) act(play, step)
          })
          const afterTask = workingTree(play.root)
          for (const step of later) act(play, step)
          const atLast = workingTree(play.root)

          const result = await undo({ cwd: play.root, from: after.commit, to: before.commit, ref: 'refs/baton/undo' })
          const now = workingTree(play.root)
          const told = new Set(result.conflicts.map(({ path }) => fromPathText(path)))
          expect(result.failed).toEqual([])
          for (const path of new Set([atFirst, afterTask, atLast, now].flatMap((tree) => [...tree.keys()]))) {
            const changedSince = afterTask.get(path) !== atLast.get(path)
            const expected = changedSince ? atLast.get(path) : atFirst.get(path)
            // A path may be told and left for what stands in its way, although it is itself as the task left it.
            if (told.has(path)) expect(now.get(path)).toBe(atLast.get(path))
            else expect([path, now.get(path)]).toEqual([path, expected])
          }
        },
      ),
      { numRuns: RUNS },
    )
  },
  LIMIT_MS,
)
