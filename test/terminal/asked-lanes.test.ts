import { expect, test } from 'vitest'
import { baton, tasks } from './program.ts'
import { laneProject } from './repository.ts'

test('without a terminal, another lane goes on with what it has while one waits for an answer', async () => {
  const { home } = laneProject({ 'today.md': tasks('ask Which?: A | B', 'wait 1500ms', 'ask Who?: C | D') })
  const run = await baton(home, ['tasks', 'today.md', '--only', '1,2'])
  expect(run).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/2 tasks: 1 waiting, 1 done/) })
  // The answer to one is heard, though the other is still open.
  await baton(home, ['tasks', 'today.md', '--only', '1,3'])
  expect(await baton(home, ['answer', '3', 'C'])).toMatchObject({
    exitCode: 3,
    stdout: expect.stringMatching(/2 tasks: 1 waiting, 1 done/),
  })
})
