import { expect, test } from 'vitest'
import { aHome, baton } from './program.ts'

const plan = JSON.stringify({
  tasks: [
    { id: 2, name: 'Second', prompt: 'rehearse: edit b.txt "two"', dependencies: [1] },
    { id: 1, name: 'First', prompt: 'rehearse: edit a.txt "one"' },
  ],
})

test('a JSON task file is checked, run, and skipped when it is done; --all runs it again', async () => {
  const home = aHome({ 'plan.json': plan, 'wrong.json': '{"tasks": [\n  {"id": 1,}\n]}' })
  expect(await baton(home, ['check', 'plan.json'])).toMatchObject({
    exitCode: 0,
    stdout: '2 tasks in 1 file: no errors\n',
  })
  const wrong = await baton(home, ['check', 'wrong.json', 'plan.json'])
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stdout).toContain(
    'wrong.json:2:11: This is not JSON: there is nothing after this comma\n  2 |   {"id": 1,}\n',
  )

  const first = await baton(home, ['tasks', '--task-file', 'plan.json'])
  expect([first.exitCode, home.read('a.txt'), home.read('b.txt')]).toEqual([0, 'one', 'two'])
  const second = await baton(home, ['tasks', 'plan.json', '--json'])
  expect([second.exitCode, second.stdout]).toEqual([0, expect.not.stringContaining('task.started')])
  const all = await baton(home, ['tasks', 'plan.json', '--all', '--only', '2', '--json'])
  expect([all.exitCode, all.stdout]).toEqual([0, expect.stringContaining('First')])
  expect(home.read('plan.json')).toBe(plan)
})
