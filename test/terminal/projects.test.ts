import { expect, it } from 'vitest'
import { aHome, baton, REHEARSED, tasks } from './program.ts'

const TWO = `${REHEARSED}projects:
  web:
    path: .
  api:
    path: .
    approval: {mode: all}
`

it('tells how to answer in the words that reach the project that asks', async () => {
  const home = aHome({ 'config.yaml': TWO, 'tasks/api/a.md': tasks('say a'), 'tasks/web/w.md': tasks('say w') })
  const { stdout, exitCode } = await baton(home, ['tasks', '--project', 'api'])
  expect(exitCode).toBe(3)
  expect(stdout).toContain('  baton --project api approve 1\n')
  expect((await baton(home, ['status'])).stdout).toContain('  baton --project api approve 1\n')
  expect((await baton(home, ['--project', 'api', 'approve', '1'])).exitCode).toBe(0)
})

it('shows the status of one project alone when it is named', async () => {
  const home = aHome({ 'config.yaml': TWO, 'tasks/web/w.md': tasks('say w') })
  await baton(home, ['tasks'])
  const { stdout } = await baton(home, ['status', '--project', 'web'])
  expect(stdout).toContain('tasks/web/w.md  done')
  expect(stdout).not.toContain('api')
  expect(JSON.parse((await baton(home, ['tasks', '--project', 'api', '--status', '--json'])).stdout)).toMatchObject({
    queue: 'api',
    tasks: [],
  })
  const unknown = await baton(home, ['status', '--project', 'nope'])
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain('There is no project "nope".')
})
