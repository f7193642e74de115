import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { planTaskFiles } from '../../src/sources/files/plan-files.ts'
import { homeOfTest } from '../support/home-of-test.ts'

test('a role that config.yaml does not name is a problem of its task', async () => {
  const home = homeOfTest(
    '## One\n**Role:** ops\n**Claude Instruction:**\nDo it.\n\n## Two\n**Role:** opps\n**Claude Instruction:**\nDo it.\n',
    'roles: {ops: [telegram:42]}\n',
  )
  const read = await readConfig({ home: home.dir, env: {} })
  if (!('config' in read)) throw new Error('no config')
  const { problems } = await planTaskFiles(read.config, read.config.projects[0], {})
  expect(problems).toMatchObject([{ line: 6, severity: 'error', message: 'There is no role opps' }])
  expect(problems[0]?.hint).toBe('config.yaml has: ops. Name its members under `roles`.')
})
