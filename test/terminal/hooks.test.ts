import { expect, test } from 'vitest'
import { aHome, baton, REHEARSED, tasks } from './program.ts'

const NOTE = 'echo "$BATON_HOOK $BATON_TASK $BATON_TASK_TITLE $BATON_TASK_STATUS" >> hooks.txt'

test('hooks run around each task, in its folder, with the facts of the task and without secrets', async () => {
  const home = aHome({
    'config.yaml': `${REHEARSED}hooks:\n  before_task:\n    - ${JSON.stringify(NOTE)}\n    - env | grep -c never-shown >> hooks.txt || true\n  after_task: [${JSON.stringify(NOTE)}]\non_failure: continue\n`,
    '.env': 'API_TOKEN=never-shown-to-hooks-1234567890\n',
    'tasks/today.md': tasks('edit a.txt "one"', 'fail it'),
  })
  const { exitCode } = await baton(home, ['tasks', '--auto-approve'])
  expect(exitCode).toBe(1)
  expect(home.read('hooks.txt').split('\n')).toEqual([
    ...['before_task 1 Part 1 ', '0', 'after_task 1 Part 1 done'],
    ...['before_task 2 Part 2 ', '0', 'after_task 2 Part 2 failed', ''],
  ])
})

test('a hook that fails before a task fails that task only and says what to do; one that fails after it is reported', async () => {
  const home = aHome({
    'config.yaml': `${REHEARSED}hooks:\n  before_task: ['[ "$BATON_TASK" != 1 ] || { echo no database; exit 7; }']\n  after_task: ['echo broken; exit 3']\non_failure: continue\n`,
    'tasks/today.md': tasks('edit a.txt "one"', 'edit b.txt "two"'),
  })
  const { exitCode, stdout, stderr } = await baton(home, ['tasks', '--auto-approve'])
  expect(exitCode).toBe(1)
  expect(() => home.read('a.txt')).toThrow()
  expect(home.read('b.txt')).toBe('two')
  const said = stdout + stderr
  expect(said).toContain('A command of "hooks.before_task" failed before task 1 (exit code 7)')
  expect(said).toContain('no database')
  expect(said).toContain('A command of "hooks.after_task" failed after task 2 (exit code 3)')
})
