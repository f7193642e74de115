import { expect, it } from 'vitest'
import { aHome, baton, tasks } from './program.ts'

it('takes no number for an answer that may be its task, and shows the answers there are', async () => {
  const ask = 'ask "Which colour?" Red|Blue'
  const home = aHome({ 'today.md': tasks(ask, 'edit two.txt "2"') })
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(3)
  const unclear = await baton(home, ['answer', '1'])
  expect(unclear).toMatchObject({ exitCode: 1, stdout: '' })
  expect(unclear.stderr).toBe(
    'error: Is 1 the task or the answer? Give both. Task 1 asks: Which colour?\n' +
      '  baton answer 1 "Red"\n  baton answer 1 "Blue"\n',
  )
  const json = JSON.parse((await baton(home, ['answer', '1', '--json'])).stdout)
  expect(json).toMatchObject({ ok: false, code: 'ambiguous', hint: 'baton answer 1 "Red"\nbaton answer 1 "Blue"' })
  const wrong = await baton(home, ['approve', '1'])
  expect(wrong.stderr).toContain('cannot be approved. Possible: Red, Blue.\n  baton answer 1 "Red"\n')
  // No task 2 asks anything: it can only be the answer.
  const answered = await baton(home, ['answer', '2'])
  expect(answered).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Answered: Which colour? — Blue') })
})

it('says the next step of a refusal, and none where its words say all', async () => {
  const home = aHome({ 'today.md': tasks('edit one.txt "1"') })
  expect((await baton(home, ['skip'])).stderr).toBe('error: Nothing is running.\n  Start with: baton tasks FILE\n')
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(0)
  expect((await baton(home, ['skip', '1'])).stderr).toMatch(/^error: Task 1 \(Part 1\) is already done\.\n$/)
  const unknown = (await baton(home, ['skip', '9'])).stderr
  expect(unknown).toBe(
    'error: There is no task 9 in this run.\n  See what is running and what is asked: baton status\n',
  )
})
